"""What the build of the front end must keep to, since the server renames some of its files and not others."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "src" / "gezhi" / "interfaces" / "web" / "static" / "build"
# The map's engine is the one large thing, and only pages with a map fetch it.
LARGEST_SCRIPT_OF_EVERY_PAGE = 80_000
LARGEST_STYLE_OF_EVERY_PAGE = 45_000
# Over the wire, at 50 kB a second on a slow phone: the engine, its worker and what of ours draws the first map.
LARGEST_MAP = 211_000
# What a Chinese page needs of Latin type.
LARGEST_FIGURES = 6_500


@pytest.fixture
def build() -> Path:
    if not (BUILD / "app.js").exists():
        pytest.skip("the front end is not built: `make install`")
    return BUILD


def test_no_chunk_loads_an_entry_a_second_time(build: Path) -> None:
    entries = {path.name for path in build.glob("*.js")}
    for chunk in (build / "chunks").glob("*.js"):
        imported = re.findall(r"""(?:from|import)\s*\(?["'`]\.{1,2}/([^"'`]+)["'`]""", chunk.read_text("utf-8"))
        assert entries.isdisjoint(imported), chunk.name


def test_every_page_stays_light_and_the_map_is_apart(build: Path) -> None:
    app = (build / "app.js").read_text("utf-8")
    static = re.findall(r"""import\s*(?:\{[^}]*\}\s*from)?\s*["'`]\./(chunks/[^"'`]+)["'`]""", app)
    loaded = [build / "app.js", *(build / name for name in static)]
    assert sum(path.stat().st_size for path in loaded) < LARGEST_SCRIPT_OF_EVERY_PAGE
    assert (build / "app.css").stat().st_size < LARGEST_STYLE_OF_EVERY_PAGE
    assert not any(word in path.name for path in loaded for word in ("drawing", "opened", "points", "slices"))


def test_what_a_map_is_drawn_with_stays_light(build: Path) -> None:
    chunks = json.loads((build / "chunks.json").read_text("utf-8"))
    worker = next(name for name, chunk in chunks.items() if chunk.get("name") == "map_worker")
    sent: dict[str, int] = {}
    ahead = ["src/map/drawing.ts", worker]
    while ahead:
        chunk = chunks[ahead.pop()]
        if chunk["file"] in sent:
            continue
        packed = build / f"{chunk['file']}.br"
        sent[chunk["file"]] = (packed if packed.exists() else build / chunk["file"]).stat().st_size
        ahead += chunk.get("imports", [])
    assert sum(sent.values()) < LARGEST_MAP, sent


def test_figures_come_apart_from_letters(build: Path) -> None:
    sheet = (build / "app.css").read_text("utf-8")
    figures = re.search(r"chunks/latin-figures-[\w-]+\.woff2", sheet)
    assert figures
    assert (build / figures[0]).stat().st_size < LARGEST_FIGURES


def test_drawings_of_the_pages_lie_packed_beside_themselves_as_they_are(build: Path) -> None:
    for name in ("icons.svg", "symbols.svg"):
        drawing = build.parent / "web" / name
        assert gzip.decompress(drawing.with_name(f"{name}.gz").read_bytes()) == drawing.read_bytes(), "`make install`"
        assert drawing.with_name(f"{name}.br").exists()


def test_nothing_comes_from_elsewhere(build: Path) -> None:
    assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", (build / "app.css").read_text("utf-8"))


def test_the_lock_names_versions_and_no_addresses() -> None:
    text = (ROOT / "frontend" / "package-lock.json").read_text("utf-8")
    assert "://" not in text
    assert json.loads(text)["packages"][""]["dependencies"]
