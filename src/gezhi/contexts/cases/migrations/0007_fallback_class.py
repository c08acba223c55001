"""Let a class table say what a report is that nobody could class. Tables that are installed already keep the code that was
written into the program until now."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_steps_without_choices")]

    operations = [
        migrations.AddField(
            model_name="classscheme",
            name="fallback_class",
            field=models.CharField(db_default="S0599", default="S0599", max_length=12, verbose_name="兜底类别"),
        ),
    ]
