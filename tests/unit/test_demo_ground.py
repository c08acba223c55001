"""What lies on the demo city's land: buildings in their compounds, gates at their edges, streets that lead everywhere."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
import shapely

from gezhi.contexts.ground.domain.layers import RULES, Layer
from gezhi.demo.divisions import COUNTIES
from gezhi.demo.geometry import PLANE
from gezhi.demo.ground.figures import apart, rank_within, rectangles, touched, turned
from gezhi.demo.ground.words import area_in_english, compound_in_english, speller
from gezhi.demo.plan import plan_city

SCALE = 0.02
URBAN = ("420602", "420606", "420607")


@pytest.fixture(scope="module")
def plan():
    return plan_city(scale=SCALE, seed=3)


@pytest.fixture(scope="module")
def compounds(plan):
    return PLANE.to_metres(np.array([one.shape for one in plan.compounds], dtype=object))


@pytest.fixture(scope="module")
def layers(plan):
    """Layer → its things, the shapes in metres."""
    return {layer: (found := plan.ground.of(layer), PLANE.to_metres(found.shapes)) for layer in Layer}


def of_kind(layers, layer, *kinds):
    found, shapes = layers[layer]
    return shapes[np.isin(np.array(found.kinds, dtype=object), kinds)]


def numbered(layers):
    """The buildings of compounds and their numbers."""
    found, shapes = layers[Layer.BUILDING]
    places = [place for place, name in enumerate(found.names) if re.fullmatch(r"\d+栋", name)]
    return shapes[places], [int(found.names[place][:-1]) for place in places]


def test_everything_is_of_a_kind_and_shape_that_its_layer_has(layers):
    types = {"point": {"Point"}, "line": {"LineString"}, "area": {"Polygon"}}
    for layer, (found, shapes) in layers.items():
        assert set(found.kinds) <= RULES[layer].kinds.keys()
        assert {shape.geom_type for shape in shapes} <= types[RULES[layer].shape.value]
        assert len(shapes) > 0
        assert shapely.is_valid(shapes).all()
        assert not shapely.is_empty(shapes).any()


def test_nothing_lies_outside_the_city(plan):
    city = shapely.buffer(plan.areas[0].shape, 1e-6)
    shapely.prepare(city)
    for group in plan.ground.groups:
        assert shapely.covers(city, group.shapes).all(), group.layer


def test_buildings_of_compounds_stand_inside_them_numbered_and_apart(compounds, layers):
    buildings, numbers = numbered(layers)
    shrunk = shapely.buffer(compounds, 1e-6)
    building, compound = shapely.STRtree(shrunk).query(buildings, predicate="covered_by")
    assert np.array_equal(np.unique(building), np.arange(len(buildings)))
    for place in range(len(compounds)):
        own = sorted(np.array(numbers)[building[compound == place]].tolist())
        assert own == list(range(1, len(own) + 1))
        assert own


def test_no_building_crosses_another_nor_a_street_nor_water(layers):
    _, buildings = layers[Layer.BUILDING]
    assert apart(buildings, by=0.5).all()
    roads = of_kind(layers, Layer.ROAD, "arterial", "collector", "local")
    assert not touched(buildings, roads, within=4.0).any()
    assert not touched(buildings, of_kind(layers, Layer.ROAD, "service")).any()
    assert not touched(buildings, layers[Layer.WATER][1]).any()
    assert not touched(buildings, layers[Layer.RAIL][1], within=5.0).any()


def test_no_building_crosses_the_border_of_a_compound(compounds, layers):
    _, buildings = layers[Layer.BUILDING]
    assert not touched(buildings, shapely.boundary(compounds)).any()


def test_streets_run_through_no_compound(compounds, layers):
    streets = of_kind(layers, Layer.ROAD, "arterial", "collector", "local")
    inner = shapely.buffer(compounds, -1.0)
    assert not touched(inner, streets).any()


def test_gates_lie_on_the_edge_of_a_compound_by_a_street(compounds, layers):
    found, gates = layers[Layer.ENTRANCE]
    edges = shapely.STRtree(shapely.boundary(compounds))
    compound, far = edges.query_nearest(gates, all_matches=False, return_distance=True)
    assert far.max() < 0.01
    assert set(found.names) <= {"东门", "南门", "西门", "北门"}
    assert set(compound[1].tolist()) == set(range(len(compounds)))


def test_every_compound_is_reached_by_a_street(compounds, layers):
    streets = of_kind(layers, Layer.ROAD, "arterial", "collector", "local")
    far = shapely.STRtree(streets).query_nearest(compounds, all_matches=False, return_distance=True)[1]
    assert far.max() < 60.0


def test_streets_of_each_urban_district_hang_together(plan, layers):
    roads = shapely.get_parts(shapely.union_all(of_kind(layers, Layer.ROAD, "arterial", "collector", "local")))
    one, other = shapely.STRtree(roads).query(roads, predicate="dwithin", distance=0.05)
    part = np.arange(len(roads))
    while True:
        lower = part.copy()
        np.minimum.at(lower, one, part[other])
        if np.array_equal(lower, part):
            break
        part = lower
    for code in URBAN:
        shape = next(area.shape for area in plan.areas if area.code == code)
        district = PLANE.to_metres(shape)
        length = shapely.length(shapely.intersection(roads, district))
        whole = np.bincount(part, weights=length)
        assert whole.max() >= 0.95 * whole.sum()


def test_roads_have_names_in_chinese_and_english(layers):
    found, _ = layers[Layer.ROAD]
    named = [
        (name, english)
        for kind, name, english in zip(found.kinds, found.names, found.names_en, strict=True)
        if kind != "service"
    ]
    assert all(name and english for name, english in named)
    assert all(english.split()[-1] in {"Road", "Street", "Avenue", "Lane", "Highway", "Bridge"} for _, english in named)
    assert {"arterial", "collector", "local", "service"} >= set(found.kinds) >= {"arterial", "local", "service"}


def test_house_numbers_are_of_streets_that_are_near(layers):
    found, shapes = layers[Layer.BUILDING]
    roads, lines = layers[Layer.ROAD]
    places = [place for place, number in enumerate(found.numbers) if number]
    assert places
    for place in places[:200]:
        assert re.fullmatch(r"\d+号", found.numbers[place])
        own = lines[np.flatnonzero(np.array(roads.names, dtype=object) == found.streets[place])]
        assert shapely.distance(own, shapes[place]).min() < 25.0


def test_the_han_is_a_wide_water_with_its_name(layers):
    found, shapes = layers[Layer.WATER]
    han = shapes[[place for place, name in enumerate(found.names) if name == "汉江"]]
    assert 300.0 < 2.0 * shapely.area(han).sum() / shapely.length(han).sum() < 600.0
    assert "汉江" in layers[Layer.WATERWAY][0].names


def test_there_is_about_as_much_of_everything_as_people_need(plan, layers):
    urban = sum(area.households for area in plan.areas if area.level == "grid" and area.urban_rural == "111")
    buildings, _ = numbered(layers)
    households = sum(one.households for one in plan.compounds)
    assert 8 <= households / len(buildings) <= 75
    marks = Counter(layers[Layer.LANDMARK][0].kinds)
    assert urban / 4_000 <= marks["school"] <= urban / 150
    assert {
        "hospital",
        "police",
        "government",
        "station",
        "bus_stop",
        "kindergarten",
        "community",
        "market",
    } <= marks.keys()
    assert {"襄阳站", "襄阳东站"} <= set(layers[Layer.LANDMARK][0].names)
    green = Counter(layers[Layer.GREEN][0].kinds)
    assert {"park", "wood", "farmland", "grass"} <= green.keys()


def test_landmarks_of_one_kind_have_names_of_their_own(layers):
    found, _ = layers[Layer.LANDMARK]
    schools = [
        name
        for kind, name in zip(found.kinds, found.names, strict=True)
        if kind in {"kindergarten", "hospital", "police"}
    ]
    assert all(schools)
    assert len(set(schools)) == len(schools)


def test_the_same_seed_lays_the_same_ground(plan):
    again = plan_city(scale=SCALE, seed=3)
    assert again.digest() == plan.digest()
    one, other = (next(iter(city.ground.features())) for city in (plan, again))
    assert one == other


def test_a_row_is_ranked_within_its_group():
    groups, priority = np.array([1, 0, 1, 1, 0]), np.array([5.0, 2.0, 3.0, 4.0, 1.0])
    assert rank_within(groups, priority).tolist() == [2, 1, 0, 1, 0]


def test_rectangles_are_turned_to_the_left():
    [plate] = rectangles(np.array([[10.0, 5.0]]), 4.0, 2.0, np.pi / 2)
    assert np.allclose(plate.bounds, (9.0, 3.0, 11.0, 7.0))
    assert np.allclose(turned([1.0, 0.0], np.pi / 2), [0.0, 1.0])


def test_a_station_lies_by_the_town_that_it_is_named_after(plan, layers):
    found, shapes = layers[Layer.LANDMARK]
    counties = {area.code: PLANE.to_metres(area.shape) for area in plan.areas if area.level == "district"}
    stations = {
        "襄阳站": "420606",
        "襄阳东站": "420607",
        "枣阳站": "420683",
        "谷城北站": "420625",
        "南漳站": "420624",
        "保康县站": "420626",
        "老河口站": "420682",
        "宜城站": "420684",
    }
    at = {name: spot for name, kind, spot in zip(found.names, found.kinds, shapes, strict=True) if kind == "station"}
    for name, code in stations.items():
        assert counties[code].covers(at[name]), name
        assert PLANE.to_metres(shapely.Point(COUNTIES[code][2])).distance(at[name]) < 9_000.0, name
    lines = layers[Layer.RAIL][1]
    assert all(shapely.distance(lines, at[name]).min() < 1.0 for name in stations)


def test_few_railways_meet_and_all_run_in_gentle_curves_past_the_compounds(compounds, layers):
    found, lines = layers[Layer.RAIL]
    (main,) = (
        spot
        for name, spot in zip(layers[Layer.LANDMARK][0].names, layers[Layer.LANDMARK][1], strict=True)
        if name == "襄阳站"
    )
    assert len({name for name, line in zip(found.names, lines, strict=True) if line.distance(main) < 3_000.0}) <= 3
    assert not touched(compounds, lines, within=15.0).any()
    for line in lines:
        along = np.diff(shapely.get_coordinates(line), axis=0)
        turns = np.diff(np.unwrap(np.arctan2(along[:, 1], along[:, 0])))
        assert np.abs(turns).max(initial=0.0) < np.radians(20.0)


def test_a_school_in_town_has_several_buildings_and_a_place_to_run(plan, layers):
    found, spots = layers[Layer.LANDMARK]
    towns = PLANE.to_metres(
        np.array(
            [area.shape for area in plan.areas if area.level == "grid" and area.urban_rural == "111"], dtype=object
        )
    )
    schools = spots[[kind == "school" for kind in found.kinds]]
    schools = schools[touched(schools, towns)]
    assert len(schools) > 5
    houses, fields = of_kind(layers, Layer.BUILDING, "school"), of_kind(layers, Layer.GREEN, "sports")
    around = shapely.buffer(schools, 200.0)
    each = np.bincount(shapely.STRtree(houses).query(around, predicate="intersects")[0], minlength=len(schools))
    assert each.min() >= 3
    assert touched(around, fields).mean() >= 0.95
    assert not touched(fields, houses).any()


def test_all_that_has_a_name_has_one_in_english_too(plan, layers):
    for layer, (found, _) in layers.items():
        for name, english in zip(found.names, found.names_en, strict=True):
            assert not name or english, (layer, name)
            assert english.isascii(), english
    for one in (*plan.areas, *plan.compounds):
        assert one.name_en, one.name
        assert one.name_en.isascii(), one.name_en
    buildings = dict(zip(layers[Layer.BUILDING][0].names, layers[Layer.BUILDING][0].names_en, strict=True))
    assert buildings["4栋"] == "Building 4"
    gates = dict(zip(layers[Layer.ENTRANCE][0].names, layers[Layer.ENTRANCE][0].names_en, strict=True))
    assert gates["东门"] == "East Gate"


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("湖北保康经济开发区管理委员会", "Hubei Baokang Economic Development Zone"),
        ("随阳农场", "Suiyang Farm"),
        ("百花山林场", "Baihuashan Forest Farm"),
        ("经济开发区", "Economic Development Zone"),
        ("高新区七里河街道", "High-tech Zone Qilihe Subdistrict"),
        ("铁佛寺社区", "Tiefosi Community"),
        ("明珠路虚拟社区", "Mingzhu Road Virtual Community"),
        ("卧龙镇", "Wolong Town"),
        ("古镇社区", "Guzhen Community"),
        ("襄州区张罗岗原种场生活区村", "Xiangzhou District Zhangluogang Seed Farm Living Quarters Village"),
    ],
)
def test_areas_have_their_english_by_words(name, english):
    assert area_in_english(name, speller()) == english


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("翰林嘉园", "Hanlin Jiayuan"),
        ("檀溪雅苑2期", "Tanxi Yayuan Phase 2"),
        ("夫人城国际城", "Furencheng Guojicheng"),
        ("清泉里", "Qingquan Li"),
    ],
)
def test_compounds_have_their_english_by_words(name, english):
    assert compound_in_english(name, speller()) == english
