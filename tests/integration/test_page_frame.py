"""The frame of every page: policy, choices, sign-in, the page of components."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from tests.factories.areas import centre, make_small_city

pytestmark = pytest.mark.django_db


def test_design_page_shows_every_state_of_a_case(client: Client) -> None:
    page = client.get("/design").content.decode()
    assert page.count('class="chip"') >= 8
    for tone in ("urgent", "warn", "good", "active", "plain"):
        assert f'data-tone="{tone}"' in page


def test_pages_carry_a_policy_without_anything_inline(client: Client) -> None:
    response = client.get("/design")
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    page = response.content.decode()
    assert not re.search(r"\son[a-z]+\s*=|\sstyle\s*=|<style|<script(?![^>]*(src=|application/json))", page)


@pytest.mark.parametrize(
    ("path", "purpose", "carried"),
    [
        ("/static/build/app.css", "style", False),
        ("/static/build/app.js", "script", False),
        # As far as anybody can tell, a worker's.
        ("/static/build/app.js", "worker", True),
        ("/static/build/app.js", "", True),
        ("/static/web/symbols.svg", "image", True),
        ("/map/tiles.json", "empty", True),
        ("/no-such-page", "document", True),
    ],
)
def test_parts_of_pages_carry_no_policy_of_their_own(client: Client, path: str, purpose: str, carried: bool) -> None:
    response = client.get(path, headers={"Sec-Fetch-Dest": purpose} if purpose else {})
    assert ("Content-Security-Policy" in response.headers) is carried
    assert ("Permissions-Policy" in response.headers) is carried
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("field", "value", "proof"),
    [("language", "en", 'lang="en"'), ("theme", "dark", 'data-theme="dark"'), ("type", "large", 'data-type="large"')],
)
def test_a_choice_is_kept_and_shown(client: Client, field: str, value: str, proof: str) -> None:
    answer = client.post("/preferences", {field: value, "next": "/design"})
    assert answer.headers["Location"] == "/design"
    assert proof in client.get("/design").content.decode()


def test_a_choice_never_leads_elsewhere(client: Client) -> None:
    assert client.post("/preferences", {"theme": "dark", "next": "//evil.example/"}).headers["Location"] == "/"


def test_an_unknown_choice_is_refused(client: Client) -> None:
    answer = client.post("/preferences", {"theme": "pink"})
    assert answer.status_code == 400
    assert not answer.cookies


def test_chinese_is_the_default_and_the_browser_may_ask_for_english(client: Client) -> None:
    assert 'lang="zh-CN"' in client.get("/design").content.decode()
    assert 'lang="en"' in client.get("/design", headers={"Accept-Language": "en-GB"}).content.decode()


def test_what_is_text_goes_compressed(client: Client) -> None:
    takes = {"Accept-Encoding": "gzip, br"}
    page = client.get("/design", headers=takes)
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.content) < len(gzip.decompress(page.content)) / 3
    assert "Accept-Encoding" in page.headers["Vary"]


def test_a_place_has_a_name_from_large_to_small(client: Client) -> None:
    make_small_city()
    lon, lat = centre(0)
    assert client.get("/map/place", {"lon": lon, "lat": lat}).json()["name"].startswith("襄城区 真武山街道")
    assert client.get("/map/place", {"lon": 0, "lat": 0}).status_code == 404
    assert client.get("/map/place", {"lon": "nan", "lat": 0}).status_code == 400


def test_the_lists_open_one_level_at_a_time(client: Client) -> None:
    areas = make_small_city()
    street = areas["420602001"]
    answer = client.get("/map/options", {"district": areas["420602"].pk, "street": street.pk})
    assert str(areas["420602001002"].pk) in answer.content.decode()
    # A street that lies in another district is not kept.
    answer = client.get("/map/options", {"street": street.pk})
    assert "selected" not in answer.content.decode()
    assert client.get("/map/options", {"district": "x"}).status_code == 404
