"""The map's sprite has a symbol for whatever a map shows, and its type a sign for whatever a map writes."""

from __future__ import annotations

import csv
import gzip
import json
import re
import unicodedata
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gezhi.contexts.cases.use_cases.install_classes import shipped_classes
from gezhi.contexts.ground.domain.layers import RULES, Layer
from gezhi.demo import names
from tests.factories import ground

ROOT = Path(__file__).resolve().parents[2]
SPRITE = ROOT / "src" / "gezhi" / "interfaces" / "web" / "static" / "web" / "symbols.svg"
SVG = "{http://www.w3.org/2000/svg}"
TYPE = ROOT / "frontend" / "node_modules" / "@fontsource-variable" / "noto-sans-sc"
RARE = ROOT / "frontend" / "src" / "map" / "rare"
BUILD = ROOT / "src" / "gezhi" / "interfaces" / "web" / "static" / "build" / "chunks"
# A few kilobytes over the wire: every map fetches it.
MOST_BYTES = 4_000


def symbols() -> dict[str, ElementTree.Element]:
    # Our own file.
    return {one.attrib["id"]: one for one in ElementTree.parse(SPRITE).getroot().iter(f"{SVG}symbol")}  # noqa: S314


def test_each_kind_of_landmark_and_each_major_class_has_its_symbol() -> None:
    majors = {row.code for row in shipped_classes() if len(row.code) == 3}
    wanted = {f"landmark-{kind}" for kind in RULES[Layer.LANDMARK].kinds} | {f"case-{code}" for code in majors}
    assert set(symbols()) == wanted | {"work-worker", "work-station"}


def test_a_symbol_is_of_paths_on_a_square_of_sixteen() -> None:
    for name, symbol in symbols().items():
        assert symbol.attrib["viewBox"] == "0 0 16 16", name
        assert {child.tag for child in symbol} == {f"{SVG}path"}, name
    assert len(gzip.compress(SPRITE.read_bytes())) < MOST_BYTES


def covered() -> set[int]:
    """The signs that the slices of the type hold."""
    if not (TYPE / "unicode.json").exists():
        pytest.skip("the front end's packages are not there: `make install`")
    ranges = ",".join(json.loads((TYPE / "unicode.json").read_text("utf-8")).values())
    held = {ord(sign) for sign in (RARE / "signs.txt").read_text("utf-8")}
    for first, last in re.findall(r"U\+([0-9a-fA-F]+)(?:-([0-9a-fA-F]+))?", ranges):
        held |= set(range(int(first, 16), int(last or first, 16) + 1))
    return held


def test_the_type_has_every_sign_of_every_name_of_the_demo_city() -> None:
    data = files("gezhi.demo") / "data"
    divisions = gzip.decompress((data / "divisions.csv.gz").read_bytes()).decode()
    texts = [cell for row in csv.reader(divisions.splitlines()) for cell in row]
    # All words that the demo city makes names of, and those of the tests' own quarter.
    texts += [Path(module.__file__ or "").read_text("utf-8") for module in (names, ground)]
    texts += [path.read_text("utf-8") for path in (ROOT / "src" / "gezhi" / "demo").rglob("*.py")]
    texts += [row.name for row in shipped_classes()]
    # Of private use are signs that no font has: a name that came with one is broken.
    signs = {sign for text in texts for sign in text if not sign.isspace() and unicodedata.category(sign) != "Co"}
    held = covered()
    assert {sign for sign in signs if ord(sign) not in held} == set()
    assert len(signs) > 1_000


def test_each_slice_of_the_type_is_served_by_the_city_itself() -> None:
    if not BUILD.exists():
        pytest.skip("the front end is not built: `make install`")
    sheet = (TYPE / "index.css").read_text("utf-8")
    for name in re.findall(r"files/([^)]+)\.woff2", sheet):
        assert list(BUILD.glob(f"{name}-*.woff2")), name
    assert list(BUILD.glob("noto-sans-sc-rare-*.woff2"))
    for name in ("drawing", "slices", "symbols"):
        for chunk in BUILD.glob(f"{name}-*.js"):
            assert not re.search(r"https?://[^\"'` ]+\.(?:pbf|woff2)", chunk.read_text("utf-8")), chunk.name
