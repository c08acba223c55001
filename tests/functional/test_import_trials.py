"""The registers of four cities, as they were published, through the commands that a person types."""

import json
import os
import sqlite3
import subprocess
import sys

import pytest

# Once is enough: the commands run on embedded databases of their own, whatever the suite runs on.
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif("GEZHI_DATABASE_URL" in os.environ, reason="runs with the suite on SQLite"),
]
GEZHI = (sys.executable, "-m", "gezhi.interfaces.cli.main")


@pytest.fixture(scope="module")
def gezhi(tmp_path_factory):
    """Runs `gezhi` in data folders by name, each with an embedded database of its own."""
    parent = tmp_path_factory.mktemp("homes")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GEZHI_", "DJANGO_"))}

    def run(home, *arguments, expect=0):
        done = subprocess.run(
            [*GEZHI, *map(str, arguments)],
            env={**clean, "GEZHI_HOME": str(parent / home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return json.loads(done.stdout) if "--json" in arguments else done.stdout

    run.parent = parent
    return run


@pytest.fixture(scope="module")
def boston(gezhi, shared_data):
    gezhi("boston", "init")
    precincts = shared_data / "boston_precincts" / "precincts_wgs84.geojson"
    gezhi("boston", "import", "areas", precincts, "--repair", "--level", "grid", "--code", "WARD_PRECINCT")
    register = shared_data / "boston_311_2011" / "311_service_requests_2011.csv.gz"
    return gezhi("boston", "import", "cases", register, "--mapping", "boston", "--json")


def test_boston_is_taken_in_whole_and_its_default_point_is_not_trusted(boston):
    assert (boston["rows"], boston["imported"], boston["rejected"]) == (58_251, 58_251, 0)
    assert boston["doubtful_location"] == 4_775
    assert [(p["lon"], p["lat"], p["rows"]) for p in boston["default_points"]] == [(-71.0587, 42.3594, 4_775)]
    assert boston["located_share"] == 0.9997
    # Counted apart from this program, by shapely on the same files: 50,971 of all rows (2,910 name no precinct, and
    # precincts were redrawn after 2011), 50,906 of those off the default point.
    assert boston["area_agreed"] == 50_971
    assert (boston["area_agreement"], boston["area_agreement_without_doubtful"]) == (0.875, 0.9519)


def test_boston_in_under_a_minute(boston):
    # Of processor time: the suite runs beside other work, and the wall clock would measure that too.
    assert boston["cpu_seconds"] < 60


def test_a_replay_is_verified_and_a_changed_row_is_found(boston, gezhi):
    done = gezhi("boston", "replay", "--limit", "120", "--into", gezhi.parent / "replayed", "--json")
    assert (done["cases"], done["rows_that_differ_from_their_history"], done["audit_findings"]) == (120, [], [])
    assert done["closed"] > 100
    gezhi("replayed", "audit", "verify")
    with sqlite3.connect(gezhi.parent / "replayed" / "gezhi.sqlite3") as database:
        (row_id,) = database.execute("SELECT id FROM cases_caseevent ORDER BY id LIMIT 1 OFFSET 77").fetchone()
        database.execute("UPDATE cases_caseevent SET note = 'nothing to see' WHERE id = ?", [row_id])
    assert f"row id {row_id} " in gezhi("replayed", "audit", "verify", expect=1)


def rectangle(path, west, south, east, north):
    """One grid that covers a city: where no areas of it are at hand."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    feature = {"type": "Feature", "properties": {"code": "G1"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


@pytest.mark.parametrize(
    ("home", "file", "box", "wanted"),
    [
        (
            "san-francisco",
            "sf_311_sample/311_service_requests.csv.gz",
            (-122.6, 37.6, -122.3, 37.9),
            {"rows": 10_000, "imported": 9_983, "rejected": 17, "unlocated": 4_264, "doubtful_location": 0},
        ),
        (
            "baltimore",
            "baltimore_311_2018/311_sample.csv.gz",
            (-76.8, 39.1, -76.4, 39.5),
            {"rows": 10_000, "rejected": 0, "unlocated": 1_499, "doubtful_location": 0},
        ),
        (
            "new-york",
            "nyc_311_samples/nyc_yangzi.csv.gz",
            (-74.3, 40.4, -73.6, 41.0),
            {"rows": 1_000, "imported": 1_000, "rejected": 0, "unlocated": 23},
        ),
        ("new-york", "nyc_311_samples/mzuber_soda.json.gz", (-74.3, 40.4, -73.6, 41.0), {"rejected": 7}),
    ],
)
def test_other_cities(gezhi, shared_data, home, file, box, wanted):
    folder = f"{home}-{file.rsplit('/', 1)[1]}"
    gezhi(folder, "init")
    area = rectangle(gezhi.parent / f"{folder}.geojson", *box)
    gezhi(folder, "import", "areas", area, "--level", "grid")
    found = gezhi(
        folder,
        "import",
        "cases",
        shared_data / file,
        "--mapping",
        home,
        "--json",
        expect=1 if wanted["rejected"] else 0,
    )
    assert {name: found[name] for name in wanted} == wanted
    assert found["imported"] == found["rows"] - found["rejected"]
