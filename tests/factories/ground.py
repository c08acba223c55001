"""Ground to draw on: roads, rivers, buildings."""

from __future__ import annotations

import gzip
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely

from gezhi.contexts.areas.models import Compound
from gezhi.contexts.ground.domain.layers import RULES, Layer
from gezhi.contexts.ground.queries import cut_tile
from gezhi.contexts.ground.use_cases import NewFeature, NewSource, lay_ground
from gezhi.kernel import clock
from gezhi.kernel.mercator import Tile, to_square
from gezhi.platform.kept import forget_all
from tests.factories.areas import centre, make_small_city
from tests.factories.cases import SYSTEM

METRE = 1 / 111_320


def road(name: str, kind: str, *ends: tuple[float, float], **more: Any) -> NewFeature:
    """A road or river along points in degrees."""
    layer = Layer.WATERWAY if kind == "river" else Layer.ROAD
    return NewFeature(layer, kind, shapely.LineString(ends), name, **more)


def lay(*features: NewFeature, code: str = "test", licence: str = "") -> int:
    """Lay features in place of those that the source of this code laid before."""
    source = NewSource(code, code, licence)
    laid = lay_ground(actor=SYSTEM, source=source, features=features, now=clock.now())
    forget_all()
    return laid


def city_with_a_compound() -> dict[str, Any]:
    """The small city, with a compound of 150 m round the middle of its first grid; its areas by code."""
    found = make_small_city()
    lon, lat = centre(0)
    Compound.objects.create(
        code="X1", name="竹苑家园", households=10, governance="none", lon=lon, lat=lat,
        community=found["420602001001"], grid=found["420602001001001"],
        geometry=shapely.Point(lon, lat).buffer(150 * METRE),
    )  # fmt: skip
    return found


def quarter() -> tuple[float, float]:
    """Lay a small quarter, with something of each layer, round the small city (``factories.areas``); returns its middle.

    A park is of two parts and a landmark of the same name: three that would say it.
    """
    lon, lat = 112.102, 32.0005
    lay(*_ways(lon, lat), *_flat(lon, lat), *_marks(lon, lat), code="quarter", licence="© 测试数据")
    return lon, lat


def _ways(lon: float, lat: float) -> list[NewFeature]:
    classes = ("motorway", "arterial", "collector", "local", "service", "path")
    names = ("环城高速", "檀溪路", "虎头山路", "酂阳巷", "", "")
    across = [
        road(name, kind, (lon - 0.03, lat + row), (lon + 0.03, lat + row + 0.001))
        for name, kind, row in zip(names, classes, (0.012, 0.0035, 0.0018, 0.0008, -0.0006, -0.001), strict=True)
    ]
    along = [
        road(name, kind, (lon + column, lat - 0.02), (lon + column, lat + 0.02), name_en=english)
        for name, kind, column, english in (
            ("长虹路", "arterial", 0.006, "Changhong Road"),
            ("胜利街", "collector", -0.0022, "Victory Street"),
            ("铁佛寺巷", "local", 0.0024, ""),
        )
    ]
    rails = [
        NewFeature(Layer.RAIL, kind, shapely.LineString([(lon - 0.04, lat + row), (lon + 0.04, lat + row + 0.01)]))
        for kind, row in (("rail", -0.012), ("subway", -0.006), ("tram", 0.0045))
    ]
    return [
        *across,
        *along,
        *rails,
        road("汉江", "river", (lon - 0.3, lat + 0.03), (lon + 0.3, lat - 0.03), name_en="Han River"),
    ]


def _flat(lon: float, lat: float) -> list[NewFeature]:
    def box(west: float, south: float, east: float, north: float) -> Any:
        return shapely.box(lon + west, lat + south, lon + east, lat + north)

    green = [
        NewFeature(Layer.GREEN, "park", box(0.0028, -0.0004, 0.0042, 0.0006), "岘山公园"),
        NewFeature(Layer.GREEN, "park", box(0.0044, -0.0004, 0.0056, 0.0006), "岘山公园"),
        NewFeature(Layer.GREEN, "wood", box(-0.02, -0.02, -0.008, -0.008), "真武山林场"),
        NewFeature(Layer.GREEN, "farmland", box(0.012, -0.02, 0.03, -0.006)),
    ]
    water = [
        NewFeature(Layer.WATER, "lake", box(-0.0058, -0.0022, -0.0028, -0.0012), "月亮湾", name_en="Moon Bay"),
        NewFeature(Layer.WATER, "river", box(-0.04, 0.016, 0.04, 0.02), "汉江"),
    ]
    houses = [
        NewFeature(
            Layer.BUILDING,
            "residential",
            box(0.0005 * column - 0.002, 0.00045 * row - 0.0008, 0.0005 * column - 0.0017, 0.00045 * row - 0.0006),
            f"{number}栋" if number % 3 else "",
            street="檀溪路",
            house_number=str(number),
        )
        for number, (row, column) in enumerate(((row, column) for row in range(6) for column in range(8)), 1)
    ]
    return [*green, *water, *houses]


def _marks(lon: float, lat: float) -> list[NewFeature]:
    named = {
        "hospital": "襄城区人民医院",
        "school": "檀溪小学",
        "park": "岘山公园",
        "station": "襄阳站",
        "government": "真武山街道办事处",
    }
    kinds = list(RULES[Layer.LANDMARK].kinds)
    marks = [
        NewFeature(
            Layer.LANDMARK,
            kind,
            shapely.Point(lon + 0.0009 * (place % 8 - 3.5), lat + 0.0007 * (place // 8 - 2)),
            named.get(kind, f"{kind}一号"),
        )
        for place, kind in enumerate(kinds)
    ]
    doors = [
        NewFeature(Layer.ENTRANCE, kind, shapely.Point(lon - 0.0018 + step, lat - 0.0008), house_number=str(7 + place))
        for place, (kind, step) in enumerate((("main", 0.0), ("entrance", 0.0005), ("gate", 0.001)))
    ]
    return [*marks, *doors]


def building(name: str, at: tuple[float, float], side: float = 20.0, **more: str) -> NewFeature:
    """A square house of so many metres."""
    lon, lat = at
    half = side / 2 * METRE
    return NewFeature(
        Layer.BUILDING, "residential", shapely.box(lon - half, lat - half, lon + half, lat + half), name, **more
    )


def tile_at(at: tuple[float, float], zoom: int) -> dict[str, Any]:
    """The layers of the tile that holds a point."""
    x, y = to_square(np.array([at]))[0]
    found = cut_tile(Tile(zoom, int(x * (1 << zoom)), int(y * (1 << zoom))))
    assert found is not None
    decoded: dict[str, Any] = mapbox_vector_tile.decode(gzip.decompress(found.packed)) if found.packed else {}
    return decoded
