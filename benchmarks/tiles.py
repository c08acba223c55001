"""The map's tiles of the whole demo city: what cutting one costs at each zoom, cold and kept, and what it weighs.

The reference, in the same run: mapbox-vector-tile encodes the same clipped shapes of the same tiles.
"""

from __future__ import annotations

import gc
import gzip
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean

from benchmarks._report import row

CUT_MS, KEPT_MS, MOST_KB = 15.0, 0.5, 150.0
ZOOMS = range(6, 17)
TILES_A_ZOOM = 24


def run() -> None:
    """Found the city and measure it in a process of its own."""
    gezhi = Path(sys.executable).with_name("gezhi")
    with tempfile.TemporaryDirectory(prefix="gezhi-bench-") as home:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GEZHI_", "DJANGO_"))}
        environment = {**kept, "GEZHI_HOME": home, "DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded"}
        found = ([gezhi, "init", "--quiet"], [gezhi, "demo", "city", "--scale", "1.0", "--days", "0"])
        for command in found:
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        measured = "import django; django.setup(); from benchmarks.tiles import measure; measure()"
        subprocess.run([sys.executable, "-c", measured], env=environment, check=True)


def measure() -> None:
    """Print the table for the city of the environment."""
    import mapbox_vector_tile
    import numpy as np

    from gezhi.contexts.areas.models import Compound
    from gezhi.contexts.ground.queries import tiles
    from gezhi.kernel.mercator import Tile, to_square

    city = tiles.city_ground()
    places = to_square(np.array(list(Compound.objects.order_by("id").values_list("lon", "lat"))))
    places = places[:: max(1, len(places) // 200)]
    # As a web process does before it answers: else the collector now and then walks all that was ever imported.
    gc.collect()
    gc.freeze()
    row("figure", "value", "aim", None, "reference")
    for zoom in ZOOMS:
        wanted = list({Tile(zoom, int(x * (1 << zoom)), int(y * (1 << zoom))) for x, y in places})[:TILES_A_ZOOM]
        start = time.process_time()
        city.packed(wanted[0])
        first = 1_000 * (time.process_time() - start)
        city.packed.cache_clear()
        costs, weights, theirs = [], [], []
        for tile in wanted:
            start = time.process_time()
            packed = city.packed(tile)
            costs.append(1_000 * (time.process_time() - start))
            weights.append(len(packed) / 1_000)
            layers = [
                {
                    "name": layer.name,
                    "features": [
                        {"geometry": shape, "properties": dict(properties), "id": number}
                        for shape, properties, number in zip(layer.shapes, layer.properties, layer.ids, strict=True)
                    ],
                }
                for layer in city.layers(tile)
            ]
            start = time.process_time()
            options = {"quantize_bounds": tile.box(0), "extents": 4096, "y_coord_down": True}
            gzip.compress(mapbox_vector_tile.encode(layers, default_options=options), 6)
            theirs.append(1_000 * (time.process_time() - start))
        start = time.process_time()
        for _ in range(20):
            for tile in wanted:
                city.packed(tile)
        kept = 1_000 * (time.process_time() - start) / 20 / len(wanted)
        ratio = f"library {mean(theirs) / mean(costs):.0f} ×"
        row(
            f"zoom {zoom}: cut, mean of {len(wanted)}",
            f"{mean(costs):.2f} ms",
            f"≤ {CUT_MS:g}",
            mean(costs) <= CUT_MS,
            ratio,
        )
        row("  the dearest", f"{max(costs):.2f} ms", f"≤ {CUT_MS:g}", max(costs) <= CUT_MS, f"first {first:.0f} ms")
        row("  the heaviest, packed", f"{max(weights):.1f} kB", f"≤ {MOST_KB:g}", max(weights) <= MOST_KB, "")
        row("  asked for again", f"{kept:.4f} ms", f"≤ {KEPT_MS:g}", kept <= KEPT_MS, "")
