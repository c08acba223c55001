"""No land is lost and no area disappears unsaid, on areas drawn at random and on files that once were cleaned wrongly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner

from gezhi.interfaces.cli.main import main
from gezhi.solvers.coverage import ChangeKind, check_coverage, clean_coverage
from tests.oracles import coverage

pytestmark = pytest.mark.no_database
WRONG_BEFORE = Path(coverage.__file__).with_name("wrong_before")


def faults_of(drawn: coverage.Drawn) -> list[str]:
    """Everything that is not so of the cleaned areas."""
    ids = [f"a{number}" for number in range(len(drawn.polygons))]
    cleaned = clean_coverage(drawn.polygons, ids)
    there = [place for place, polygon in enumerate(cleaned.polygons) if not polygon.is_empty]
    report = check_coverage([cleaned.polygons[place] for place in there], [ids[place] for place in there])
    faults = [f"left: {fault}" for fault in report.faults]
    if {ids[place] for place in range(len(ids)) if place not in there} != set(cleaned.vanished):
        faults.append("an area disappears unsaid")
    # By hand: an area keeps whatever nobody else claims, so it vanishes only under others that together cover it.
    claimed = coverage.claims(drawn.squares)
    sure = {next(iter(who)) for who in claimed.values() if len(who) == 1}
    faults += [f"{ids[place]} vanished" for place in sorted(sure) if ids[place] in cleaned.vanished]
    for square, who in claimed.items():
        owners = coverage.owner_of(square, list(cleaned.polygons))
        if len(owners) != 1 or owners[0] not in who:
            faults.append(f"square {square} belongs to {owners}, is claimed by {sorted(who)}")
    told = {(change.id, change.other) for change in cleaned.changes if change.other}
    for i, one in enumerate(drawn.squares):
        for j, other in enumerate(drawn.squares):
            if i < j and one & other and not {(ids[i], ids[j]), (ids[j], ids[i])} & told:
                faults.append(f"the overlap of {ids[i]} and {ids[j]} is not told")
    return faults


@pytest.mark.parametrize("share", range(4))
def test_cleaning_loses_no_land_and_hides_no_change(share):
    # The last: an area whose rest is claimed by others on all sides took what lies inside of it.
    for seed in (*range(share, 120, 4), *([1_000_093] if not share else [])):
        assert faults_of(coverage.drawn(seed)) == [], f"seed {seed}"


@pytest.mark.parametrize("share", range(4))
def test_tidying_takes_no_area_away(share, tmp_path):
    for seed in range(share, 60, 4):
        assert strip_faults(seed, tmp_path) == [], f"seed {seed}"


def strip_faults(seed: int, folder: Path) -> list[str]:
    """Areas that are there without the rule for slivers and not with it, or that go without being named first."""
    drawn = coverage.strips(seed)
    path = folder / "in.geojson"
    features = [
        {"type": "Feature", "properties": {"code": name}, "geometry": json.loads(shapely.to_geojson(shape))}
        for name, shape in drawn.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    there, faults = {}, []
    for sliver in ("0", "2"):
        out, areas = folder / "out.json", folder / "areas.geojson"
        asked = ["solve", "coverage", str(path), "--out", str(out), "--areas", str(areas), "--sliver", sliver]
        done = CliRunner().invoke(main, asked)
        claim = json.loads(out.read_text())["certificate"]["claim"]
        there[sliver] = {feature["id"] for feature in json.loads(areas.read_text())["features"]}
        gone = drawn.keys() - there[sliver]
        if bool(gone) != (done.exit_code == 3):
            faults.append(f"--sliver {sliver}: exit {done.exit_code}, gone: {gone}")
        faults += [f"--sliver {sliver}: {name} goes unsaid" for name in gone if f"area '{name}'" not in claim]
    for name in there["0"] - there["2"]:
        # Only what others leave hardly anything of may go, and then the way out is told.
        if "--sliver 0 keeps" not in claim:
            faults.append(f"the rule for slivers takes {name} away: {claim}")
    return faults


@pytest.mark.parametrize(
    "name", ["C1_nested_without_hole", "C1b_nested_small_first", "C2_hole_as_keyhole_of_outer_ring"]
)
def test_what_was_once_cleaned_away_stays(name, tmp_path):
    out, areas = tmp_path / "out.json", tmp_path / "areas.geojson"
    path = WRONG_BEFORE / f"{name}.geojson"
    done = CliRunner().invoke(main, ["solve", "coverage", str(path), "--out", str(out), "--areas", str(areas)])
    assert done.exit_code == 0, done.output
    assert json.loads(out.read_text())["status"] == "feasible"
    sizes = {
        feature["id"]: shapely.from_geojson(json.dumps(feature["geometry"])).area
        for feature in json.loads(areas.read_text())["features"]
    }
    # 0.02° × 0.02° inside of 0.1° × 0.1°.
    assert sizes["B"] == pytest.approx(0.0004, rel=1e-4)
    assert sizes["A"] == pytest.approx(0.01 - 0.0004, rel=1e-4)


def test_an_area_drawn_narrow_stays(tmp_path):
    # x1, half a metre wide and 450 m long, lies over two others: as a sliver it was given away, and that called impossible.
    out, areas = tmp_path / "out.json", tmp_path / "areas.geojson"
    path = WRONG_BEFORE / "C3_narrow_area_as_sliver.geojson"
    done = CliRunner().invoke(main, ["solve", "coverage", str(path), "--out", str(out), "--areas", str(areas)])
    assert (done.exit_code, json.loads(out.read_text())["status"]) == (0, "feasible")
    assert "x1" in {feature["id"] for feature in json.loads(areas.read_text())["features"]}


def test_what_would_vanish_is_named_first_and_refused(tmp_path):
    # The same land twice: no rule says whose it is.
    ring = [[112.1, 32.0], [112.2, 32.0], [112.2, 32.1], [112.1, 32.1], [112.1, 32.0]]
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for code in ("A", "B")
    ]
    path, out = tmp_path / "in.geojson", tmp_path / "out.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    done = CliRunner().invoke(main, ["solve", "coverage", str(path), "--out", str(out)])
    answer = json.loads(out.read_text())
    assert (done.exit_code, answer["status"]) == (3, "impossible")
    assert answer["cleaned"]["in.geojson"][0]["kind"] == ChangeKind.VANISHED
    assert answer["certificate"]["claim"].startswith("nothing is left of area")


def test_an_area_of_which_only_a_rim_is_left_is_named_first_and_refused(tmp_path):
    # The second lies a centimetre inside of the first: what is left of the first is no area of its own.
    def ring(inset):
        west, south, east, north = 113.0 + inset, 23.0 + inset, 113.01 - inset, 23.01 - inset
        return [[west, south], [east, south], [east, north], [west, north], [west, south]]

    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring(inset)]}}
        for code, inset in (("A", 0.0), ("B", 1e-7))
    ]
    path, out = tmp_path / "in.geojson", tmp_path / "out.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    done = CliRunner().invoke(main, ["solve", "coverage", str(path), "--out", str(out)])
    assert (done.exit_code, json.loads(out.read_text())["status"]) == (3, "impossible")
    assert json.loads(out.read_text())["certificate"]["claim"].startswith("nothing is left of area 'A'")
    assert "narrower than 2 m" in json.loads(out.read_text())["certificate"]["claim"]
    done = CliRunner().invoke(main, ["solve", "coverage", str(path), "--out", str(out), "--sliver", "0"])
    assert (done.exit_code, json.loads(out.read_text())["status"]) == (0, "feasible")
