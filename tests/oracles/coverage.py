"""Areas drawn on squared paper: what each square belongs to is counted, not constructed."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import shapely

SIDE = 12
# A square of some 200 m.
STEP = 0.002
WEST, SOUTH = 112.1, 32.0

Squares = frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Drawn:
    """Areas as sets of squares, and as polygons in degrees."""

    squares: list[Squares]
    polygons: list[object]


def _rectangle(draw: random.Random, most: int) -> Squares:
    width, height = draw.randint(1, most), draw.randint(1, most)
    x, y = draw.randint(0, SIDE - width), draw.randint(0, SIDE - height)
    return frozenset((i, j) for i in range(x, x + width) for j in range(y, y + height))


def _polygon(squares: Squares) -> object:
    boxes = [shapely.box(i, j, i + 1, j + 1) for i, j in sorted(squares)]
    return shapely.transform(shapely.union_all(boxes), lambda at: np.array([WEST, SOUTH]) + at * STEP)


def drawn(seed: int) -> Drawn:
    """Two to six rectangles: beside, over and inside each other."""
    draw = random.Random(seed)  # noqa: S311
    found: list[Squares] = []
    for _ in range(draw.randint(2, 6)):
        squares = _rectangle(draw, draw.choice([2, 4, 8, 12]))
        if squares not in found:
            found.append(squares)
    return Drawn(found, [_polygon(squares) for squares in found])


def claims(areas: list[Squares]) -> dict[tuple[int, int], set[int]]:
    """Who claims each square, once what lies inside another has its land to itself."""
    own = [squares - frozenset().union(*(other for other in areas if other < squares)) for squares in areas]
    found: dict[tuple[int, int], set[int]] = {}
    for place, squares in enumerate(own):
        for square in squares:
            found.setdefault(square, set()).add(place)
    return found


def owner_of(square: tuple[int, int], polygons: list[object]) -> list[int]:
    """The polygons that hold the middle of a square."""
    at = shapely.Point(WEST + (square[0] + 0.5) * STEP, SOUTH + (square[1] + 0.5) * STEP)
    return [place for place, polygon in enumerate(polygons) if polygon.covers(at)]


def strips(seed: int) -> dict[str, object]:
    """Rectangles beside and over each other, and among them areas drawn narrower than any sliver: name → polygon."""
    draw = random.Random(seed)  # noqa: S311
    found = {f"a{number}": _polygon(_rectangle(draw, 6)) for number in range(draw.randint(1, 4))}
    for number in range(draw.randint(1, 2)):
        x, y = draw.uniform(0, SIDE / 2), draw.uniform(0, SIDE / 2)
        length, width = draw.choice([0.5, 2.0, 5.0]), draw.choice([0.0005, 0.0025, 0.008])
        box = (
            shapely.box(x, y, x + length, y + width)
            if draw.random() < 0.5
            else shapely.box(x, y, x + width, y + length)
        )
        found[f"x{number}"] = shapely.transform(box, lambda at: np.array([WEST, SOUTH]) + at * STEP)
    return found
