"""Let a run say what it is about, so that two of one kind can be told apart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="workrun",
            name="subject",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="事项"),
        ),
    ]
