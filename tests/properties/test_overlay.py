"""Layers made into one: no land is lost or doubled, and every household is in exactly one face."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Cancelled
from gezhi.solvers.coverage import Layer, Why, overlapping_pairs, overlay_layers

SIDE = 1_000.0


def voronoi(seed, count, frame=None):
    frame = frame or shapely.box(0, 0, SIDE, SIDE)
    points = np.random.default_rng(seed).uniform(0, SIDE, (count, 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame))
    cells = shapely.set_precision(shapely.intersection(cells, frame), 0.001)
    cells = shapely.coverage_clean(cells[shapely.area(cells) > 1.0])
    return cells[shapely.get_type_id(cells) == 3]


def layers_of(seed, counts, whole_last=False):
    # The later layers reach beyond the master.
    frames = [shapely.box(0, 0, SIDE * 0.8, SIDE)] + [None] * (len(counts) - 1)
    return [
        Layer(f"layer{n}", cells, [f"{n}-{i}" for i in range(len(cells))], whole=whole_last and n == len(counts) - 1)
        for n, cells in enumerate(voronoi(seed + n, count, frames[n]) for n, count in enumerate(counts))
    ]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.lists(st.integers(3, 15), min_size=1, max_size=3), st.booleans())
def test_land_and_households_are_kept(seed, counts, whole):
    layers = layers_of(seed, counts, whole)
    points = np.random.default_rng(seed).uniform(-50, SIDE + 50, (300, 2))
    households = np.random.default_rng(seed).integers(0, 9, 300).astype(float)
    result = overlay_layers(layers, points=points, households=households)
    union = shapely.union_all(np.concatenate([layer.polygons for layer in layers]))
    assert shapely.area(result.polygons).sum() == pytest.approx(union.area, rel=1e-6)
    assert len(overlapping_pairs(result.polygons)[0]) == 0
    assert shapely.area(result.faces).sum() == pytest.approx(union.area, rel=1e-6)
    assert result.face_households.sum() + result.uncovered == households.sum()
    inside = shapely.intersects_xy(shapely.union_all(result.faces), *points.T)
    assert result.uncovered == households[~inside].sum()
    for number, polygon in enumerate(result.polygons):
        faces = result.faces[result.face_owner == number]
        assert polygon.area == pytest.approx(shapely.area(faces).sum(), rel=1e-6)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(3, 12), st.integers(3, 12))
def test_every_face_that_changes_hands_is_told(seed, first, second):
    layers = layers_of(seed, [first, second], whole_last=True)
    points = np.random.default_rng(seed).uniform(0, SIDE, (200, 2))
    result = overlay_layers(layers, points=points)
    told = {transfer.face: transfer for transfer in result.transfers}
    inner = shapely.point_on_surface(result.faces)
    for face, point in enumerate(inner):
        cells = [name for cell, name in zip(layers[0].polygons, layers[0].ids, strict=True) if cell.contains(point)]
        before = cells[0] if cells else None
        now = result.owners[result.face_owner[face]]
        assert (face in told) == (before != now)
        if face in told:
            assert (told[face].before, told[face].after) == (before, now)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(3, 10), st.integers(5, 20))
def test_cells_that_stay_whole_have_one_owner(seed, first, second):
    layers = layers_of(seed, [first, second], whole_last=True)
    result = overlay_layers(layers, sliver_m=0.0)
    inner = shapely.point_on_surface(result.faces)
    for compound in layers[1].polygons:
        assert len(set(result.face_owner[shapely.contains(compound, inner)].tolist())) == 1


def squares(*bounds):
    return [shapely.box(*bound) for bound in bounds]


def test_a_compound_goes_where_most_of_its_households_are_not_most_of_its_land():
    grids = Layer("grids", squares((0, 0, 100, 100), (100, 0, 200, 100)), ["west", "east"])
    compounds = Layer("compounds", squares((40, 0, 110, 100)), ["estate"], whole=True)
    result = overlay_layers([grids, compounds], points=[(105, 50), (106, 50), (50, 50)])
    assert dict(zip(result.owners, shapely.area(result.polygons), strict=True)) == {"west": 4_000.0, "east": 16_000.0}
    [transfer] = result.transfers
    assert (transfer.before, transfer.after, transfer.why) == ("west", "east", Why.KEPT_WHOLE)
    assert (transfer.area_m2, transfer.households) == (6_000.0, 1.0)


def test_land_outside_the_master_and_a_sliver():
    master = Layer("grids", squares((0, 0, 100, 100)), ["a"])
    second = Layer("police", squares((0.5, 0, 150, 100), (300, 0, 400, 100)), ["p", "far"])
    result = overlay_layers([master, second])
    assert dict(zip(result.owners, shapely.area(result.polygons), strict=True)) == {"a": 15_000.0, "far": 10_000.0}
    assert {transfer.why for transfer in result.transfers} == {Why.OUTSIDE_MASTER}
    third = Layer("grids", squares((0, 0, 100, 100), (100, 0, 101, 100)), ["a", "strip"])
    [transfer] = overlay_layers([third]).transfers
    assert (transfer.before, transfer.after, transfer.why) == ("strip", "a", Why.SLIVER)


@pytest.mark.parametrize(
    ("layers", "more", "code"),
    [
        ([], {}, "overlay.no_layers"),
        ([Layer("l", squares((0, 0, 1, 1)), [])], {}, "overlay.lengths_differ"),
        ([Layer("l", squares((0, 0, 1, 1), (2, 0, 3, 1)), ["a", "a"])], {}, "overlay.duplicate_id"),
        ([Layer("l", [shapely.Point(0, 0)], ["a"])], {}, "overlay.no_polygon"),
        ([Layer("l", [shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])], ["a"])], {}, "overlay.no_polygon"),
        ([Layer("l", squares((0, 0, 2, 2), (1, 1, 3, 3)), ["a", "b"])], {}, "overlay.overlap"),
        ([Layer("l", squares((0, 0, 1, 1)), ["a"])], {"households": [1.0]}, "overlay.bad_households"),
        (
            [Layer("l", squares((0, 0, 1, 1)), ["a"])],
            {"points": [(0, 0)], "households": [-1.0]},
            "overlay.bad_households",
        ),
    ],
)
def test_bad_layers_are_refused(layers, more, code):
    with pytest.raises(InvalidInput) as caught:
        overlay_layers(layers, **more)
    assert caught.value.code == code


@pytest.mark.parametrize("asked", [0, 3])
def test_an_overlay_can_be_stopped(asked):
    calls = iter(range(100))
    with pytest.raises(Cancelled):
        overlay_layers(layers_of(1, (4, 3)), should_stop=lambda: next(calls) >= asked)
