"""The map's style fits its specification: the engine is built without the check of it (`frontend/vite.engine.ts`)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
NODE = Path(sys.executable).parent / "node"
CHECK = """
import { rolldown } from 'rolldown';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
globalThis.location = { origin: 'https://city.example' };
const engine = {
  name: 'engine',
  resolveId: (id) => (id === 'maplibre-gl' ? id : null),
  load: (id) => (id === 'maplibre-gl' ? 'export const addProtocol = () => undefined' : null),
};
const bundle = await rolldown({ input: 'src/map/style/index.ts', plugins: [engine], logLevel: 'silent' });
const { output } = await bundle.generate({ format: 'esm' });
const { styleOf } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
const palette = { colour: () => '#123456', token: () => '#654321', scale: 1.25 };
const base = [
  { kind: 'vector', tiles: ['/base/{z}/{x}/{y}'], minzoom: 0, maxzoom: 14, datum: 'wgs84', bounds: [1, 2, 3, 4],
    layers: ['water', 'landuse', 'waterway', 'roads', 'buildings'] },
  { kind: 'raster', tiles: ['https://tiles.example/{z}/{x}/{y}'], minzoom: 0, maxzoom: 18, datum: 'wgs84', bounds: null,
    layers: [] },
];
const faces = { 'Gezhi Map': [{ url: 'https://city.example/a.woff2', 'unicode-range': ['U+20-7E'] }] };
const bad = { id: 'bad', type: 'fill', source: 'none', paint: { 'fill-colour': 1 } };
const spoil = (style) => ({ ...style, layers: [...style.layers, bad] });
const found = [];
for (const english of [true, false]) for (const under of [undefined, base]) {
  const set = { tiles: ['/map/tiles/1/{z}/{x}/{y}.mvt'], maxzoom: 15, bounds: [111, 31, 113, 33], base: under };
  const style = styleOf(set, palette, { english, type: ['Gezhi Map'] }, faces);
  found.push(validateStyleMin(style).map((one) => one.message), validateStyleMin(spoil(style)).length > 0);
}
console.log(JSON.stringify(found));
"""


@pytest.mark.skipif(not NODE.exists(), reason="no Node in this environment")
def test_the_style_fits_its_specification_in_both_languages_with_and_without_a_base():
    if not (FRONTEND / "node_modules").is_dir():
        pytest.skip("the front end's packages are not there: `make install`")
    done = subprocess.run(
        [NODE, "--no-warnings", "--input-type=module", "-e", CHECK],
        cwd=FRONTEND,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[], True] * 4
