"""The hub and the case on it: what is searched, counted, told in the history, asked in a dialog."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.models import Area, AreaVersion
from gezhi.contexts.cases.domain.states import Channel, Urgency
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import class_name
from gezhi.contexts.cases.use_cases import (
    Command,
    Contact,
    accept_case,
    cancel_case,
    correct_case,
    dispatch_case,
    note_case,
    pause_case,
    resume_case,
)
from gezhi.contexts.workforce.use_cases.register_worker import register_worker
from gezhi.interfaces.actors import FOLLOW_HEADER
from gezhi.interfaces.api.v1.schemas import FollowedOut, StepOut
from gezhi.kernel.clock import now
from tests.factories.areas import cell, make_area
from tests.factories.cases import SYSTEM, Town, make_town, report

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def town() -> Town:
    return make_town()


def signed_in(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(town.users[name])
    return client


def command(town: Town, who: str, number: str, note: str = "") -> Command:
    return Command(actor=town.actor(who, now=now()), number=number, now=now(), note=note)


def page_of(town: Town, name: str, address: str, **headers: str) -> str:
    answer = signed_in(town, name).get(address, headers=headers)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"</?time[^>]*>", "", answer.content.decode()))


def history_of(page: str) -> str:
    return page.split('class="timeline"')[1].split("</ol>", maxsplit=1)[0]


def fact(page: str, name: str) -> str:
    return page.split(f"<dt>{name}</dt><dd>")[1].split("</dd>", maxsplit=1)[0]


def dialog(page: str, action: str) -> str:
    return page.split(f'id="do-{action}"')[1].split("</dialog>", maxsplit=1)[0]


def test_the_figures_of_the_queues_can_be_asked_for_again(town: Town, django_assert_max_num_queries) -> None:
    hub = signed_in(town, "dispatcher")
    assert hub.get("/hub/counts").json()["dispatch"] == "待派遣（0）"
    for _ in range(3):
        report(now=now())
    with django_assert_max_num_queries(6):
        answer = hub.get("/hub/counts")
    assert (answer.json()["dispatch"], answer.json()["all"]) == ("待派遣（3）", "全部")
    assert "待派遣（3）</option>" in hub.get("/hub").content.decode()
    assert hub.get("/hub/counts", headers=ENGLISH).json()["dispatch"] == "To dispatch (3)"
    assert signed_in(town, "worker").get("/hub/counts").status_code == 403


def test_a_search_for_three_digits_says_that_four_are_needed(town: Town) -> None:
    number = report(now=now()).number
    page = page_of(town, "dispatcher", "/hub?queue=all&q=991")
    assert "“991”太短，不能作为编号末尾查找：请输入编号的后四位。" in page
    assert "太短" not in page_of(town, "dispatcher", "/hub?queue=all&q=9917")
    assert f'data-case="{number}"' in page_of(town, "dispatcher", f"/hub?queue=all&q={number[-4:]}")


def test_a_search_without_hits_leads_to_the_same_search_in_all_cases(town: Town) -> None:
    number = report(now=now()).number
    dispatch_case(command(town, "dispatcher", number), organisation_id=town.bodies["sanitation"].pk)
    page = page_of(town, "dispatcher", f"/hub?queue=dispatch&q={number}&same_day=1")
    (address,) = re.findall(r'<a class="button" href="(/hub\?[^"]*)">在全部工单中查找</a>', page)
    assert f'data-case="{number}"' in page_of(town, "dispatcher", address.replace("&amp;", "&"))
    # Where all cases have been searched there is nowhere else to look.
    assert "在全部工单中查找" not in page_of(town, "dispatcher", "/hub?queue=all&q=沙发")
    assert "在全部工单中查找" not in page_of(town, "dispatcher", "/hub?queue=check")
    assert re.search(r'<button class="button[^"]*" aria-label="搜索">', page)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("q=垃圾", "“垃圾”"),
        ("street={street}", "真武山街道"),
        ("class=E0110", "暴露生活垃圾"),
        ("reported_from=2026-11-01&reported_to=2026-11-07", "上报时间 2026年11月1日至2026年11月7日"),
        ("closed_from=2026-11-01T08:30", "结案时间 自2026年11月1日 08:30起"),
        ("handled_to=2026-11-07", "处置时间 截至2026年11月7日"),
        ("reported_in=today", "上报时间 今天"),
        ("closed_in=last_7_days", "结案时间 近7天"),
        ("handled_in=this_month", "处置时间 本月"),
        ("same_day=1", "当日办结"),
        ("on_time=1", "按时处置"),
        ("on_time=0", "超时处置"),
    ],
)
def test_a_filtered_list_says_by_what(town: Town, query: str, words: str) -> None:
    page = page_of(town, "operations", f"/hub?queue=all&{query.format(street=town.areas['420602001'].pk)}")
    assert words in page.split("筛选条件：")[1].split("清除筛选")[0]


def test_the_history_says_what_a_correction_changed(town: Town) -> None:
    number = report(now=now()).number
    correct_case(command(town, "dispatcher", number, "听描述"), class_code="E0129", urgency=Urgency.SERIOUS)
    case = Case.objects.get()
    street, grid = town.areas["420602001"], town.areas["420602001001001"]
    correct_case(command(town, "dispatcher", number, "挪一点"), lon=case.lon + 0.0001, lat=case.lat)
    correct_case(command(town, "dispatcher", number, "只知道街道"), area_id=street.pk)
    correct_case(command(town, "dispatcher", number, "又知道了"), area_id=grid.pk)
    told = history_of(page_of(town, "dispatcher", f"/hub/cases/{number}"))
    assert "类别：暴露生活垃圾 → 露天烧烤" in told
    assert "紧急程度：一般 → 较重" in told
    assert "位置：已在地图上调整" in told
    known = f"{town.areas['420602001001'].name} {grid.name}"
    assert f"位置：{known} → 未明确" in told
    assert f"位置：未明确 → {known}" in told
    english = history_of(page_of(town, "dispatcher", f"/hub/cases/{number}", **ENGLISH))
    old, new = (class_name(code).name_en for code in ("E0110", "E0129"))
    assert f"Category: {old} → {new}" in english


def test_the_person_who_got_the_case_stands_by_name_as_its_handler(town: Town) -> None:
    register_worker(
        actor=SYSTEM,
        code="w1",
        name="李建国",
        post="grid_worker",
        area_id=town.areas["420602001001001"].pk,
        active_from=date(2026, 1, 1),
        user_id=town.users["worker"].pk,
        now=now(),
    )
    number = report(now=now()).number
    dispatch_case(command(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
    page = page_of(town, "dispatcher", f"/hub/cases/{number}")
    assert "已派遣 → 李建国" in history_of(page)
    assert (fact(page, "承办单位"), fact(page, "承办人")) == ("未指定单位，已派至个人", "李建国")
    body = town.bodies["sanitation"]
    dispatch_case(command(town, "dispatcher", number), organisation_id=body.pk, assignee_id=town.users["officer"].pk)
    page = page_of(town, "dispatcher", f"/hub/cases/{number}")
    assert "已改派 李建国 → sanitation · officer" in history_of(page)
    assert (fact(page, "承办单位"), fact(page, "承办人")) == ("sanitation", "officer")


def test_a_body_has_one_name_on_an_english_page(town: Town) -> None:
    body = town.bodies["sanitation"]
    body.name_en = "Sanitation Office"
    body.save()
    made = report(now=now())
    form = page_of(town, "dispatcher", f"/hub/cases/{made.number}/forms/dispatch", **ENGLISH)
    assert re.search(r'<option value="o\d+" data-also="sanitation">Sanitation Office', form)
    chinese = page_of(town, "dispatcher", f"/hub/cases/{made.number}/forms/dispatch")
    assert re.search(r'<option value="o\d+" data-also="Sanitation Office">sanitation', chinese)
    several = page_of(town, "dispatcher", f"/hub/several?number={made.number}")
    assert re.search(r'<option value="\d+" data-also="Sanitation Office">sanitation', several)
    followed = Client().get(f"/follow/{made.follow_code}?sent=1", headers=ENGLISH).content.decode()
    assert "Sanitation Office" in followed
    dispatch_case(command(town, "dispatcher", made.number), organisation_id=body.pk)
    page = page_of(town, "dispatcher", f"/hub/cases/{made.number}", **ENGLISH)
    assert fact(page, "Responsible body") == "Sanitation Office"
    assert "Dispatched → Sanitation Office" in history_of(page)
    assert "Sanitation Office" in Client().get(f"/follow/{made.follow_code}", headers=ENGLISH).content.decode()


def test_the_reason_of_a_suggestion_stands_at_the_suggested_body_alone(town: Town) -> None:
    number = report(now=now()).number
    address = f"/hub/cases/{number}/forms/dispatch"
    form = page_of(town, "dispatcher", address)
    told = [option for option in re.findall(r"<option[^>]*>[^<]*</option>", form) if "依据权责清单" in option]
    assert len(told) == form.count("依据权责清单") == 1
    assert f'value="o{town.bodies["sanitation"].pk}"' in told[0]
    # A correction may be routed by another row.
    correct_case(command(town, "dispatcher", number, "听描述"), urgency=Urgency.SERIOUS)
    assert "依据权责清单" in page_of(town, "dispatcher", address)
    correct_case(command(town, "dispatcher", number, "听描述"), class_code="E0129")
    assert "依据权责清单" not in page_of(town, "dispatcher", address)


def test_a_dialog_says_when_the_reporter_can_read_its_words(town: Town) -> None:
    number = report(now=now()).number
    dispatch_case(command(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
    accept_case(command(town, "worker", number))
    hub = page_of(town, "dispatcher", f"/hub/cases/{number}")
    told = {name for name in re.findall(r'id="do-(\w+)" ', hub) if "上报人可见。" in dialog(hub, name)}
    assert told == {"pause", "cancel"}
    worker = page_of(town, "worker", f"/worker/cases/{number}")
    assert "上报人可见。" in dialog(worker, "handle")
    assert "上报人可见。" not in dialog(worker, "return")


@pytest.mark.parametrize(
    ("action", "data", "label", "error"),
    [
        ("note", {}, "说明", "请填写说明。"),
        ("handle", {"outcome": "explained"}, "说明", "请填写说明。"),
        ("return", {}, "理由", "请填写理由。"),
    ],
)
def test_words_are_called_by_what_they_are(town: Town, action: str, data: dict, label: str, error: str) -> None:
    number = report(now=now()).number
    dispatch_case(command(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
    accept_case(command(town, "worker", number))
    answer = signed_in(town, "worker").post(f"/worker/cases/{number}/{action}", {"key": "words-of-a-step", **data})
    assert answer.status_code == 422
    form = dialog(answer.content.decode(), action)
    assert f'<label for="note-{action}">{label}' in form
    assert error in form


def test_the_clock_of_a_paused_case_stands(town: Town) -> None:
    number = report(now=now()).number
    dispatch_case(command(town, "dispatcher", number), assignee_id=town.users["worker"].pk)
    accept_case(command(town, "worker", number))
    pause_case(command(town, "dispatcher", number, "等专业队伍进场"))
    for name, base in (("dispatcher", "hub"), ("worker", "worker")):
        page = page_of(town, name, f"/{base}/cases/{number}")
        banner = page.split('class="banner"')
        assert any("计时暂停（自" in part and "理由：等专业队伍进场" in part for part in banner)
        assert fact(page, "处置时限").startswith("计时暂停（自")
    # Who had it in hand still finds it.
    listed = page_of(town, "worker", "/worker").split('id="paused"')[1]
    assert number in listed
    resume_case(command(town, "dispatcher", number))
    page = page_of(town, "worker", f"/worker/cases/{number}")
    assert "计时暂停" not in page.split("办理过程")[0]
    assert 'id="paused"' not in page_of(town, "worker", "/worker")
    pause_case(command(town, "dispatcher", number, "再等"))
    cancel_case(command(town, "dispatcher", number, "重复"))
    assert "计时暂停" not in page_of(town, "dispatcher", f"/hub/cases/{number}").split("办理过程")[0]


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_case_that_has_moved_on_is_told_at_the_head_of_the_dialog(town: Town, headers: dict[str, str]) -> None:
    number = report(now=now()).number
    note_case(command(town, "dispatcher", number, "先看看"))
    asked = {"note": "晚了", "version": "1", "key": "another-key-1"}
    answer = signed_in(town, "dispatcher").post(f"/hub/cases/{number}/note", asked, headers=headers)
    assert answer.status_code == 409
    form = dialog(answer.content.decode(), "note")
    assert "data-open" in form
    assert "data-invalid" not in form
    assert "field-error" not in form
    assert "晚了" in form
    head = form.split("<label")[0]
    assert 'role="alert"' in head
    assert f'href="/hub/cases/{number}"' in head


def test_a_callers_report_is_taken_in_from_the_hub(town: Town) -> None:
    for name, may in {"dispatcher": True, "operations": True, "checker": False, "officer": False}.items():
        page = page_of(town, name, "/hub")
        assert ("登记上报" in page) == may, name
    bar = page_of(town, "dispatcher", "/report").split("<nav")[1].split("</nav>")[0]
    assert 'href="/hub"' in bar
    assert 'href="/worker"' in page_of(town, "worker", "/report").split("<nav")[1].split("</nav>")[0]
    assert 'href="/hub"' not in Client().get("/report").content.decode()


@pytest.mark.parametrize(
    ("name", "heading"),
    [("dispatcher", "街道网格中心"), ("officer", "部门工单"), ("checker", "工单核查"), ("operations", "全市工单")],
)
def test_the_list_of_cases_is_headed_by_whose_it_is(town: Town, name: str, heading: str) -> None:
    page = page_of(town, name, "/hub")
    assert re.search(rf"<title>\s*{heading}", page)
    assert f'<h1 class="visually-hidden">{heading}</h1>' in page
    assert f'aria-current="page">{heading}</a>' in page


def test_small_words_of_the_case(town: Town) -> None:
    number = report(now=now(), contact=Contact(name="王小明", phone="13812341234")).number
    page = page_of(town, "dispatcher", f"/hub/cases/{number}")
    assert "查看上报人姓名和电话" in page
    assert ">暂不操作</button>" in dialog(page, "cancel")
    english = page_of(town, "dispatcher", f"/hub/cases/{number}", **ENGLISH)
    assert "Who gets it" not in english
    assert ">Cancel</button>" not in english
    asked = {"note": "看过现场", "key": "a-note-is-added"}
    answer = signed_in(town, "dispatcher").post(f"/hub/cases/{number}/note", asked, headers=HTMX)
    assert "\\u5df2\\u6dfb\\u52a0\\u8bf4\\u660e" in answer.headers["HX-Trigger"]


def test_streets_of_one_name_are_told_apart_by_their_district(town: Town) -> None:
    version = AreaVersion.objects.get()
    city = Area.objects.get(code="4206")
    other = make_area(city, "420607", AreaLevel.DISTRICT, cell(9), version, name="襄州区")
    twin = make_area(other, "420607001", AreaLevel.STREET, cell(9), version, name="真武山街道")
    report(now=now())
    assert ">真武山街道</a>" in page_of(town, "operations", "/operations")
    made = report(now=now(), grid=1)
    Case.objects.filter(number=made.number).update(street_id=twin.pk, district_id=other.pk)
    page = page_of(town, "operations", "/operations")
    assert ">真武山街道（襄城区）</a>" in page
    assert ">真武山街道（襄州区）</a>" in page
    # Nor can they be told apart by their names where one of them is chosen.
    panel = page_of(town, "operations", "/hub/filter")
    assert f'<option value="{twin.pk}">真武山街道（襄州区）</option>' in panel
    assert '<optgroup label="真武山街道（襄城区）">' in panel


def test_the_api_says_of_a_case_and_of_what_is_followed_what_its_document_promises(town: Town) -> None:
    made = report(now=now())
    client = signed_in(town, "dispatcher")
    step = client.get(f"/api/v1/cases/{made.number}").json()["history"][0]
    assert step.keys() == StepOut.model_fields.keys()
    followed = Client().get("/api/v1/follow", headers={FOLLOW_HEADER: made.follow_code}).json()
    assert followed.keys() - {"case_id"} == FollowedOut.model_fields.keys()


@pytest.mark.parametrize(
    ("address", "wrong", "back"),
    [
        ("/hub?queue=none&q=x", "“queue=none”：没有这个列表。", "/hub"),
        ("/hub?queue=all&status=lost", "“status=lost”：该筛选条件没有此选项。", "/hub"),
        ("/hub?cursor=x", "“cursor=x”：", "/hub"),
        ("/hub?sort=none", "“sort=none”：", "/hub"),
        ("/hub?reported_in=tomorrow", "“reported_in=tomorrow”：", "/hub"),
        ("/hub/views?status=lost", "“status=lost”：", "/hub/views"),
        # The rows are a part of the hub, and half an area is wrong by what is missing.
        ("/hub/rows?queue=none", "“queue=none”：", "/hub"),
        ("/hub?area_id=1", "没有这个区域层级", "/hub"),
    ],
)
def test_an_address_that_cannot_be_read_says_what_is_wrong_and_leads_back(town: Town, address, wrong, back) -> None:
    client = signed_in(town, "dispatcher")
    answer = client.get(address)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert wrong in page
    assert f'class="button" href="{back}"' in page
    # In the frame of the pages to which the address belongs.
    assert 'class="audience-hub"' in page
    assert client.get(back).status_code == 200
    part = client.get(address, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part


def test_a_list_is_narrowed_in_one_form_and_each_filter_is_taken_away_by_itself(town: Town) -> None:
    words = {"description": "路口井盖松动"}
    by_phone, by_web = report(channel=Channel.HOTLINE, **words), report(channel=Channel.WEB, **words)
    client = Client()
    client.force_login(town.users["dispatcher"])
    asked = client.get("/hub/narrow", {"queue": "all", "channel": "hotline", "urgent": "", "q": "井盖", "street": ""})
    assert asked.headers["Location"] == "/hub?queue=all&q=%E4%BA%95%E7%9B%96&channel=hotline"
    page = client.get(asked.headers["Location"]).content.decode()
    assert by_phone.number in page
    assert by_web.number not in page
    assert 'href="/hub?queue=all&amp;channel=hotline"' in page
    assert 'href="/hub?queue=all&amp;q=%E4%BA%95%E7%9B%96"' in page
    assert client.get("/hub/total?queue=all&channel=hotline").content.decode() == "1 件"
    form = client.get("/hub/filter?queue=all&channel=hotline&q=井盖").content.decode()
    assert '<option value="hotline" selected>' in form
    assert '<input type="hidden" name="q" value="井盖">' in form


def test_the_finest_area_that_was_chosen_counts(town: Town) -> None:
    client = Client()
    client.force_login(town.users["dispatcher"])
    asked = client.get("/hub/narrow", {"queue": "all", "street": "5", "community": "7", "map": "1"})
    assert asked.headers["Location"] == "/hub/map?queue=all&area_level=community&area_id=7"
