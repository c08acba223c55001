"""The roads and rivers that areas have drawn become features of the ground, some thousands at a time."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from django.db import migrations
from django.utils import timezone

from gezhi.kernel.quadtree import numbers_of_degrees
from gezhi.platform.geodb.postgis import add_geometry_column

_BATCH = 2_000
# From which zoom a map shows each class, as it did.
_FROM_ZOOM = {"river": 0, "arterial": 8, "collector": 10, "local": 12}


def take_over(apps: Any, schema_editor: Any) -> None:
    Road = apps.get_model("areas", "Road")
    GroundFeature, GroundSource = apps.get_model("ground", "GroundFeature"), apps.get_model("ground", "GroundSource")
    count = Road.objects.count()
    if not count:
        return
    source = GroundSource.objects.create(code="city", name="本市", laid_at=timezone.now(), features=count)
    batch = []
    for road in Road.objects.order_by("id").iterator(chunk_size=_BATCH):
        batch.append(road)
        if len(batch) == _BATCH:
            GroundFeature.objects.bulk_create(_features(GroundFeature, source, batch))
            batch = []
    GroundFeature.objects.bulk_create(_features(GroundFeature, source, batch))


def _features(model: Any, source: Any, roads: list[Any]) -> Iterator[Any]:
    bounds = np.array([shapely.bounds(road.geometry) for road in roads]).reshape(-1, 4)
    tiles = numbers_of_degrees(bounds, np.array([_FROM_ZOOM[road.road_class] for road in roads])).tolist()
    for road, tile in zip(roads, tiles, strict=True):
        yield model(
            source=source,
            layer="waterway" if road.road_class == "river" else "road",
            kind=road.road_class,
            name=road.name,
            from_zoom=_FROM_ZOOM[road.road_class],
            tile=tile,
            geometry=shapely.to_wkb(road.geometry, byte_order=1),
        )


class Migration(migrations.Migration):
    dependencies = [("ground", "0001_initial"), ("areas", "0002_postgis_columns")]

    operations = [
        # First the column: PostgreSQL alters no table whose new rows still wait for their keys to be checked.
        add_geometry_column("ground_groundfeature"),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
