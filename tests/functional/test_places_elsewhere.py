"""Services elsewhere that know places: asked only where somebody wants it, never waited for, and never believed beyond the city."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import Client

from gezhi.contexts.places.outside import _turns
from gezhi.contexts.places.queries import find_outside
from gezhi.interfaces.cli.places import command
from gezhi.kernel.datum import Datum, from_wgs84
from tests.factories.areas import centre
from tests.factories.cases import make_town
from tests.factories.elsewhere import Elsewhere, drip, drip_headers, geocoder, hang_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(settings) -> Iterator[Elsewhere]:
    make_town()
    service = Elsewhere()
    settings.GEZHI_GEOCODERS = (geocoder(service.address),)
    caches["outside"].clear()
    yield service
    service.server.shutdown()
    service.server.server_close()
    caches["outside"].clear()


def ours() -> Client:
    """A browser on a page of the city's own."""
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


def page(**query: object) -> str:
    answer = ours().get("/map/places", query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_only_what_was_typed_goes_out_and_only_where_it_is_wanted(elsewhere):
    lon, lat = centre(0)
    elsewhere.answer = elsewhere.places(("新建的书店", lon, lat))
    shown = page(q="书店", lon=lon, lat=lat)
    assert elsewhere.asked == []
    assert "邻图" in shown
    assert "新建的书店" not in shown

    shown = page(q="书店", lon=lon, lat=lat, outside=1)
    assert "新建的书店" in shown
    assert "邻图" in shown
    assert [sorted(query) for query in elsewhere.asked] == [["box", "q"]]
    assert elsewhere.asked[0]["q"] == ["书店"]
    west, south, east, north = map(float, elsewhere.asked[0]["box"][0].split(","))
    assert west < lon < east
    assert south < lat < north
    # The box is the city's, and does not tell where the map is.
    page(q="书店二", lon=lon + 0.01, lat=lat, outside=1)
    assert elsewhere.asked[1]["box"] == elsewhere.asked[0]["box"]


def test_without_a_script_the_button_of_the_form_asks(elsewhere):
    lon, lat = centre(0)
    elsewhere.answer = elsewhere.places(("新建的书店", lon, lat))
    shown = Client().get("/report", {"q": "书店", "find": "1"}).content.decode()
    assert 'name="find" value="outside"' in shown
    shown = ours().get("/report", {"q": "书店", "find": "outside"}).content.decode()
    assert "新建的书店" in shown
    assert f"lon={lon:.6f}" in shown


def test_without_a_service_nobody_is_told_of_one(elsewhere, settings):
    settings.GEZHI_GEOCODERS = ()
    shown = page(q="书店", outside=1)
    assert "outside" not in shown
    assert find_outside("书店").places == []


def test_what_lies_outside_the_city_is_left_out(elsewhere):
    lon, lat = centre(0)
    elsewhere.answer = elsewhere.places(("外地的书店", lon + 30, lat), ("书店", lon, lat))
    assert [place.name for place in find_outside("书店").places] == ["书店"]
    place = find_outside("书店").places[0]
    assert (place.kind, place.source, place.around, place.fits) == ("outside", "邻图", "长虹路", None)
    assert place.inside[-1] != place.inside[0]


def test_the_same_is_not_asked_twice(elsewhere):
    lon, lat = centre(0)
    elsewhere.answer = elsewhere.places(("书店", lon, lat))
    assert find_outside("书 店 ").places == find_outside(" 书  店").places != []
    assert len(elsewhere.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [drip, drip_headers, lambda handler: time.sleep(3), Elsewhere.says(b"{}", status=429)],
    ids=["drips", "header drips", "silent", "429"],
)
def test_a_service_that_does_not_answer_is_not_waited_for_and_left_alone(elsewhere, answer):
    elsewhere.answer = answer
    start = time.monotonic()
    found = find_outside("书店")
    assert time.monotonic() - start < 2.5
    assert (found.places, found.silent) == ([], ["邻图"])
    start = time.monotonic()
    assert find_outside("书亭").silent == ["邻图"]
    assert time.monotonic() - start < 0.5
    assert len(elsewhere.asked) <= 1
    assert "邻图" in page(q="书店", outside=1)


@pytest.mark.parametrize(
    "answer",
    [
        hang_up,
        Elsewhere.says(
            b'{"features": [{"geometry": {"type": "Point", "coordinates": [%s, 1]}, "properties": {"name": "x"}}]}'
            % (b"9" * 400)
        ),
        Elsewhere.says(b"{}", status=500),
        Elsewhere.says(b"{}", status=403),
        Elsewhere.says(b"", status=302, Location="http://127.0.0.1:1/"),
        Elsewhere.says(b"<html>"),
        Elsewhere.says(b'{"features": 7}'),
        Elsewhere.says(b'{"features": [{"geometry": {"type": "Point", "coordinates": [1]}}]}'),
        Elsewhere.says(
            b'{"features": [{"geometry": {"type": "Point", "coordinates": [NaN, 1]}, "properties": {"name": "x"}}]}'
        ),
        Elsewhere.says(
            b'{"features": [{"geometry": {"type": "Point", "coordinates": [1, 1]}, "properties": {"name": "\\ud800"}}]}'
        ),
        Elsewhere.says(b" " * 1_100_000 + b'{"features": []}'),
        Elsewhere.says(b"[" * 100_000),
        Elsewhere.says(b"\xff\xfe{}"),
    ],
    ids=[
        "hangs up",
        "huge",
        "500",
        "403",
        "elsewhere",
        "html",
        "form",
        "half a point",
        "no number",
        "half a sign",
        "large",
        "deep",
        "no text",
    ],
)
def test_what_a_service_answers_badly_to_one_keeps_nobody_else_from_asking(elsewhere, answer):
    elsewhere.answer = answer
    assert (find_outside("书店").places, find_outside("书亭").silent) == ([], ["邻图"])
    assert len(elsewhere.asked) == 2
    assert "邻图" in page(q="书店", outside=1)
    lon, lat = centre(0)
    elsewhere.answer = elsewhere.places(("书店", lon, lat))
    assert [place.name for place in find_outside("书店").places] == ["书店"]


def test_a_record_that_cannot_be_read_costs_no_other_its_place(elsewhere):
    lon, lat = centre(0)
    good = json.dumps(
        {
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"name": "书店", "n": 10**4000},
        },
        ensure_ascii=False,
    )
    bad = [
        good.replace(repr(lon), "NaN"),
        good.replace(repr(lon), "1" * 400),
        good.replace("书店", "\\udc00"),
        good.replace("Point", "Pointless").replace("coordinates", "x"),
        good.replace("coordinates", "x"),
        "7",
        "null",
    ]
    wrong_way = "书\\u202e亭"
    body = f'{{"features": [{", ".join([*bad, good, good.replace("书店", wrong_way)])}]}}'.encode()
    elsewhere.answer = elsewhere.says(body.replace(b"Pointless", b"Point\xff"))
    found = find_outside("书店")
    assert ([place.name for place in found.places], found.silent) == (["书店", "书亭"], [])


