"""Railways through the city, roughly where they really run, and their stations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gezhi.demo.geometry import PLANE
from gezhi.demo.ground.figures import Shapes, rounded_off, shapes_of

# Name, English name, rough course in longitude and latitude.
_LINES = (
    (
        "汉丹铁路",
        "Handan Railway",
        [
            (113.12, 31.95),
            (112.78, 32.10),
            (112.55, 32.12),
            (112.33, 32.135),
            (112.15, 32.085),
            (111.98, 32.17),
            (111.80, 32.30),
            (111.66, 32.40),
            (111.58, 32.60),
        ],
    ),
    (
        "焦柳铁路",
        "Jiaoliu Railway",
        [
            (112.27, 32.46),
            (112.20, 32.25),
            (112.15, 32.085),
            (112.04, 32.06),
            (111.97, 31.98),
            (112.00, 31.83),
            (112.10, 31.66),
            (112.12, 31.40),
        ],
    ),
    (
        "襄渝铁路",
        "Xiangyu Railway",
        [(112.15, 32.085), (112.02, 32.11), (111.88, 32.16), (111.72, 32.32), (111.50, 32.42), (111.30, 32.50)],
    ),
    (
        "汉十高铁",
        "Hanshi High-speed Railway",
        [
            (113.10, 32.02),
            (112.70, 32.06),
            (112.295, 32.035),
            (112.10, 32.14),
            (111.85, 32.20),
            (111.60, 32.30),
            (111.30, 32.47),
        ],
    ),
    (
        "郑渝高铁",
        "Zhengyu High-speed Railway",
        [
            (112.32, 32.46),
            (112.31, 32.22),
            (112.295, 32.035),
            (112.15, 31.88),
            (111.83, 31.72),
            (111.45, 31.82),
            (111.10, 31.86),
            (110.80, 31.80),
        ],
    ),
)
_STATIONS = (
    ("襄阳站", "Xiangyang Railway Station", (112.15, 32.085)),
    ("襄阳东站", "Xiangyang East Railway Station", (112.295, 32.035)),
    ("枣阳站", "Zaoyang Railway Station", (112.78, 32.10)),
    ("谷城北站", "Gucheng North Railway Station", (111.60, 32.30)),
    ("南漳站", "Nanzhang Railway Station", (111.83, 31.72)),
    ("保康县站", "Baokang Railway Station", (111.45, 31.82)),
    ("老河口站", "Laohekou Railway Station", (111.66, 32.40)),
    ("宜城站", "Yicheng Railway Station", (112.10, 31.66)),
)


@dataclass(frozen=True, slots=True)
class Rails:
    """Railways and stations in metres."""

    lines: Shapes
    names: list[str]
    names_en: list[str]
    stations: Shapes
    station_names: list[str]
    station_names_en: list[str]


def plan_rails(city: shapely.Geometry) -> Rails:
    """The railways inside the city (metres)."""
    stations = {at for _, _, at in _STATIONS}
    lines = []
    for _, _, course in _LINES:
        # A corner that is there twice stays where it is.
        corners = [at for at in course for _ in range(2 if at in stations else 1)]
        points = shapely.get_coordinates(PLANE.to_metres(shapely.LineString(corners)))
        for _ in range(4):
            points = rounded_off(points)
        lines.append(shapely.LineString(points))
    inside, of = shapely.get_parts(shapely.intersection(shapes_of(lines), city), return_index=True)
    places = shapely.points(np.array([at for _, _, at in _STATIONS]))
    # Other corners are rounded off: each station is put on its line.
    network = shapely.union_all(inside)
    on_line = shapely.get_point(shapely.shortest_line(PLANE.to_metres(places), network), 1)
    return Rails(
        lines=inside,
        names=[_LINES[i][0] for i in of.tolist()],
        names_en=[_LINES[i][1] for i in of.tolist()],
        stations=on_line,
        station_names=[name for name, _, _ in _STATIONS],
        station_names_en=[name for _, name, _ in _STATIONS],
    )
