"""What tags of OpenStreetMap are on our ground."""

from __future__ import annotations

import pytest

from gezhi.contexts.ground.domain.layers import RULES, Layer, Shape
from gezhi.interfaces.imports import osm_tags
from gezhi.interfaces.imports.basemap import code_of
from gezhi.interfaces.imports.osm_tags import Told, told_by

LINE, AREA, POINT = Shape.LINE, Shape.AREA, Shape.POINT


@pytest.mark.parametrize(
    ("shape", "tags", "told"),
    [
        (LINE, "highway=primary name=檀溪路 name:en=Tanxi_Road", "road arterial 檀溪路"),
        (LINE, "highway=motorway_link", "road motorway"),
        (LINE, "highway=tertiary", "road collector"),
        (LINE, "highway=residential", "road local"),
        (LINE, "highway=track", "road service"),
        (LINE, "highway=steps", "road path"),
        (LINE, "highway=proposed", ""),
        (LINE, "highway=pedestrian area=yes", ""),
        (LINE, "highway=residential area=yes name=Pfarrplatz", "road local"),
        (LINE, "building=yes", ""),
        (LINE, "railway=rail", "rail rail"),
        (LINE, "railway=rail service=yard", "rail siding"),
        (LINE, "railway=subway", "rail subway"),
        (LINE, "railway=tram", "rail tram"),
        (LINE, "railway=abandoned", ""),
        (LINE, "waterway=river name=汉江", "waterway river 汉江"),
        (LINE, "waterway=ditch", "waterway stream"),
        (LINE, "waterway=stream tunnel=culvert", ""),
        (AREA, "natural=water name=檀溪湖", "water lake 檀溪湖"),
        (AREA, "natural=water water=river", "water river"),
        (AREA, "landuse=reservoir", "water lake"),
        (AREA, "leisure=swimming_pool", "water pool"),
        (AREA, "leisure=park name=人民公园", "green park 人民公园"),
        (AREA, "landuse=forest", "green wood"),
        (AREA, "natural=scrub", "green grass"),
        (AREA, "landuse=vineyard", "green farmland"),
        (AREA, "amenity=grave_yard", "green cemetery"),
        (AREA, "leisure=pitch", "green sports"),
        (AREA, "leisure=sports_centre name=体育中心", "green sports | landmark sports 体育中心"),
        (AREA, "landuse=residential", ""),
        (AREA, "highway=service", ""),
        (AREA, "building=yes", "building other"),
        (AREA, "building=apartments name=8栋", "building residential 8栋"),
        (AREA, "building=no", ""),
        (AREA, "building=yes location=underground", ""),
        (AREA, "building=yes amenity=school name=五中", "building school | landmark school 五中"),
        (AREA, "amenity=school name=五中", "landmark school 五中"),
        (AREA, "building=yes addr:street=檀溪路 addr:housenumber=12号", "building other @檀溪路+12号"),
        (
            AREA,
            "building=retail name=A座 addr:street=檀溪路 addr:housenumber=12",
            "building commercial A座 | entrance address @檀溪路+12",
        ),
        (
            AREA,
            "building=yes shop=mall name=万达 addr:street=檀溪路 addr:housenumber=12",
            "building commercial @檀溪路+12 | landmark mall 万达",
        ),
        (AREA, "highway=pedestrian area=yes name=Narinkka", "landmark square Narinkka"),
        (AREA, "highway=residential area=yes name=Pfarrplatz", "landmark square Pfarrplatz"),
        (AREA, "highway=service area=yes", ""),
        (
            AREA,
            "leisure=garden addr:street=Kaisaniemenranta addr:housenumber=2",
            "green park | entrance address @Kaisaniemenranta+2",
        ),
        (
            AREA,
            "leisure=park name=P addr:street=A addr:housenumber=2",
            "green park P | entrance address @A+2",
        ),
        (AREA, "natural=water name=W addr:street=A addr:housenumber=2", "water lake W | entrance address @A+2"),
        (AREA, "landuse=commercial addr:street=A addr:housenumber=2", "entrance address @A+2"),
        (
            AREA,
            "leisure=sports_centre name=S addr:street=A addr:housenumber=2",
            "green sports | landmark sports S @A+2",
        ),
        (AREA, "leisure=garden addr:housenumber=2", "green park"),
        (POINT, "addr:street=Mannerheimintie addr:housenumber=3", "entrance address @Mannerheimintie+3"),
        (POINT, "addr:housenumber=3", ""),
        (POINT, "addr:place=Kappeli addr:housenumber=3", "entrance address @Kappeli+3"),
        (POINT, "entrance=main", "entrance main"),
        (POINT, "entrance=yes addr:street=A addr:housenumber=3", "entrance entrance @A+3"),
        (POINT, "entrance=no", ""),
        (POINT, "barrier=gate", ""),
        (POINT, "barrier=gate name=东门", "entrance gate 东门"),
        (POINT, "railway=subway_entrance name=B口", "entrance entrance B口"),
        (POINT, "railway=station name=襄阳站", "landmark station 襄阳站"),
        (POINT, "railway=station station=subway name=Kamppi", "landmark subway Kamppi"),
        (POINT, "highway=bus_stop", "landmark bus_stop"),
        (POINT, "public_transport=platform bus=yes name=檀溪", "landmark bus_stop 檀溪"),
        (POINT, "shop=bakery", ""),
        (POINT, "shop=bakery name=Ekberg", "landmark shop Ekberg"),
        (POINT, "shop=vacant name=Ekberg", ""),
        (POINT, "amenity=toilets", "landmark toilet"),
        (POINT, "amenity=bench name=x", ""),
        (POINT, "amenity=social_facility social_facility:for=senior name=福寿苑", "landmark elderly 福寿苑"),
        (POINT, "office=government name=区政府", "landmark government 区政府"),
        (POINT, "natural=tree name=x", ""),
    ],
)
def test_what_a_thing_is(shape, tags, told):
    found = told_by(read(tags), shape)
    assert " | ".join(map(written, found)) == told
    for one in found:
        assert one.kind in RULES[one.layer].kinds


