"""The shift of GCJ-02 in the browser is that of the kernel, and pictures that are cut by it lie right."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gezhi.kernel.datum import wgs84_to_gcj02

ROOT = Path(__file__).resolve().parents[2]
NODE = Path(sys.executable).parent / "node"
ASK = """
import { shiftedCorner, toGcj02, inTiles } from %(module)s;
const asked = JSON.parse(process.argv[1]);
console.log(JSON.stringify({
  moved: asked.points.map(toGcj02),
  corners: asked.tiles.map(([z, x, y]) => shiftedCorner(z, x, y)),
  places: asked.points.map((point) => inTiles(point, 17)),
}));
"""


def ask(points: list[tuple[float, float]], tiles: list[tuple[int, int, int]]) -> dict:
    script = ASK % {"module": json.dumps((ROOT / "frontend" / "src" / "map" / "gcj02.ts").as_uri())}
    done = subprocess.run(
        [
            NODE,
            "--experimental-strip-types",
            "--no-warnings",
            "--input-type=module",
            "-e",
            script,
            json.dumps({"points": points, "tiles": tiles}),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_tiles(lon: float, lat: float, zoom: int) -> tuple[float, float]:
    side = 1 << zoom
    return (lon / 360 + 0.5) * side, (0.5 - math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) / math.tau) * side


def of_tiles(x: float, y: float, zoom: int) -> tuple[float, float]:
    side = 1 << zoom
    return (x / side - 0.5) * 360, math.degrees(2 * math.atan(math.exp((0.5 - y / side) * math.tau))) - 90


@pytest.mark.skipif(not NODE.exists(), reason="no Node in this environment")
def test_pictures_in_gcj02_lie_within_five_metres_at_zoom_17():
    chance = np.random.default_rng(5)
    points = [
        (float(lon), float(lat))
        for lon, lat in zip(chance.uniform(75, 134, 300), chance.uniform(18, 53, 300), strict=True)
    ]
    points += [(24.9, 60.2), (-70.0, -30.0), (137.9, 30.0)]
    zoom = 17
    tiles = [(zoom, *(int(part) for part in in_tiles(*point, zoom))) for point in points]
    told = ask(points, tiles)
    for point, moved in zip(points, told["moved"], strict=True):
        assert moved == pytest.approx(wgs84_to_gcj02(*point), abs=1e-9)
    worst = 0.0
    for (_, x, y), (left, top) in zip(tiles, told["corners"], strict=True):
        for east, south in ((0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0.5)):
            lon, lat = of_tiles(x + east, y + south, zoom)
            # Where the service draws this point, and where it comes to lie after whole pixels have been cut.
            true_x, true_y = in_tiles(*wgs84_to_gcj02(lon, lat), zoom)
            drawn_x = true_x - left + (round(left * 256) / 256 - left) - east
            drawn_y = true_y - top + (round(top * 256) / 256 - top) - south
            metres = 40_075_016.7 * math.cos(math.radians(lat)) / (1 << zoom)
            worst = max(worst, math.hypot(drawn_x, drawn_y) * metres)
    assert 0.1 < worst < 5.0