def test_half_a_character_can_be_asked_of_nobody(elsewhere):
    lon, lat = centre(0)
    elsewhere.answer = elsewhere.places(("书店", lon, lat))
    assert [place.name for place in find_outside("书\ud800").places] == ["书店"]
    assert elsewhere.asked[0]["q"] == ["书?"]


def test_a_question_that_a_service_does_not_like_keeps_nobody_else_from_asking(elsewhere):
    elsewhere.answer = Elsewhere.says(b"{}", status=400)
    assert find_outside("%%%").silent == ["邻图"]
    lon, lat = centre(0)
    elsewhere.answer = elsewhere.places(("书店", lon, lat))
    assert [place.name for place in find_outside("书店").places] == ["书店"]


def test_a_service_is_asked_so_often_a_minute_and_no_more(elsewhere, settings):
    settings.GEZHI_GEOCODERS = (geocoder(elsewhere.address, a_minute=2),)
    silent = [find_outside(f"书店{number}").silent for number in range(4)]
    assert silent in (
        [[], [], ["邻图"], ["邻图"]],
        [[], ["邻图"], [], []],
        [[], [], ["邻图"], []],
        [[], [], [], ["邻图"]],
    )
    assert len(elsewhere.asked) <= 3


def test_several_are_asked_at_once_and_take_turns(elsewhere, settings):
    lon, lat = centre(0)
    gcj = from_wgs84(lon, lat, Datum.GCJ02)
    other = Elsewhere()
    other.answer = other.places(("乙一", *gcj), ("乙二", *gcj))
    elsewhere.answer = elsewhere.places(("甲一", lon, lat), ("甲二", lon, lat))
    settings.GEZHI_GEOCODERS = (
        geocoder(elsewhere.address),
        geocoder(other.address, key="far", name="远图", datum=Datum.GCJ02),
        geocoder("http://127.0.0.1:1/?q={q}", key="dead", name="无人"),
    )
    found = find_outside("书店")
    assert [place.name for place in found.places] == ["甲一", "乙一", "甲二", "乙二"]
    assert found.silent == ["无人"]
    assert found.places[1].lon == pytest.approx(lon, abs=1e-7)
    assert found.places[1].lat == pytest.approx(lat, abs=1e-7)
    other.server.shutdown()
    other.server.server_close()


