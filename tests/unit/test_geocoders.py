"""Services elsewhere that know places, as a system administrator sets them, and the answers of each kind."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from gezhi.config.environment import Environment
from gezhi.config.geocoders import geocoders
from gezhi.contexts.places.domain.geocoders import AnswerForm, Geocoder, read_answer
from gezhi.kernel.datum import Bounds, Datum

CITY = Bounds(112.0, 32.0, 112.2, 32.2)
TIANDITU = (
    'https://api.tianditu.gov.cn/v2/search?type=query&tk={key}&postStr={"keyWord":"{q}","level":12,'
    '"mapBound":"{west},{south},{east},{north}","queryType":1,"start":0,"count":10}'
)


def services(names: str = "one", **settings: object) -> tuple[Geocoder, ...]:
    given = {f"geocoder_{name}": value for name, value in settings.items()}
    return geocoders(Environment(Path(), {"geocoders": names, **given}))


def test_without_names_there_are_none():
    assert geocoders(Environment(Path(), {})) == ()


def test_a_service_with_all_that_goes_without_saying():
    (found,) = services(one_url="https://photon.example.cn/api?q={q}")
    assert (found.key, found.name, found.form, found.datum) == ("one", "one", AnswerForm.GEOJSON, Datum.WGS84)
    assert (found.seconds, found.a_minute) == (3.0, 60)
    assert found.asking("长虹 路&x=1", CITY) == "https://photon.example.cn/api?q=%E9%95%BF%E8%99%B9%20%E8%B7%AF%26x%3D1"


def test_tianditu_takes_a_document_in_its_address_that_no_word_breaks_out_of():
    (found,) = services(one_url=TIANDITU, one_key="a b", one_answer="tianditu", one_name="天地图")
    asked = parse_qs(urlsplit(found.asking('书店","level":1,"x":"\\', CITY)).query)
    assert asked["tk"] == ["a b"]
    assert asked["postStr"] == [
        '{"keyWord":"书店 , level :1, x :","level":12,"mapBound":"112.000000,32.000000,112.200000,32.200000",'
        '"queryType":1,"start":0,"count":10}'
    ]


def test_several_in_their_order():
    found = services("b,a,b", a_url="https://a/?q={q}", b_url="http://b/?q={q}", b_datum="gcj02", b_seconds=5)
    assert [(one.key, one.datum, one.seconds) for one in found] == [("b", Datum.GCJ02, 5.0), ("a", Datum.WGS84, 3.0)]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "GEZHI_GEOCODER_ONE_URL"),
        ({"one_url": "file:///etc/passwd?{q}"}, "GEZHI_GEOCODER_ONE_URL"),
        ({"one_url": "https:///x?{q}"}, "GEZHI_GEOCODER_ONE_URL"),
        ({"one_url": "https://a/"}, "needs {q}"),
        ({"one_url": "https://a/?q={q}&at={place}"}, "place"),
        ({"one_url": "https://a/?q={q}&k={key}"}, "GEZHI_GEOCODER_ONE_KEY"),
        ({"one_url": "https://a/?q={q}", "one_answer": "xml"}, "GEZHI_GEOCODER_ONE_ANSWER"),
        ({"one_url": "https://a/?q={q}", "one_datum": "ed50"}, "GEZHI_GEOCODER_ONE_DATUM"),
        ({"one_url": "https://a/?q={q}", "one_seconds": 60}, "GEZHI_GEOCODER_ONE_SECONDS"),
        ({"one_url": "https://a/?q={q}", "one_a_minute": 0}, "GEZHI_GEOCODER_ONE_A_MINUTE"),
    ],
)
def test_what_is_set_wrongly_is_said(settings, words):
    with pytest.raises(ImproperlyConfigured, match=words.replace("{", r"\{")):
        services(**settings)


def test_a_name_that_is_none():
    with pytest.raises(ImproperlyConfigured, match="GEZHI_GEOCODERS"):
        services("天地图")


def read(form: AnswerForm, document: object, datum: Datum = Datum.WGS84) -> list[tuple[str, str, float, float]]:
    told = Geocoder("one", "一", "https://a/?q={q}", form, datum, 1.0, 1)
    return [(one.name, one.around, round(one.lon, 4), round(one.lat, 4)) for one in read_answer(told, document)]


def test_each_kind_of_answer():
    house = {"street": "长虹路", "housenumber": "8", "district": "樊城区", "city": "襄阳市"}
    assert read(
        AnswerForm.GEOJSON,
        {
            "features": [
                {
                    "geometry": {"type": "Point", "coordinates": [112.1, 32.1, 60]},
                    "properties": {**house, "name": "书店"},
                },
                {"geometry": {"type": "Point", "coordinates": [112.1, 32.1]}, "properties": house},
                {"geometry": {"type": "Polygon", "coordinates": []}, "properties": house},
                {"geometry": None, "properties": house},
                {"geometry": {"type": "Point", "coordinates": [112.1, 32.1]}, "properties": {"label": "Krems"}},
            ]
        },
    ) == [
        ("书店", "长虹路 8, 樊城区, 襄阳市", 112.1, 32.1),
        ("长虹路 8", "樊城区, 襄阳市", 112.1, 32.1),
        ("Krems", "", 112.1, 32.1),
    ]
    assert read(
        AnswerForm.NOMINATIM, [{"lat": "32.1", "lon": "112.1", "display_name": "书店, 长虹路, 襄阳市", "name": ""}]
    ) == [("书店", "长虹路, 襄阳市", 112.1, 32.1)]
    assert read(
        AnswerForm.TIANDITU, {"resultType": 1, "pois": [{"name": "书店", "address": "长虹路", "lonlat": "112.1,32.1"}]}
    ) == [("书店", "长虹路", 112.1, 32.1)]
    assert read(AnswerForm.TIANDITU, {"resultType": 3, "status": {"infocode": 1000}}) == []
    amap = {"status": "1", "pois": [{"name": "书店", "address": [], "adname": "樊城区", "location": "112.1,32.1"}]}
    (found,) = read(AnswerForm.AMAP, amap, Datum.GCJ02)
    assert found[:2] == ("书店", "樊城区")
    assert 0.001 < 112.1 - found[2] < 0.01


def test_a_long_name_is_cut_and_an_odd_place_left_out():
    places = [
        {"lat": "32", "lon": "112", "display_name": "长" * 500},
        {"lat": "932", "lon": "112", "display_name": "书店"},
        {"lat": "nan", "lon": "112", "display_name": "书店"},
    ]
    assert [len(name) for name, *_ in read(AnswerForm.NOMINATIM, places)] == [120]


@pytest.mark.parametrize("form", list(AnswerForm))
@pytest.mark.parametrize(
    "document", [7, None, [7], {"status": "0", "info": "INVALID_USER_KEY"}, {"pois": 7}, {"features": [{}]}]
)
def test_an_answer_of_another_form_is_refused(form, document):
    if form is AnswerForm.TIANDITU and isinstance(document, dict) and "pois" not in document:
        pytest.skip("an answer without places")
    with pytest.raises(ValueError, match=r"一|refused"):
        read(form, document)
