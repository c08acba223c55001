"""Background work on its pages, over the API and from the command line: an export from the list to the file."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.db import connection

from gezhi.contexts.cases import queries as cases
from gezhi.interfaces.cli.main import main
from gezhi.interfaces.csv_file import plain_cell
from gezhi.interfaces.imports.mapping import shipped_mappings
from gezhi.interfaces.web.work.asking import form_of
from gezhi.interfaces.work.import_cases import shipped
from gezhi.kernel.clock import SimulatedClock, now, using
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import Words
from gezhi.platform.access.tokens import issue_token
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.steps.inputs import Choice, asked_as, offered
from gezhi.platform.work.carry_out import carry_out, take_next
from gezhi.platform.work.kinds import work_kind
from gezhi.platform.work.models import WorkRun, WorkState
from gezhi.platform.work.use_cases.stop_work import stop_work
from tests.factories.cases import SYSTEM, make_town, report
from tests.factories.clients import case_at, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
HUB = ("dispatcher", "far_dispatcher", "checker", "officer", "operations", "planner")


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path


@pytest.fixture
def town():
    return make_town()


def work_all() -> list[WorkRun]:
    taken = []
    while run := take_next(worker="test:1", now=now()):
        carry_out(run)
        taken.append(WorkRun.objects.get(pk=run.pk))
    return taken


def exported(client, page: str):
    """Press the button of the list at ``page``; returns the address of the run."""
    text = client.get(page).content.decode()
    query = re.search(r'name="query" value="([^"]*)"', text)[1].replace("&amp;", "&")
    key = re.search(r'export_cases".*?name="key" value="([^"]*)"', text)[1]
    answer = client.post("/staff/work/new/export_cases", {"query": query, "key": key})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def rows_of(client, run_page: str) -> list[list[str]]:
    """The file that the page of a run offers, as rows."""
    work_all()
    link = re.search(r'href="(/staff/work/[^"]+/files/[^"]+)"', client.get(run_page).content.decode())[1]
    answer = client.get(link)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="cases-')
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_an_export_is_asked_for_waited_for_and_fetched(town):
    first = report(description="=HYPERLINK(路边垃圾)", address="+86 北街", now=now())
    case_at(town, "handling")
    client = signed_in(town, "dispatcher")
    page = exported(client, "/hub?queue=dispatch")
    waiting = client.get(page).content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    assert "<noscript>" in waiting
    head, *rows = rows_of(client, page)
    assert head[0] == "编号"
    assert [row[0] for row in rows] == [first.number]
    cells = dict(zip(head, rows[0], strict=True))
    assert cells["问题描述（节选）"] == "'=HYPERLINK(路边垃圾)"
    assert cells["地址"] == "'+86 北街"
    done = client.get(page).content.decode()
    assert "hx-trigger" not in done
    assert "已完成" in done
    state = client.get(page + "/state")
    assert state.headers["HX-Retarget"] == "#run"
    assert AuditRecord.objects.filter(action="work.file_fetched").count() == 1


def test_pressed_twice_it_is_one_run(town):
    client = signed_in(town, "dispatcher")
    form = {"query": "queue=all", "key": str(uuid4())}
    first, second = (client.post("/staff/work/new/export_cases", form).url for _ in range(2))
    assert first == second
    assert WorkRun.objects.count() == 1


@pytest.mark.parametrize("who", HUB)
def test_an_export_holds_what_the_list_shows_and_no_more(town, who):
    for grid in range(4):
        report(grid=grid, now=now())
    case_at(town, "handled")
    client = signed_in(town, who)
    rows = rows_of(client, exported(client, "/hub?queue=all"))[1:]
    seen = cases.list_cases(town.actor(who, now=now()), sort="newest", limit=200).rows
    assert [row[0] for row in rows] == [row["number"] for row in seen]


def test_the_filters_of_the_list_are_those_of_the_export(town):
    report(grid=0, description="井盖破损", now=now())
    there = report(grid=2, description="井盖丢失", now=now())
    client = signed_in(town, "dispatcher")
    second = town.areas["420602001002"].pk
    rows = rows_of(client, exported(client, f"/hub?queue=all&q=井盖&community={second}"))[1:]
    assert [row[0] for row in rows] == [there.number]


def test_no_name_number_or_person_is_in_an_export(town):
    from gezhi.contexts.cases.use_cases import Contact

    case_at(town, "handling", contact=Contact(name="王小明", phone="13812341234"))
    client = signed_in(town, "dispatcher")
    text = str(rows_of(client, exported(client, "/hub?queue=all")))
    assert not re.search("王小明|13812341234|worker", text)


WRITTEN = "找王师傅13812341234，或写信 wang@example.com，身份证11010519491231002X"
IN_STARS = "找王师傅138****1234，或写信 w***@example.com，身份证110105************"


@pytest.mark.parametrize("who", HUB)
def test_numbers_in_the_words_of_reporters_are_masked_in_an_export(town, who):
    report(description=WRITTEN, address="东街（0710-3512345）", now=now())
    case_at(town, "handling", description=WRITTEN)
    text = str(rows_of(signed_in(town, who), exported(signed_in(town, who), "/hub?queue=all")))
    assert not re.search("13812341234|wang@|11010519491231002X|3512345", text)
    assert not AuditRecord.objects.filter(action="cases.exported_unmasked").exists()


def test_a_number_at_the_end_of_an_excerpt_is_masked_too(town):
    report(description="长" * 153 + "13812341234", now=now())
    text = str(rows_of(signed_in(town, "dispatcher"), exported(signed_in(town, "dispatcher"), "/hub?queue=all")))
    assert "长*******" in text
    assert "1381234" not in text


@pytest.mark.parametrize(("who", "legible"), [("dispatcher", 2), ("far_dispatcher", 0), ("planner", 0), ("checker", 0)])
def test_for_a_reason_whoever_handles_reads_the_numbers_of_their_cases(town, who, legible):
    case_at(town, "handling", description=WRITTEN)
    report(description=WRITTEN, now=now())
    client = signed_in(town, who)
    form = client.get("/staff/work/new/export_cases?query=queue%3Dall").content.decode()
    assert 'name="query" value="queue=all"' in form
    answer = client.post("/staff/work/new/export_cases", {"query": "queue=all", "reason": "逐一回访 13900001111"})
    text = str(rows_of(client, answer.url))
    assert text.count("13812341234") == legible
    kept = AuditRecord.objects.get(action="cases.exported_unmasked").data
    assert (kept["reason"], kept["legible"]) == ("逐一回访 139****1111", legible)


def test_an_export_reads_its_rows_in_batches(town, monkeypatch):
    from gezhi.contexts.cases.queries.lists import CASES

    numbers = [report(grid=n % 4, now=now()).number for n in range(7)]
    actor = town.actor("operations", now=now())
    batches = list(CASES.batches(actor, sort="newest", size=3))
    assert [len(batch) for batch in batches] == [3, 3, 1]
    assert sorted(row["number"] for batch in batches for row in batch) == sorted(numbers)


def test_an_export_of_today_is_of_the_day_on_which_it_was_asked_for(town):
    evening = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)
    client, number = signed_in(town, "dispatcher"), report(now=evening).number
    with using(SimulatedClock(evening)):
        client.post("/staff/work/new/export_cases", {"query": "queue=all&reported_in=today"})
        assert WorkRun.objects.get().subject == "全部 · 上报时间 2026年3月2日至2026年3月2日"
    report(now=evening + timedelta(minutes=2))
    with using(SimulatedClock(evening + timedelta(minutes=3))):
        rows = rows_of(client, f"/staff/work/{WorkRun.objects.get().pk}")
    assert [row[0] for row in rows[1:]] == [number]


@pytest.mark.parametrize("query", ["queue=none", "sort=none", "street=x", "reported_from=soon"])
def test_filters_that_no_list_has_are_refused_at_once(town, query):
    client = signed_in(town, "dispatcher")
    answer = client.post("/staff/work/new/export_cases", {"query": query})
    assert answer.status_code == 422
    assert not WorkRun.objects.exists()


def test_strangers_and_other_roles_are_refused(town):
    page = exported(signed_in(town, "dispatcher"), "/hub?queue=all")
    work_all()
    link = re.search(
        r'href="(/staff/work/[^"]+/files/[^"]+)"', signed_in(town, "dispatcher").get(page).content.decode()
    )[1]
    for address in ("/staff/work", page, page + "/state", page + "/stop", link, "/staff/work/new/export_cases"):
        assert signed_in(town, None).get(address).url.startswith("/accounts/login")
    for who in ("far_dispatcher", "operations", "worker"):
        client = signed_in(town, who)
        for address in (page, page + "/state", page + "/stop", link):
            assert client.get(address).status_code == 404, address
        assert client.post(page + "/again", {"kind": "export_cases"}).status_code == 404
    for who in ("worker", "system_admin", "resident"):
        assert signed_in(town, who).post("/staff/work/new/export_cases", {"query": ""}).status_code == 403
    assert signed_in(town, "operations").post("/staff/work/new/check_case_file", {}).status_code == 403
    # The administrator of the place sees the run and no file.
    admin = signed_in(town, "system_admin")
    assert "/files/" not in admin.get(page).content.decode()
    assert admin.get(link).status_code == 404
    assert page in admin.get("/staff/work").content.decode()


def test_a_run_is_stopped_after_a_question_and_started_again(town):
    client = signed_in(town, "dispatcher")
    page = exported(client, "/hub?queue=all")
    assert "停止这项任务" in client.get(page + "/stop").content.decode()
    assert WorkRun.objects.get().state == WorkState.QUEUED
    assert client.post(page + "/stop").url == page
    stopped = client.get(page).content.decode()
    assert "已停止" in stopped
    again = client.post(page + "/again", {"kind": "export_cases", "key": str(uuid4())}).url
    assert again != page
    assert [run.state for run in work_all()] == [WorkState.DONE]
    assert client.post(again + "/again", {"kind": "import_case_file"}).status_code == 422


def test_a_stop_that_comes_too_late_alarms_nobody(town, monkeypatch):
    client = signed_in(town, "dispatcher")
    page = exported(client, "/hub?queue=all")
    assert client.get(page + "/stop").status_code == 200
    work_all()
    late = client.post(page + "/stop")
    assert (late.status_code, late.url) == (302, page + "?stop=late")
    shown = client.get(late.url).content.decode()
    assert "任务在收到停止请求之前已经结束" in shown
    assert "已完成" in shown
    assert "任务在收到停止请求之前" not in client.get(page).content.decode()
    # The stop was asked for while it ran, and the function came to its end before it looked.
    second = exported(client, "/hub?queue=all")
    run = take_next(worker="test:1", now=now())
    stop_work(actor=town.actor("dispatcher", now=now()), run_id=run.pk, now=now())
    carry_out(run)
    shown = client.get(second).content.decode()
    assert "已完成" in shown
    assert "任务在收到停止请求之前已经结束" in shown
    # It ended between the look at it and the stop itself.
    third = exported(client, "/hub?queue=all")

    def ends_first(**asked):
        work_all()
        return stop_work(**asked)

    monkeypatch.setattr("gezhi.interfaces.web.work.views.stop_work", ends_first)
    assert client.post(third + "/stop").url == third + "?stop=late"


def test_a_failure_says_under_which_number_the_log_has_it(town, monkeypatch):
    client = signed_in(town, "dispatcher")
    page = exported(client, "/hub?queue=all")
    monkeypatch.setattr(cases, "count_cases", lambda *_, **__: 1 / 0)
    (run,) = work_all()
    shown = client.get(page).content.decode()
    assert run.failure_id in shown
    assert "系统出现故障" in shown
    assert "division" not in shown


def api(town, who):
    user = town.users[who]
    token = issue_token(actor=SYSTEM, user_id=user.pk, name="test", now=now())
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def test_the_api_starts_shows_stops_and_fetches(town, client):
    report(now=now())
    head = api(town, "dispatcher")
    asked = {"kind": "export_cases", "given": {"query": "queue=all"}}
    key = {"HTTP_IDEMPOTENCY_KEY": str(uuid4())}
    answers = [
        client.post("/api/v1/work", json.dumps(asked), content_type="application/json", **head, **key) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    (run_id,) = {answer.json()["id"] for answer in answers}
    assert client.get(f"/api/v1/work/{run_id}", **head).json()["state"] == "queued"
    work_all()
    shown = client.get(f"/api/v1/work/{run_id}", **head).json()
    assert (shown["state"], shown["result"], shown["done"], shown["total"]) == (
        "done",
        {"rows": 1, "unmasked": 0},
        1,
        1,
    )
    file = client.get(f"/api/v1/work/{run_id}/files/{shown['files'][0]['id']}", **head)
    assert b"".join(file.streaming_content).count(b"\r\n") == 2
    assert client.post(f"/api/v1/work/{run_id}/stop", **head).json()["code"] == "work_over"
    (listed,) = client.get("/api/v1/work", **head).json()["items"]
    assert (listed["id"], listed["files"]) == (run_id, shown["files"])
    # An administrator of the place sees the run and none of its files.
    (theirs,) = client.get("/api/v1/work", **api(town, "system_admin")).json()["items"]
    assert (theirs["id"], theirs["files"]) == (run_id, [])


def test_the_api_refuses(town, client):
    head = api(town, "dispatcher")

    def started(body, **more):
        answer = client.post("/api/v1/work", json.dumps(body), content_type="application/json", **more)
        return answer.status_code, answer.json()["code"]

    assert started({"kind": "export_cases"}) == (401, "not_allowed")
    assert started({"kind": "none"}, **head) == (404, "no_work")
    assert started({"kind": "export_cases", "given": {"x": "1"}}, **head) == (422, "field_not_read")
    assert started({"kind": "export_cases", "given": {"query": "queue=none"}}, **head) == (422, "unknown_queue")
    assert started({"kind": "check_case_file", "given": {"file": str(uuid4())}}, **head) == (403, "not_allowed")
    assert started({"kind": "export_cases", "given": {"query": "q=\0"}}, **head) == (422, "control_character")
    assert started({"kind": "export_cases", "given": {"query": "q=" + "x" * 3000}}, **head) == (422, "input_too_long")
    city = town.areas["4206"].pk
    assert started({"kind": "export_cases", "area_id": city}, **head) == (403, "not_allowed")
    for path in ("/api/v1/work", f"/api/v1/work/{uuid4()}", "/api/v1/cases/views"):
        refused = client.get(path)
        assert (refused.status_code, refused.json()["code"]) == (401, "not_allowed"), path
    assert client.get(f"/api/v1/work/{uuid4()}", **head).status_code == 404


def test_what_may_be_chosen_depends_on_who_chooses(town):
    def streets(actor):
        return [Choice("420602001", "真武山街道")] if Role.STREET_DISPATCHER in actor.roles else []

    @dataclass(frozen=True, slots=True)
    class Given:
        street: str = field(metadata=asked_as(Words("Street")) | offered(streets))

    kind = replace(work_kind("export_cases"), given=Given, check=None, says=None, hidden=frozenset())
    form = form_of(kind, town.actor("dispatcher", now=now()))
    assert '<option value="420602001">真武山街道</option>' in str(form["street"])
    assert kind.read({"street": "420602001"}, actor=town.actor("dispatcher", now=now())).street == "420602001"
    with pytest.raises(InvalidInput) as refused:
        kind.read({"street": "420602001"}, actor=town.actor("officer", now=now()))
    assert refused.value.code == "input_unknown"


def test_mappings_that_ship_are_chosen_by_their_names(town):
    shown = signed_in(town, "system_admin").get("/staff/work/new/check_case_file").content.decode()
    assert '<option value="boston">波士顿 311</option>' in shown
    assert {one.value for one in shipped(town.actor("system_admin", now=now()))} == set(shipped_mappings())


def test_the_commands_list_show_and_stop(town):
    exported(signed_in(town, "dispatcher"), "/hub?queue=all")
    run_id = WorkRun.objects.get().pk.hex

    def gezhi(*arguments):
        return CliRunner().invoke(main, ["work", *arguments])

    assert run_id in gezhi("list").output
    assert json.loads(gezhi("list", "--state", "done", "--json").output) == []
    shown = gezhi("show", run_id)
    assert (shown.exit_code, json.loads(shown.output)["state"]) == (0, "queued")
    assert gezhi("stop", run_id).output == "stopped\n"
    assert gezhi("show", run_id).exit_code == 1
    assert gezhi("stop", run_id).exit_code == 2
    assert gezhi("show", uuid4().hex).exit_code == 2


@pytest.mark.parametrize(
    ("value", "cell"),
    [("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\t=1", "'\t=1"), (-1.5, "-1.5"), (None, "")],
)
def test_no_cell_is_a_formula(value, cell):
    assert plain_cell(value) == cell


def test_a_long_export_takes_few_queries_a_row(town, django_assert_max_num_queries):
    for number in range(30):
        report(grid=number % 4, now=now())
    exported(signed_in(town, "dispatcher"), "/hub?queue=all")
    run = take_next(worker="test:1", now=now())
    with django_assert_max_num_queries(40, connection=connection):
        carry_out(run)
