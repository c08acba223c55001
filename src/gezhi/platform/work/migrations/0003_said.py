"""Let what a run says be said in the language of whoever reads it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0002_subject")]

    operations = [
        migrations.AddField(
            model_name="workrun",
            name="said",
            field=models.JSONField(blank=True, null=True, verbose_name="可译文字"),
        ),
    ]
