"""The hub, the workers' pages and the operations centre: who enters, what is done, what is shown."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from gezhi.contexts.areas.models import Area
from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import (
    Command,
    Contact,
    accept_case,
    check_case,
    close_case,
    dispatch_case,
    handle_case,
)
from gezhi.kernel.clock import now
from gezhi.platform.access.actor import system_actor
from gezhi.platform.access.policies import verbs
from gezhi.platform.vault.models import PersonalDataAccess
from tests.factories.areas import centre
from tests.factories.cases import Town, make_town, report

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.fixture
def as_(town: Town):
    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(town.users[name])
        return client

    return sign_in


DOORS = {
    "/hub": {"dispatcher", "far_dispatcher", "officer", "other_officer", "checker", "operations", "planner"},
    "/worker": {"worker", "colleague", "stranger", "officer", "other_officer"},
    "/operations": {"operations", "planner"},
    "/administration": {"system_admin", "security_admin", "audit_admin", "operations"},
    "/access/explain": {"system_admin", "security_admin", "audit_admin"},
}


@pytest.mark.parametrize("address", DOORS)
def test_each_door_opens_for_its_roles_only(town: Town, as_, address: str) -> None:
    opened = {name for name in town.users if as_(name).get(address).status_code == 200}
    assert opened == DOORS[address]
    assert Client().get(address).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("worker", "/worker"),
        ("dispatcher", "/hub"),
        ("operations", "/operations"),
        ("audit_admin", "/administration"),
        ("resident", "/"),
    ],
)
def test_home_is_where_the_work_is(as_, name: str, address: str) -> None:
    assert as_(name).get("/home").headers["Location"] == address


def act(client: Client, number: str, action: str, *, base: str = "/hub", **data: object):
    return client.post(f"{base}/cases/{number}/{action}", {"key": f"key-of-{action}-{number}", **data}, headers=HTMX)


def test_a_case_goes_its_whole_way_through_the_pages(town: Town, as_) -> None:
    number = report(now=now()).number
    hub, worker, checker = as_("dispatcher"), as_("worker"), as_("checker")
    page = hub.get(f"/hub/cases/{number}/forms/dispatch").content.decode()
    assert f'value="o{town.bodies["sanitation"].pk}"' in page
    answer = act(hub, number, "dispatch", to=f"p{town.users['worker'].pk}")
    assert "gezhi:toast" in answer.headers["HX-Trigger"]
    assert number in worker.get("/worker").content.decode()
    act(worker, number, "accept", base="/worker")
    act(worker, number, "handle", base="/worker", outcome="resolved", note="")
    assert number in worker.get("/worker/done").content.decode()
    act(checker, number, "check")
    act(hub, number, "close")
    assert Case.objects.get().status == "closed"
    history = hub.get(f"/hub/cases/{number}").content.decode()
    assert history.count("timeline-what") == 6


def test_what_may_not_be_done_is_neither_offered_nor_done(town: Town, as_) -> None:
    number = report(now=now()).number
    for name, action in [("checker", "dispatch"), ("dispatcher", "check"), ("operations", "nonsense")]:
        client = as_(name)
        assert f'data-dialog="do-{action}"' not in client.get(f"/hub/cases/{number}").content.decode()
        assert act(client, number, action, to="o1").status_code in {403, 404, 409}
    assert as_("far_dispatcher").get(f"/hub/cases/{number}").status_code == 404
    assert as_("worker").post(f"/hub/cases/{number}/dispatch").status_code == 403
    assert Case.objects.get().version == 1


def test_an_error_opens_the_form_again_with_what_was_typed(town: Town, as_) -> None:
    number = report(now=now()).number
    hub = as_("dispatcher")
    answer = act(hub, number, "cancel", note="   ")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "data-open" in page
    assert "field-error" in page
    answer = act(hub, number, "dispatch", to=f"p{town.users['stranger'].pk}", note="请看")
    assert answer.status_code == 422
    assert "请看" in answer.content.decode()
    assert Case.objects.get().version == 1


def test_the_hub_sets_right_what_a_report_got_wrong(town: Town, as_) -> None:
    number = report(now=now(), class_code="E0110").number
    hub = as_("dispatcher")
    act(hub, number, "correct", class_code="E0129", urgency="serious", note="听描述是烧烤摊")
    case = Case.objects.get()
    assert (case.class_code, case.urgency, case.lon) == ("E0129", "serious", centre(0)[0])
    lon, lat = centre(1)
    act(hub, number, "correct", lon=f"{lon:.6f}", lat=f"{lat:.6f}", note="在隔壁网格", key="second-look-1")
    case.refresh_from_db()
    assert case.grid_id == town.areas["420602001001002"].pk
    assert (case.class_code, case.urgency) == ("E0129", "serious")
    listed = {"district": town.areas["420602"].pk, "street": town.areas["420602001"].pk}
    act(hub, number, "correct", **listed, note="只知道街道", key="third-look-1")
    case.refresh_from_db()
    assert (case.street_id, case.grid_id, case.lon) == (town.areas["420602001"].pk, None, None)
    assert (case.location_quality, case.source_lon) == ("area", centre(0)[0])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "请说明更正什么"),
        ({"class_code": "E9999"}, "没有这个类别"),
        ({"urgency": "huge"}, "请说明更正什么"),
        ({"lon": "0", "lat": "0"}, "这个位置不在本市"),
        ({"lon": "112.1"}, "同时给出经度和纬度"),
        ({"lon": "far", "lat": "away"}, "同时给出经度和纬度"),
        ({"district": "99999"}, "没有这个区域"),
    ],
)
def test_a_correction_that_cannot_be_made_is_told_at_its_field(town: Town, as_, typed, words) -> None:
    number = report(now=now()).number
    answer = act(as_("dispatcher"), number, "correct", note="有误", **typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Case.objects.get().version == 1


def test_whoever_comes_second_is_told_and_sees_the_case_as_it_is(town: Town, as_) -> None:
    number = report(now=now()).number
    hub = as_("dispatcher")
    act(hub, number, "dispatch", to=f"p{town.users['worker'].pk}", version=1)
    answer = hub.post(f"/hub/cases/{number}/note", {"note": "晚了", "version": 1, "key": "another-key-1"}, headers=HTMX)
    assert answer.status_code == 409
    assert "已派遣" in answer.content.decode() or "Dispatched" in answer.content.decode()


def test_without_scripts_an_action_leads_back_to_the_case(town: Town, as_) -> None:
    number = report(now=now()).number
    answer = as_("dispatcher").post(f"/hub/cases/{number}/note", {"note": "看过", "key": "plain-form-1"})
    assert answer.headers["Location"] == f"/hub/cases/{number}"


def test_filters_are_the_address(town: Town, as_) -> None:
    first = report(now=now(), description="北门路面破损", class_code="E0113").number
    second = report(now=now(), grid=2, description="路灯不亮", class_code="S0303").number
    hub = as_("dispatcher")

    def listed(**query: str) -> set[str]:
        page = hub.get("/hub/rows", query).content.decode()
        return {number for number in (first, second) if number in page}

    assert listed() == {first, second}
    assert listed(q="路灯") == {second}
    assert listed(**{"class": "E01"}) == {first}
    assert listed(community=str(Area.objects.get(code="420602001001").pk)) == {first}
    assert listed(queue="check") == set()
    assert listed(queue="all", reported_from="2020-01-01", reported_to="2020-01-01") == set()
    for wrong in ({"queue": "nonsense"}, {"reported_from": "yesterday"}, {"street": "x"}, {"cursor": "!!"}):
        assert hub.get("/hub/rows", wrong).status_code == 422


def test_names_are_opened_by_those_who_handle_the_case_and_each_look_is_kept(town: Town, as_) -> None:
    made = report(now=now(), contact=Contact(name="王小明", phone="13812341234"))
    hub = as_("dispatcher")
    assert "13812341234" not in hub.get(f"/hub/cases/{made.number}").content.decode()
    address, why = f"/hub/cases/{made.number}/reporter", {"words": "需要核实具体门牌"}
    assert "13812341234" not in hub.post(address).content.decode(), "not without a reason"
    assert "13812341234" in hub.post(address, why).content.decode()
    assert "13812341234" not in as_("operations").post(address, why).content.decode()
    assert "街道调度员" in Client().get(f"/follow/{made.follow_code}/data").content.decode()


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Mode": "navigate"}, {"Sec-Fetch-Site": "cross-site"}])
def test_following_a_link_is_no_look_at_personal_data(town: Town, as_, headers) -> None:
    made = report(now=now(), contact=Contact(name="王小明", phone="13812341234"))
    address = f"/api/v1/cases/{made.number}/reporter"
    answer = as_("dispatcher").get(address, {"reason": "words of a stranger"}, headers=headers)
    assert answer.status_code == 403
    assert PersonalDataAccess.objects.count() == 0
    assert as_("dispatcher").get(address, {"reason": "回访"}).status_code == 200


def test_a_stranger_learns_no_pulse_of_the_city(town: Town) -> None:
    for _ in range(3):
        report(now=now())
    assert Client().get("/api/v1/cases").json()["live_id"] == 0
    assert Client().get("/api/v1/live/cases", {"since": 0}).json()["last_id"] == 0
    assert Client().get("/api/v1/cases", headers={"Authorization": "Basic Og=="}).status_code == 401


def test_a_step_on_a_case_that_was_given_away_loses_no_words(town: Town, as_) -> None:
    number = report(now=now()).number
    command = Command(actor=town.actor("dispatcher", now=now()), number=number, now=now())
    dispatch_case(command, organisation_id=town.bodies["sanitation"].pk)
    officer = as_("officer")
    act(officer, number, "accept", base="/worker")
    dispatch_case(command, organisation_id=town.bodies["housing"].pk)
    answer = act(officer, number, "handle", base="/worker", outcome="resolved", note="垃圾已清运")
    assert answer.status_code == 404
    assert "垃圾已清运" in answer.content.decode()
    assert "该工单已改派他人" in answer.content.decode()


def test_work_begins_with_ones_own_list(town: Town, as_) -> None:
    made = report(now=now(), contact=Contact(name="王小明"))
    for name, queue in {"dispatcher": "dispatch", "checker": "check", "officer": "given", "planner": "all"}.items():
        page = as_(name).get("/hub").content.decode()
        assert re.search(rf'<option value="{queue}" selected>', page), name
    assert "查看上报人姓名和电话" in as_("dispatcher").get(f"/hub/cases/{made.number}").content.decode()
    assert "查看上报人姓名和电话" not in as_("operations").get(f"/hub/cases/{made.number}").content.decode()


def test_something_noticed_takes_one_line(town: Town, as_) -> None:
    worker = as_("worker")
    page = worker.get("/worker/notice").content.decode()
    key = page.split('name="key" value="')[1].split('"')[0]
    data = {"description": "楼道里电动车违规充电", "lon": "112.1005", "lat": "32.0005", "key": key}
    assert worker.post("/worker/notice", data).headers["Location"] == "/worker"
    case = Case.objects.get()
    assert (case.channel, case.class_code) == ("patrol", "S0403")
    assert worker.post("/worker/notice", {"description": "", "key": key}).status_code == 422


def test_each_figure_leads_to_the_cases_it_counts(town: Town, as_) -> None:
    moment = now()
    for hours in (1, 1.5):
        made = report(now=moment - timedelta(hours=hours), class_code="E0110")
        if hours == 1:
            steps = [
                ("dispatcher", lambda command: dispatch_case(command, assignee_id=town.users["worker"].pk)),
                ("worker", accept_case),
                ("worker", lambda command: handle_case(command, outcome=Outcome.RESOLVED)),
            ]
            for who, step in steps:
                step(Command(actor=town.actor(who, now=moment), number=made.number, now=moment - timedelta(minutes=30)))
    client = as_("operations")
    page = client.get("/operations", {"span": "week"}).content.decode()
    tiles = [part.split('"')[0] for part in page.split('class="tile" href="')[1:]]
    reported, _closed, same_day, on_time, parts, handled, overdue = (address.replace("&amp;", "&") for address in tiles)
    counts = [
        client.get(f"/hub/rows?{address.split('?')[1]}").content.decode().count("data-case=")
        for address in (reported, same_day, on_time, parts, handled, overdue)
    ]
    assert counts == [2, 0, 1, 0, 1, 0]
    assert "1 / 1" in page
    assert "0 / 2" in page


def test_the_same_day_figure_leads_to_cases_closed_the_same_day(town: Town, as_) -> None:
    moment = now()
    made = report(now=moment, class_code="E0110")
    for who, step in [
        ("dispatcher", lambda command: dispatch_case(command, assignee_id=town.users["worker"].pk)),
        ("worker", accept_case),
        ("worker", lambda command: handle_case(command, outcome=Outcome.RESOLVED)),
        ("checker", check_case),
        ("dispatcher", close_case),
    ]:
        step(Command(actor=town.actor(who, now=moment), number=made.number, now=moment))
    later = report(now=moment).number
    for sort in ("newest", "due"):
        page = as_("operations").get("/hub/rows", {"queue": "all", "same_day": "1", "sort": sort})
        assert page.status_code == 200
        assert later not in page.content.decode()
    assert made.number in as_("operations").get("/hub/rows", {"queue": "all", "same_day": "1"}).content.decode()


@pytest.mark.parametrize("name", ["operations", "planner"])
def test_every_link_of_the_figures_opens_for_whoever_sees_them(town: Town, as_, name: str) -> None:
    for grid, code in ((0, "E0110"), (2, "S0303")):
        report(now=now(), grid=grid, class_code=code)
    client = as_(name)
    links = set(re.findall(r'href="(/[^"]*)"', client.get("/operations", {"span": "week"}).content.decode()))
    assert len([link for link in links if link.startswith("/hub?")]) >= 9
    for link in links:
        assert client.get(link.replace("&amp;", "&"), follow=True).status_code == 200, link
    number = Case.objects.values_list("number", flat=True).first()
    page = client.get(f"/hub/cases/{number}").content.decode()
    assert ('data-dialog="do-' in page) == (name == "operations")


def test_a_search_keeps_the_filters_and_zero_hits_promise_nothing(town: Town, as_) -> None:
    report(now=now(), grid=2)
    street = str(town.areas["420602001"].pk)
    page = (
        as_("dispatcher").get("/hub", {"queue": "all", "street": street, "same_day": "1", "q": "沙发"}).content.decode()
    )
    form = page.split('role="search"')[1].split("</form>")[0]
    assert f'name="street" value="{street}"' in form
    assert 'name="same_day" value="1"' in form
    assert "没有符合条件的工单" in page
    assert "有新工单" not in page
    assert "有新工单" in as_("dispatcher").get("/hub", {"queue": "check"}).content.decode()


def test_officers_see_what_their_department_was_given_before_anybody_accepts(town: Town, as_) -> None:
    mine, elsewhere, taken = (report(now=now()).number for _ in range(3))
    for number, body in ((mine, "sanitation"), (elsewhere, "housing"), (taken, "sanitation")):
        command = Command(actor=town.actor("dispatcher", now=now()), number=number, now=now())
        dispatch_case(command, organisation_id=town.bodies[body].pk)
    accept_case(Command(actor=town.actor("officer", now=now()), number=taken, now=now()))
    page = as_("officer").get("/worker").content.decode()
    own, shared = page.split('id="shared"')
    assert mine in shared
    assert elsewhere not in page
    assert taken in own
    assert taken not in shared
    rows = as_("officer").get("/worker/rows").content.decode()
    assert f'data-case="{mine}"' in rows
    assert "<html" not in rows


def test_names_of_programs_are_not_for_people(town: Town, as_) -> None:
    number = report(system_actor("demo: 12345热线"), now=now()).number
    page = as_("dispatcher").get(f"/hub/cases/{number}").content.decode()
    assert "12345热线" in page
    assert "demo" not in page.split("timeline")[1].split("</ol>")[0]


def test_the_explanation_shows_each_step(town: Town, as_) -> None:
    number = report(now=now()).number
    client = as_("security_admin")
    ask = {"user": "stranger", "verb": "see", "object": f"case:{number}"}
    assert "grid 420602001002002的网格员，辖区不含此工单。" in client.get("/access/explain", ask).content.decode()
    english = client.get("/access/explain", ask, headers={"accept-language": "en"}).content.decode()
    assert "Grid worker in grid 420602001002002, which does not cover the case." in english
    for wrong in ({"user": "nobody"}, {"verb": "eat"}, {"object": "case:1"}):
        assert client.get("/access/explain", {**ask, **wrong}).status_code == 422


def test_an_action_is_chosen_in_words_and_every_action_has_some(as_) -> None:
    client = as_("security_admin")
    page = client.get("/access/explain").content.decode()
    select = page.split('name="verb"')[1].split("</select>")[0]
    option = re.compile(r'<option value="(\w+)">([^<]*)</option>')
    groups = {
        name: dict(option.findall(body)) for name, body in re.findall(r'label="([^"]*)">(.*?)</optgroup', select, re.S)
    }
    kinds = {"case": "工单", "power": "街道赋权", "area": "系统管理", "view": "常用筛选"}
    kinds |= {"notices": "提醒", "booking": "booking"}
    assert {kind: groups[name].keys() for kind, name in kinds.items()} == verbs()
    assert groups["工单"]["see"] == "查看工单"
    # The suite's second kind has no words of its own.
    chosen = [words for name, known in groups.items() if name != "booking" for words in known.values()]
    assert all(re.search("[\u4e00-\u9fff]", words) for words in chosen), chosen
    assert "area:420602" in page
    ask = {"user": "security_admin", "verb": "grant", "object": "area:420602"}
    assert client.get("/access/explain", ask).status_code == 200
