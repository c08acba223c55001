"""What is pressed on the map of a list, the way back to it, and the words on it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils.translation import override

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import MAX_PRESSED, list_cases, numbered_rows
from gezhi.contexts.cases.use_cases import Command, dispatch_case
from gezhi.interfaces.web.words import STATUS, STATUS_TONE
from gezhi.interfaces.web.worker.way_there import way_there
from gezhi.kernel.clock import now
from gezhi.kernel.datum import wgs84_to_gcj02
from tests.factories.areas import centre
from tests.factories.cases import MONDAY, make_town, report
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def town():
    found = make_town()
    for cell in range(4):
        lon, lat = centre(cell)
        report(lon=lon, lat=lat, now=MONDAY)
    return found


def numbers() -> list[str]:
    return list(Case.objects.order_by("pk").values_list("number", flat=True))


def test_the_rows_of_what_is_pressed_are_those_of_the_list(town):
    client, (first, second, *_) = signed_in(town, "operations"), numbers()
    page = client.get("/hub/pressed", {"queue": "all", "number": [second, first, "0000", second]})
    assert page.status_code == 200
    text = page.content.decode()
    assert re.findall(r'data-case="(\d+)"', text) == [second, first]
    assert "data-tone" in text
    assert "case-title" in text
    # A second row on the page: the list's own is the one that its id names.
    assert 'id="row-' not in text
    mapped = client.get("/hub/pressed", {"queue": "all", "map": "1", "number": first}).content.decode()
    assert f'href="/hub/cases/{first}?queue=all&amp;map=1"' in mapped


def test_nobody_reads_a_row_of_a_case_that_is_not_theirs(town):
    everything = numbers()
    theirs = {row["number"] for row in list_cases(town.actor("worker")).rows}
    assert {row["number"] for row in numbered_rows(town.actor("worker"), everything)} == theirs < set(everything)
    text = signed_in(town, "worker").get("/worker/pressed", {"number": everything}).content.decode()
    assert set(re.findall(r'data-case="(\d+)"', text)) == theirs
    for person in ("resident", None):
        for address in ("/hub/pressed", "/worker/pressed"):
            assert signed_in(town, person).get(address, {"number": everything}).status_code in {302, 403}


def test_at_most_a_card_full_is_read(town, django_assert_num_queries):
    asked = [f"{place}" for place in range(5 * MAX_PRESSED)]
    actor = town.actor("operations")
    assert numbered_rows(actor, [*asked, *numbers()]) == []
    known = numbers()
    with django_assert_num_queries(2):
        assert len(numbered_rows(actor, known)) == 4


@pytest.mark.parametrize("partial", [True, False])
def test_a_case_opened_from_the_map_leads_back_to_it_with_its_filters(town, partial):
    client, number = signed_in(town, "operations"), numbers()[0]
    headers = {"HX-Request": "true"} if partial else {}
    query = {"queue": "all", "box": "112.0,31.9,112.3,32.2"}
    text = client.get(f"/hub/cases/{number}", {**query, "map": "1"}, headers=headers).content.decode()
    back = "/hub/map?queue=all&amp;box=112.0%2C31.9%2C112.3%2C32.2#here"
    assert f'href="{back}"' in text
    assert "返回地图" in text
    text = client.get(f"/hub/cases/{number}", query, headers=headers).content.decode()
    assert "返回地图" not in text
    assert 'href="/hub?queue=all&amp;box=112.0%2C31.9%2C112.3%2C32.2"' in text


def test_after_a_step_the_way_back_and_the_row_keep_the_lists_address(town):
    client, number = signed_in(town, "dispatcher"), numbers()[0]
    query = "queue=all&map=1"
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/hub/cases/{number}?{query}"}
    text = client.post(
        f"/hub/cases/{number}/note", {"note": "看过了", "version": "1"}, headers=headers
    ).content.decode()
    assert 'href="/hub/map?queue=all#here"' in text
    assert f'href="/hub/cases/{number}?queue=all&amp;map=1"' in text
    for odd in ("http://[", "?%00", "#?queue=x"):
        headers["HX-Current-URL"] = odd
        assert client.get(f"/hub/cases/{number}", headers=headers).status_code in {200, 400}


def test_rows_beside_the_map_open_their_case_beside_it(town):
    client, number = signed_in(town, "operations"), numbers()[0]
    page = client.get("/hub/map", {"queue": "all"}).content.decode()
    assert f'href="/hub/cases/{number}?queue=all&amp;map=1"' in page
    assert 'rows="/hub/rows?queue=all&amp;map=1"' in page
    assert (
        f'href="/hub/cases/{number}?queue=all&amp;map=1"'
        in client.get("/hub/rows", {"queue": "all", "map": "1"}).content.decode()
    )
    # What is kept, exported or listed alone has nothing of the map.
    assert 'href="/hub?queue=all"' in page
    assert 'name="query" value="queue=all"' in page
    alone = client.get("/hub", {"queue": "all", "map": "1"}).content.decode()
    assert f'href="/hub/cases/{number}?queue=all"' in alone


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_map_says_states_as_the_list_says_them(town, language):
    dispatch_case(
        Command(actor=town.actor("dispatcher"), number=numbers()[0], now=MONDAY),
        organisation_id=town.bodies["sanitation"].pk,
    )
    client = signed_in(town, "operations")
    client.cookies["gezhi_language"] = language
    found = client.get(
        "/hub/points", {"queue": "all", "q": "", "overdue": "1"}, headers={"Accept-Language": language}
    ).json()
    with override(language):
        assert found["statuses"] == {
            name: [str(STATUS[name]), STATUS_TONE[name]] for name in ("reported", "dispatched")
        }
        assert found["key"] == [["warn", str(STATUS["reported"])], ["active", str(STATUS["dispatched"])]]
    late = {"zh-hans": "超时", "en": "Overdue"}[language]
    assert found["words"]["late"] == late
    assert found["words"]["narrowed_by"] == late
    page = client.get("/hub", {"queue": "all"}, headers={"Accept-Language": language}).content.decode()
    assert found["words"]["title"].split(" · ")[0] in page
    assert found["words"]["title"].split(" · ")[1] in page


def test_the_map_says_of_what_instant_it_is(town):
    before = now().replace(second=0, microsecond=0)
    words = signed_in(town, "worker").get("/worker/points").json()["words"]
    assert words["title"] == "我的任务"
    local = [(before + timedelta(hours=8, minutes=passed)).strftime("%H:%M") for passed in (0, 1)]
    assert any(words["as_of"].endswith(clock) for clock in local)


def test_a_worker_finds_the_way_with_the_devices_own_map(town):
    one = Case.objects.order_by("pk")[0]
    lon, lat = one.lon, one.lat
    client = signed_in(town, "worker")
    address = f"/worker/cases/{one.number}"
    page = client.get(address, headers={"User-Agent": ANDROID}).content.decode()
    assert f'href="geo:{lat:.6f},{lon:.6f}?q={lat:.6f},{lon:.6f}"' in page
    there_lon, there_lat = wgs84_to_gcj02(lon, lat)
    page = client.get(address, headers={"User-Agent": IPHONE}).content.decode()
    assert f'href="maps:?daddr={there_lat:.6f},{there_lon:.6f}"' in page
    Case.objects.filter(pk=one.pk).update(lon=None, lat=None)
    page = client.get(address, headers={"User-Agent": ANDROID}).content.decode()
    assert "geo:" not in page
    assert "用地图应用打开" not in page
    (row,) = numbered_rows(town.actor("operations"), [one.number])
    assert way_there(row, agent="") == ""


@pytest.mark.parametrize(("query", "back"), [("", "/worker/map#here"), ("?done=1", "/worker/map?done=1#here")])
def test_a_task_opened_from_the_map_leads_back_to_it(town, query, back):
    client, number = signed_in(town, "worker"), numbers()[0]
    assert f'pressed="/worker/pressed{query}"' in client.get(f"/worker/map{query}").content.decode()
    text = client.get(f"/worker/pressed{query}", {"number": number} | ({"done": "1"} if query else {})).content.decode()
    (address,) = re.findall(r'href="([^"]+)"', text)
    assert f'href="{back}"' in client.get(address).content.decode()
    alone = client.get(f"/worker/cases/{number}").content.decode()
    assert "/worker/map" not in alone
