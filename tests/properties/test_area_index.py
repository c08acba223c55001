"""Point location agrees with asking every polygon."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.solvers.locate import AreaIndex
from gezhi.solvers.locate.many_points import locate_all


def voronoi_cells(seed: int, count: int) -> list[shapely.Polygon]:
    rng = np.random.default_rng(seed)
    frame = shapely.box(0, 0, 10, 10)
    diagram = shapely.voronoi_polygons(shapely.multipoints(rng.uniform(0, 10, (count, 2))), extend_to=frame)
    return [shapely.intersection(cell, frame) for cell in diagram.geoms]


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40))
def test_agrees_with_asking_each_polygon(seed, count):
    cells = voronoi_cells(seed, count)
    rng = np.random.default_rng(seed + 1)
    ids = [f"A{n}" for n in rng.permutation(len(cells))]
    corners = shapely.get_coordinates(cells)[:20]
    points = np.vstack([rng.uniform(-1, 11, (40, 2)), corners])
    index = AreaIndex(cells, ids)
    answers = index.find_many(points[:, 0], points[:, 1])
    assert answers == [index.find(x, y) for x, y in points.tolist()]
    for (x, y), answer in zip(points, answers, strict=True):
        touching = [name for cell, name in zip(cells, ids, strict=True) if cell.intersects(shapely.Point(x, y))]
        assert answer == (min(touching) if touching else None)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_order_of_input_does_not_matter_on_borders(seed):
    cells = voronoi_cells(seed, 12)
    ids = [f"{n:02}" for n in range(len(cells))]
    forward, backward = AreaIndex(cells, ids), AreaIndex(cells[::-1], ids[::-1])
    x, y = shapely.get_coordinates(cells).T
    assert forward.find_many(x, y) == backward.find_many(x, y)


def test_hole_belongs_to_no_one_and_its_rim_to_the_ring():
    ring = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    index = AreaIndex([ring], ["ring"])
    assert index.find(4.5, 4.5) is None
    assert index.find(3, 4) == "ring"
    assert index.find(1, 1) == "ring"


def test_empty_index_and_points_that_are_no_numbers():
    assert AreaIndex([], []).find(1, 1) is None
    assert AreaIndex([shapely.box(0, 0, 1, 1)], ["a"]).find(np.nan, 0.5) is None
    assert AreaIndex([shapely.box(0, 0, 1, 1)], ["a"]).find(0.5, np.inf) is None
    assert AreaIndex([shapely.box(0, 0, 1, 1)], ["a"]).find_many([np.nan, 0.5, np.inf], [0.5, np.nan, 0]) == [None] * 3


@pytest.mark.parametrize(
    ("polygons", "ids", "words"),
    [
        ([shapely.box(0, 0, 1, 1)], [], "1 polygons but 0 ids"),
        ([shapely.box(0, 0, 1, 1)] * 2, ["a", "a"], "twice"),
        ([shapely.Point(0, 0)], ["a"], "'a' is not a polygon"),
        ([shapely.Polygon()], ["a"], "'a' is not a polygon"),
    ],
)
def test_refuses_what_it_cannot_index(polygons, ids, words):
    with pytest.raises(ValueError, match=words):
        AreaIndex(polygons, ids)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.sampled_from([1.0, 1e-3, 1e5]), st.sampled_from([0.0, 112.1, -3.9e7]))
def test_points_on_and_a_hair_beside_edges_are_settled_as_by_geos(seed, scale, shift):
    """Vertices, points along edges and their neighbours in floating point, at any scale and far from the origin."""
    cells = [shapely.transform(cell, lambda xy: xy * scale + shift) for cell in voronoi_cells(seed, 9)]
    rng = np.random.default_rng(seed)
    ends = np.vstack([shapely.get_coordinates(cell) for cell in cells])
    along = ends[:-1] + rng.uniform(0, 1, (len(ends) - 1, 1)) * (ends[1:] - ends[:-1])
    points = np.vstack([ends, along])
    points = np.vstack([points, np.nextafter(points, np.inf), np.nextafter(points, -np.inf)])
    ids = [f"{n:02}" for n in range(len(cells))]
    found = AreaIndex(cells, ids).positions(points[:, 0], points[:, 1])
    touching = shapely.intersects_xy(np.array(cells)[:, None], points[None, :, 0], points[None, :, 1])
    expected = np.where(touching.any(axis=0), touching.argmax(axis=0), -1)
    assert (found == expected).all()


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.sampled_from([1.0, 1e-3, 1e5]), st.sampled_from([0.0, 112.1, -3.9e7]))
def test_one_point_and_many_compiled_say_the_same(seed, scale, shift):
    """Of random points, corners, points along borders and their neighbours in floating point, doubts among them."""
    cells = [shapely.transform(cell, lambda xy: xy * scale + shift) for cell in voronoi_cells(seed, 30)]
    cells.append(shapely.difference(cells[0].centroid.buffer(3 * scale), cells[0].centroid.buffer(scale)))
    rng = np.random.default_rng(seed)
    ends = np.vstack([shapely.get_coordinates(cell) for cell in cells])
    along = ends[:-1] + rng.uniform(0, 1, (len(ends) - 1, 1)) * (ends[1:] - ends[:-1])
    border = np.vstack([ends, along])
    anywhere = rng.uniform(-1, 11, (400, 2)) * scale + shift
    points = np.vstack([anywhere, border, np.nextafter(border, np.inf), np.nextafter(border, -np.inf)])
    index = AreaIndex(cells, [f"{n:02}" for n in range(len(cells))])
    compiled = locate_all(points[:, 0].copy(), points[:, 1].copy(), index._cells)
    assert compiled.tolist() == [index._locate_one(x, y) for x, y in points.tolist()]
    many = index.positions(*np.tile(points, (3, 1)).T)
    assert many[: len(points)].tolist() == [index.position(x, y) for x, y in points.tolist()]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_overlapping_polygons_and_parts_and_holes(seed):
    rng = np.random.default_rng(seed)
    discs = [shapely.Point(*rng.uniform(0, 10, 2)).buffer(rng.uniform(0.5, 4)) for _ in range(6)]
    shapes = [discs[0], shapely.MultiPolygon([shapely.box(20, 0, 21, 9), shapely.box(30, 3, 39, 4)])]
    shapes += [shapely.difference(discs[1], discs[1].centroid.buffer(0.4)), *discs[2:]]
    ids = [f"{n}" for n in range(len(shapes))]
    points = rng.uniform(-2, 42, (400, 2)) * [1, 0.3]
    found = AreaIndex(shapes, ids).positions(points[:, 0], points[:, 1])
    touching = shapely.intersects_xy(np.array(shapes)[:, None], points[None, :, 0], points[None, :, 1])
    assert (found == np.where(touching.any(axis=0), touching.argmax(axis=0), -1)).all()


@pytest.mark.parametrize("shape", [shapely.box(0, 0, 1e6, 1e-6), shapely.box(5, 5, 5 + 1e-9, 9)])
def test_long_and_thin(shape):
    index = AreaIndex([shape], ["a"])
    inner = shape.representative_point()
    assert index.find(inner.x, inner.y) == "a"
    assert index.find(shape.bounds[2], shape.bounds[3]) == "a"
    assert index.find(shape.bounds[2] + 1, shape.bounds[3]) is None


def test_coordinates_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="one of each"):
        AreaIndex([shapely.box(0, 0, 1, 1)], ["a"]).positions([0.5, 0.5], [0.5])
