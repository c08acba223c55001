from django.db import migrations

from gezhi.platform.geodb.postgis import add_geometry_column


class Migration(migrations.Migration):
    """Geometry columns for QGIS and vector tiles, where PostGIS is there."""

    dependencies = [("areas", "0001_initial")]

    operations = [
        add_geometry_column("areas_areashape"),
        add_geometry_column("areas_compound"),
        add_geometry_column("areas_road"),
    ]
