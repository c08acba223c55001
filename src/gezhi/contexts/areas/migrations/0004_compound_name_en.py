from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("areas", "0003_roads_are_ground")]

    operations = [
        migrations.AddField(
            "compound",
            "name_en",
            models.CharField("英文名称", max_length=100, blank=True, default="", db_default=""),
        )
    ]
