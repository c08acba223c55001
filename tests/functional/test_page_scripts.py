"""What a page tells the browser of its scripts: their parts at once, and the map's worker where it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage, staticfiles_storage

pytestmark = pytest.mark.django_db


def test_a_page_names_the_parts_of_its_script_and_the_maps_worker_and_all_are_there(client):
    page = client.get("/report").content.decode()
    parts = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', page)
    worker = re.search(r'data-map-worker="/static/([^"]+)"', page)
    assert parts
    assert worker
    for name in (*parts, worker[1]):
        assert finders.find(name), name
    imported, ahead = set(), _imported("build/app.js")
    while ahead:
        imported |= ahead
        ahead = {one for part in ahead for one in _imported(part)} - imported
    assert imported == set(parts)


def _imported(name: str) -> set[str]:
    script = Path(str(finders.find(name))).read_text(encoding="utf-8")
    found = re.findall(r'(?:from|import)"\./([^"]+)"', script)
    return {str(Path(name).parent / one) for one in found}


def test_the_page_of_a_report_has_its_map_asked_for_beside_its_own_script(client):
    ahead = re.search(r'<script type="module" async src="/static/([^"]+)">', client.get("/report").content.decode())
    assert ahead
    assert _imported("build/app.js") >= _imported(ahead[1])
    drawn = Path(str(finders.find(ahead[1]))).read_text(encoding="utf-8")
    assert re.search(r"opened-[\w-]+\.js", drawn)
    assert re.search(r"map_core-[\w-]+\.js", drawn)


def test_chunks_have_one_address_whatever_the_storage_calls_files(client, monkeypatch):
    storage = StaticFilesStorage(base_url="/static/")
    monkeypatch.setattr(storage, "url", lambda name: f"/static/{name}.0123456789ab")
    monkeypatch.setattr(staticfiles_storage, "_wrapped", storage)
    page = client.get("/report").content.decode()
    assert "app.js.0123456789ab" in page
    assert re.findall(r'/static/(build/chunks/[^"]+)"', page)
    assert not re.findall(r'/static/build/chunks/[^"]+\.0123456789ab"', page)


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
