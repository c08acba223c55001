"""A geometry column without a GIS library in the database: WKB bytes, EPSG:4326, shapely objects in Python.

PostGIS, where it is there, gets a generated column beside it (``geodb.postgis``), so that QGIS and ``ST_AsMVT`` read
the same model.
"""

from __future__ import annotations

from typing import Any

import shapely
from django.db import models
from shapely.geometry.base import BaseGeometry


class WKBField(models.BinaryField):  # type: ignore[type-arg]  # takes none at run time
    """Stores a shapely geometry (EPSG:4326) as little-endian WKB; reads it back as a shapely geometry."""

    description = "Geometry as WKB, EPSG:4326"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> BaseGeometry | None:
        return None if value is None else shapely.from_wkb(bytes(value))

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, BaseGeometry):
            return value
        return shapely.from_wkb(bytes(value))

    def get_prep_value(self, value: BaseGeometry | bytes | memoryview | None) -> bytes | memoryview | None:
        if value is None or isinstance(value, bytes | memoryview):
            return value
        wkb: bytes = shapely.to_wkb(value, byte_order=1)
        return wkb

    def value_to_string(self, obj: Any) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else shapely.to_wkt(value, rounding_precision=9)