def test_the_api_marks_the_source_and_says_when_none_answers(elsewhere):
    lon, lat = centre(0)
    elsewhere.answer = elsewhere.places(("书店", lon, lat))
    found = Client().get("/api/v1/places", {"q": "书店", "outside": "true"}).json()
    assert [(place["name"], place["source"], place["fits"]) for place in found] == [("书店", "邻图", None)]
    elsewhere.answer = Elsewhere.says(b"", status=503)
    answer = Client().get("/api/v1/places", {"q": "书亭", "outside": "true"})
    assert (answer.status_code, answer.json()["code"]) == (503, "places_elsewhere")


def test_whoever_asks_elsewhere_too_often_is_told(elsewhere, settings):
    settings.GEZHI_RATE_ELSEWHERE = "3/h"
    caches["requests"].clear()
    codes = [ours().get("/map/places", {"q": f"书{n}", "outside": 1}).status_code for n in range(4)]
    assert codes == [200, 200, 200, 429]
    # The city's own places are there for everybody.
    assert Client().get("/map/places", {"q": "书"}).status_code == 200
    caches["requests"].clear()


def test_on_the_command_line(elsewhere, capsys):
    lon, lat = centre(0)
    elsewhere.answer = elsewhere.places(("书店", lon, lat))
    with pytest.raises(SystemExit) as ended:
        command(["find", "--outside", "书店"], standalone_mode=False)
    assert ended.value.code == 0
    assert "邻图" in capsys.readouterr().out


def test_a_service_whose_header_drips_keeps_no_other_from_being_asked(elsewhere, settings):
    lon, lat = centre(0)
    bad = Elsewhere()
    bad.answer = drip_headers
    elsewhere.answer = elsewhere.places(("书店", lon, lat))
    settings.GEZHI_GEOCODERS = (geocoder(bad.address, key="bad", name="坏图"), geocoder(elsewhere.address))
    for number in range(5):
        found = find_outside(f"书店{number}")
        assert (found.silent, len(found.places)) == (["坏图"], 1)
        # As if it had been left alone for long enough.
        caches["outside"].delete("silent:bad")
    time.sleep(0.3)
    taken = [key for key in ("bad", "bad", "near", "near") if _turns(key).acquire(blocking=False)]
    for key in taken:
        _turns(key).release()
    assert taken == ["bad", "bad", "near", "near"]
    bad.server.shutdown()
    bad.server.server_close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "cross-site", "Referer": "http://testserver/report"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Referer": "https://elsewhere.example/testserver"},
        {},
    ],
)
def test_no_other_site_has_words_sent_out_in_somebodys_name(elsewhere, headers):
    stranger = Client(headers=headers)
    for address, query in (
        ("/map/places", {"q": "书店", "outside": 1}),
        ("/map/places", {"q": "书店", "find": "outside"}),
        ("/report", {"q": "书店", "find": "outside"}),
    ):
        answer = stranger.get(address, query)
        assert (answer.status_code, "邻图" in answer.content.decode()) == (200, True)
    if headers:
        answer = stranger.get("/api/v1/places", {"q": "书店", "outside": "true"})
        assert (answer.status_code, answer.json()["code"]) == (422, "asked_by_another_site")
    assert elsewhere.asked == []


def test_without_encryption_the_page_says_where_it_comes_from(elsewhere):
    for headers in ({"Referer": "http://testserver/report"}, {"Sec-Fetch-Site": "none"}):
        Client(headers=headers).get("/map/places", {"q": "书店" + str(len(headers)) + str(headers)[:9], "outside": 1})
    assert len(elsewhere.asked) == 2
