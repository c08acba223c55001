"""Real extracts of OpenStreetMap, laid and searched."""

from __future__ import annotations

import json
import os

import pytest
import shapely
from click.testing import CliRunner

from gezhi.contexts.areas.queries import NamedThing
from gezhi.contexts.ground.queries import named_things
from gezhi.contexts.places.queries import find_places
from gezhi.contexts.places.use_cases import refresh_index
from gezhi.interfaces.cli.import_areas import command as import_areas
from gezhi.platform.kept import forget_all
from tests.factories.osm_town import import_basemap as run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path / "home"
    settings.GEZHI_HOME.mkdir()
    return settings.GEZHI_HOME


@pytest.fixture
def extracts(shared_data):
    return shared_data / "osm_extracts"


def boxes(path, west, south, east, north):
    """Two grids, side by side."""
    middle = (west + east) / 2
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": shapely.geometry.mapping(shapely.box(*box))}
        for code, box in (("G1", (west, south, middle, north)), ("G2", (middle, south, east, north)))
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.shared_data
@pytest.mark.skipif("GEZHI_DATABASE_URL" in os.environ, reason="runs with the suite on SQLite")
@pytest.mark.parametrize(
    ("file", "box", "at_least", "typed", "kind", "name"),
    [
        (
            "Helsinki.osm.pbf",
            (24.92, 60.155, 24.97, 60.185),
            {"road": 2_000, "building": 400, "green": 150, "landmark": 1_400, "entrance": 700, "rail": 300},
            "Mannerheimintie 3",
            "address",
            "Mannerheimintie 3",
        ),
        (
            "gh_krems.osm.gz",
            (15.55, 48.36, 15.72, 48.46),
            {"road": 800, "building": 1_100, "water": 30, "waterway": 15, "rail": 100},
            "Obere Landstrasse 3",
            "address",
            "Obere Landstraße 3",
        ),
        (
            "gh_monaco.osm.gz",
            (7.38, 43.71, 7.46, 43.77),
            {"road": 800, "building": 900, "landmark": 130},
            "Avenue de la Costa",
            "road",
            "Avenue de la Costa",
        ),
        (
            "pyrosm_test.osm.pbf",
            (26.93, 60.51, 26.97, 60.55),
            {"road": 300, "building": 2_000, "landmark": 40},
            "Tikankatu 11",
            "address",
            "Tikankatu 11",
        ),
    ],
)
def test_extracts_are_laid_and_searched(tmp_path, extracts, file, box, at_least, typed, kind, name):
    areas = CliRunner().invoke(import_areas, [str(boxes(tmp_path / "a.geojson", *box)), "--level", "grid"])
    assert areas.exit_code == 0, areas.output
    done = run(extracts / file, "--json")
    assert done.exit_code == 0, done.output
    layers = json.loads(done.stdout)["layers"]
    assert {layer: count for layer, count in at_least.items() if layers.get(layer, 0) < count} == {}
    things: list[NamedThing] = list(named_things())
    assert len({thing.key for thing in things}) == len(things)
    refresh_index()
    forget_all()
    first = find_places(typed)[0]
    assert (first.kind, first.name) == (kind, name)
