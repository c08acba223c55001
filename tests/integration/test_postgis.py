"""On PostgreSQL with PostGIS the database keeps a geometry column beside each WKB column."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.factories.areas import centre, make_small_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def postgis():
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
        if not cursor.fetchone():
            pytest.skip("needs PostGIS")


def test_the_generated_column_finds_the_grid_and_uses_its_index(postgis):
    areas = make_small_city()
    lon, lat = centre(0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT area_id FROM areas_areashape WHERE ST_Contains(geom, ST_SetSRID(ST_MakePoint(%s, %s), 4326))",
            [lon, lat],
        )
        assert areas["420602001001001"].pk in {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'areas_areashape'")
        assert any("USING gist (geom)" in row[0] for row in cursor.fetchall())
