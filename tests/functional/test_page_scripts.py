"""What a page tells the browser of its scripts: their parts at once, and the map's worker where it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

pytestmark = pytest.mark.django_db


def test_a_page_names_the_parts_of_its_script_and_the_maps_worker_and_all_are_there(client):
    page = client.get("/report").content.decode()
    parts = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', page)
    worker = re.search(r'data-map-worker="/static/([^"]+)"', page)
    assert parts
    assert worker
    for name in (*parts, worker[1]):
        assert finders.find(name), name
    script = Path(str(finders.find("build/app.js"))).read_text(encoding="utf-8")
    imported = set(re.findall(r'from"\./(chunks/[^"]+)"', script))
    assert imported == {part.removeprefix("build/") for part in parts}


def test_the_maps_worker_shares_with_the_page_what_both_need(client):
    found = re.search(r'data-map-worker="/static/([^"]+)"', client.get("/report").content.decode())
    assert found
    worker = Path(str(finders.find(found[1])))
    shared = re.findall(r'from"\./([^"]+)"', worker.read_text(encoding="utf-8"))
    assert shared
    assert worker.stat().st_size < 60_000
    assert any(
        name in other.read_text(encoding="utf-8") for name in shared for other in worker.parent.glob("opened-*.js")
    )