def read(tags: str) -> dict[str, str]:
    return {key: value.replace("_Road", " Road") for key, _, value in (tag.partition("=") for tag in tags.split())}


def written(told: Told) -> str:
    at = f"@{told.street}+{told.house_number}" if told.house_number else ""
    return " ".join(filter(None, (told.layer.value, told.kind, told.name, at)))


def test_all_names_are_kept_each_once():
    tags = {
        "highway": "primary",
        "name": "Unioninkatu",
        "name:en": "Union Street",
        "name:zh": "联盟街",
        "alt_name": "Unionin katu; Unionsgatan",
        "old_name": "Bulevardinkatu;Unioninkatu",
        "short_name": "Union Street",
    }
    assert told_by(tags, LINE) == [
        Told(
            Layer.ROAD,
            "arterial",
            "Unioninkatu",
            "Union Street",
            ("Unionin katu", "Unionsgatan", "Bulevardinkatu", "联盟街"),
        )
    ]


def test_a_chinese_name_beside_a_chinese_name_is_no_other():
    tags = {"highway": "primary", "name": "檀溪路", "name:zh": "檀溪路", "name:zh-Hant": "檀溪路"}
    assert told_by(tags, LINE) == [Told(Layer.ROAD, "arterial", "檀溪路")]
    assert told_by({"highway": "primary", "name:en": "Elm"}, LINE) == [Told(Layer.ROAD, "arterial", "Elm")]


def test_several_numbers_of_one_house():
    tags = {"addr:street": "Mannerheimintie", "addr:housenumber": "3; 5,7"}
    told = Told(Layer.ENTRANCE, "address", "", "", ("Mannerheimintie 5", "Mannerheimintie 7"), "Mannerheimintie", "3")
    assert told_by(tags, POINT) == [told]


def test_every_kind_of_the_table_is_one_of_its_layer():
    tables = {
        Layer.ROAD: [osm_tags._ROAD],
        Layer.RAIL: [osm_tags._RAIL],
        Layer.WATERWAY: [osm_tags._WATERWAY],
        Layer.WATER: [*osm_tags._WATER.values(), osm_tags._WATERS],
        Layer.GREEN: list(osm_tags._GREEN.values()),
        Layer.BUILDING: [osm_tags._BUILDING, osm_tags._BUILDING_OF],
        Layer.LANDMARK: list(osm_tags._LANDMARK.values()),
    }
    for layer, listed in tables.items():
        assert {kind for table in listed for kind in table.values() if kind} <= RULES[layer].kinds.keys()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Helsinki.osm.pbf", "helsinki"),
        ("襄阳 2026.osm.gz", "襄阳-2026"),
        ("a.b.osm", "a.b"),
        ("x" * 60 + ".pbf", "x" * 40),
    ],
)
def test_a_file_names_its_source(name, code, tmp_path):
    assert code_of(tmp_path / name) == code
