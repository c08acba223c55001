from django.db import migrations


class Migration(migrations.Migration):
    """Roads are features of the ground now. Their old table stays until the next release, for those who go back to the last."""

    dependencies = [("areas", "0002_postgis_columns"), ("ground", "0002_roads_of_areas")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Road")], database_operations=[])
    ]
