"""Saved views: the filters of a list under a name, one's own or the office's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from gezhi.contexts.cases.queries import CASES
from gezhi.kernel.clock import SimulatedClock, now, using
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import ANONYMOUS, system_actor
from gezhi.platform.access.models import Grant
from gezhi.platform.access.policies import load, may
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.saved_views.models import SavedView
from gezhi.platform.saved_views.policy import Office
from gezhi.platform.saved_views.queries import others_who_see, views_of
from gezhi.platform.saved_views.use_cases.delete_view import delete_view
from gezhi.platform.saved_views.use_cases.rename_view import rename_view
from gezhi.platform.saved_views.use_cases.save_view import MOST_VIEWS, save_view
from tests.factories.cases import MONDAY, Town, grant, make_town, make_user, report
from tests.factories.clients import signed_in
from tests.frame.bookings import BOOKINGS

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def town() -> Town:
    """The town with a second dispatcher of the street."""
    town = make_town()
    town.users["deputy"] = make_user("deputy")
    grant(town.users["deputy"], Role.STREET_DISPATCHER, town.areas["420602001"])
    return town


def save(town: Town, who: str, name: str = "沙发", query: str = "q=沙发", office: Office | None = None, tool=CASES):
    return save_view(actor=town.actor(who), tool=tool, query=query, name=name, office=office, now=MONDAY)


def names(town: Town, who: str, tool=CASES) -> list[str]:
    return [view.name for view in views_of(town.actor(who), tool)]


def street_hub(town: Town) -> Office:
    return Office(Role.STREET_DISPATCHER, town.areas["420602001"].pk)


def views_recorded() -> list[str]:
    return list(AuditRecord.objects.filter(object_type="saved_view").order_by("pk").values_list("action", flat=True))


def test_a_view_of_ones_own_is_seen_by_nobody_else(town: Town) -> None:
    view = save(town, "dispatcher", " 路灯  坏了 ", "class=E0110&q=&status=handled&status=reported&unknown=1")
    # In the words in which every address is written, and nothing that is no filter.
    assert (view.name, view.query) == ("路灯 坏了", "status=reported&status=handled&class_prefix=E0110")
    assert names(town, "dispatcher") == ["路灯 坏了"]
    assert names(town, "deputy") == names(town, "operations") == []
    assert views_of(ANONYMOUS, CASES) == views_of(system_actor("test"), CASES) == []
    for who in ("deputy", "operations", "security_admin"):
        with pytest.raises(NotFound):
            rename_view(actor=town.actor(who), tool=CASES, view_id=view.id, name="x", now=MONDAY)
        with pytest.raises(NotFound):
            delete_view(actor=town.actor(who), tool=CASES, view_id=view.id, now=MONDAY)
    assert names(town, "dispatcher") == ["路灯 坏了"]
    assert (
        rename_view(actor=town.actor("dispatcher"), tool=CASES, view_id=view.id, name="路灯", now=MONDAY).name == "路灯"
    )
    assert delete_view(actor=town.actor("dispatcher"), tool=CASES, view_id=view.id, now=MONDAY).query == view.query
    assert names(town, "dispatcher") == []
    # What is one's own is on no record.
    assert views_recorded() == []


def test_an_office_shares_its_views(town: Town) -> None:
    view = save(town, "dispatcher", office=street_hub(town))
    save(town, "deputy", "自己的", "needs_attention=1")
    assert names(town, "dispatcher") == ["沙发"]
    assert names(town, "deputy") == ["自己的", "沙发"]
    assert names(town, "far_dispatcher") == names(town, "operations") == names(town, "officer") == []
    rename_view(actor=town.actor("deputy"), tool=CASES, view_id=view.id, name="旧沙发", now=MONDAY)
    assert names(town, "dispatcher") == ["旧沙发"]
    delete_view(actor=town.actor("deputy"), tool=CASES, view_id=view.id, now=MONDAY)
    assert names(town, "dispatcher") == []
    assert views_recorded() == ["views.shared", "views.renamed", "views.deleted"]
    told = AuditRecord.objects.filter(object_type="saved_view").first().data
    assert told == {
        "list": "cases.case",
        "role": "street_dispatcher",
        "area": street_hub(town).area_id,
        "organisation": None,
    }


def test_nobody_shares_with_an_office_that_is_not_theirs(town: Town) -> None:
    district, body = town.areas["420602"].pk, town.bodies["sanitation"].pk
    save(town, "officer", office=Office(Role.DEPARTMENT_OFFICER, district, body))
    assert names(town, "other_officer") == []
    refused = [
        ("far_dispatcher", street_hub(town)),
        ("other_officer", Office(Role.DEPARTMENT_OFFICER, district, body)),
        ("officer", Office(Role.DEPARTMENT_OFFICER, district)),
        ("operations", street_hub(town)),
        # These share nothing.
        ("worker", Office(Role.GRID_WORKER, town.areas["420602001001001"].pk)),
        ("planner", Office(Role.PLANNER, town.areas["4206"].pk)),
    ]
    for who, office in refused:
        with pytest.raises(NotAllowed):
            save(town, who, office=office)
    for nobody in (ANONYMOUS, system_actor("test")):
        with pytest.raises(NotAllowed):
            save_view(actor=nobody, tool=CASES, query="q=x", name="x", now=MONDAY)
    assert SavedView.objects.count() == 1


def test_the_access_door_says_why(town: Town) -> None:
    view = save(town, "dispatcher", office=street_hub(town))
    kept = load(f"view:{view.id}")
    allowed = may(town.actor("deputy"), "delete_view", kept)
    assert (allowed.allowed, str(allowed.reasons[0])) == (
        True,
        "street_dispatcher in 真武山街道, which shares the view.",
    )
    assert not may(town.actor("officer"), "see_view", kept)
    with pytest.raises(NotFound):
        load("view:x")


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("", "q=x", "view_name_missing"),
        ("x" * 41, "q=x", "view_name_too_long"),
        ("a\x00b", "q=x", "control_character"),
        ("a\u202eb", "q=x", "control_character"),
        ("\u200d \u200c", "q=x", "view_name_missing"),
        ("x", "", "view_empty"),
        ("x", "queue=all&cursor=y", "view_empty"),
        ("x", "status=lost", "unknown_choice"),
    ],
)
def test_what_cannot_be_kept_is_refused(town: Town, name: str, query: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        save(town, "dispatcher", name, query)
    assert refused.value.code == code
    assert SavedView.objects.count() == 0


def test_a_name_stands_once_and_thirty_are_enough(town: Town) -> None:
    for number in range(MOST_VIEWS):
        save(town, "dispatcher", f"第{number}条")
    with pytest.raises(Conflict) as full:
        save(town, "dispatcher", "又一条")
    assert full.value.code == "too_many_views"
    first, second = views_of(town.actor("dispatcher"), CASES)[:2]
    for same in (
        lambda: save(town, "dispatcher", first.name),
        lambda: rename_view(actor=town.actor("dispatcher"), tool=CASES, view_id=second.id, name=first.name, now=MONDAY),
    ):
        with pytest.raises(Conflict) as taken:
            same()
        assert taken.value.code == "view_exists"
    save(town, "deputy", first.name)


def test_the_views_of_an_account_go_with_it(town: Town) -> None:
    user = make_user("passing")
    view = SavedView.objects.create(saved_by=user, list_name=CASES.name, name="x", query="q=x", saved_at=MONDAY)
    user.delete()
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_any_list_has_views(town: Town) -> None:
    save(town, "dispatcher", "约好的", "status=approved&starts_from=2026-03-03", tool=BOOKINGS)
    (view,) = views_of(town.actor("dispatcher"), BOOKINGS)
    assert view.query == "status=approved&starts_from=2026-03-03T00%3A00%3A00%2B08%3A00"
    assert names(town, "dispatcher") == []
    with pytest.raises(NotFound):
        delete_view(actor=town.actor("dispatcher"), tool=CASES, view_id=view.id, now=MONDAY)


def test_the_page_saves_shows_renames_deletes_and_takes_back(town: Town) -> None:
    number = report(now=now()).number
    client = signed_in(town, "dispatcher")
    hub = client.get("/hub?queue=dispatch&q=垃圾").content.decode()
    address = unescape(re.search(r'href="([^"]*)" data-save-view', hub)[1])
    form = client.get(address)
    assert "待派遣 · “垃圾”" in form.content.decode()
    sent = {"name": "街上的垃圾", "office": "me", "query": form.context["form"]["query"].value()}
    office = form.context["form"].fields["office"].choices[1]
    assert office[1] == "真武山街道 · 街道调度员"
    done = client.post("/hub/views", sent | {"office": office[0]})
    assert done.status_code == 302
    assert done.headers["Location"] == "/hub?queue=dispatch&q=%E5%9E%83%E5%9C%BE"
    shown = client.get(done.headers["Location"]).content.decode()
    assert re.search(r'aria-current="page"[^>]*>街上的垃圾</a>', shown)
    assert f'data-case="{number}"' in shown
    assert ">街上的垃圾</a>" in signed_in(town, "deputy").get("/hub").content.decode()
    assert ">街上的垃圾</a>" not in signed_in(town, "operations").get("/hub").content.decode()
    again = client.post("/hub/views", sent)
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["name"])
    assert "您已有同名的常用筛选。" in again.content.decode()
    view = SavedView.objects.get()
    refused = client.post(f"/hub/views/{view.pk}/rename", {"name": ""})
    assert refused.status_code == 422
    assert "请填写名称。" in refused.content.decode()
    assert client.post(f"/hub/views/{view.pk}/rename", {"name": "垃圾"}).status_code == 302
    asked = client.post(f"/hub/views/{view.pk}/delete")
    assert (asked.status_code, asked.headers["Location"]) == (302, f"/hub/views/{view.pk}/delete")
    question = client.get(asked.headers["Location"]).content.decode()
    assert "删除共用的“垃圾”？" in question
    assert "真武山街道 · 街道调度员" in question
    assert "除您以外，还有 1 人可见" in question
    assert SavedView.objects.exists()
    assert client.post(f"/hub/views/{view.pk}/delete", {"sure": "1"}).status_code == 302
    assert not SavedView.objects.exists()
    offered = client.get("/hub/views")
    assert "已删除“垃圾”。" in offered.content.decode()
    assert client.post("/hub/views", offered.context["deleted"]).status_code == 302
    assert (SavedView.objects.get().name, SavedView.objects.get().role) == ("垃圾", "street_dispatcher")
    assert "已删除" not in client.get("/hub/views").content.decode()
    assert client.post("/hub/views/999/delete").status_code == 404
    assert client.get("/hub/views/999/delete").status_code == 302
    assert "Saved views" in client.get("/hub/views", headers=ENGLISH).content.decode()
    assert client.get("/hub/views?status=lost").status_code == 422
    assert signed_in(town, "worker").get("/hub/views").status_code == 403


def test_ones_own_view_is_deleted_without_a_question_and_can_be_taken_back(town: Town) -> None:
    view = save(town, "dispatcher")
    client = signed_in(town, "dispatcher")
    assert client.get(f"/hub/views/{view.id}/delete").headers["Location"] == "/hub/views"
    assert client.post(f"/hub/views/{view.id}/delete").headers["Location"] == "/hub/views#deleted"
    assert not SavedView.objects.exists()
    page = client.get("/hub/views")
    assert 'id="deleted"' in page.content.decode()
    assert client.post("/hub/views", page.context["deleted"]).status_code == 302
    view = SavedView.objects.get()
    assert (
        client.post(f"/hub/views/{view.pk}/rename", {"name": "x"}).headers["Location"] == f"/hub/views#view-{view.pk}"
    )
    assert f'id="view-{view.pk}"' in client.get("/hub/views").content.decode()


def test_who_else_sees_a_shared_view_is_counted_as_of_now(town: Town) -> None:
    view = save(town, "dispatcher", office=street_hub(town))
    assert others_who_see(town.actor("dispatcher"), CASES, view.id, now=now()) == 1
    Grant.objects.filter(user=town.users["deputy"]).update(valid_to=now())
    assert others_who_see(town.actor("dispatcher"), CASES, view.id, now=now()) == 0
    question = signed_in(town, "dispatcher").get(f"/hub/views/{view.id}/delete").content.decode()
    assert "目前没有其他人可见" in question
    with pytest.raises(NotFound):
        others_who_see(town.actor("far_dispatcher"), CASES, view.id, now=now())


def test_many_views_stand_folded_but_for_the_current_one(town: Town) -> None:
    for number in range(29):
        save(town, "dispatcher", f"第{number}条", f"q={number}")
    page = signed_in(town, "dispatcher").get("/hub?queue=all&q=7").content.decode()
    above, folded = re.search(r'<nav class="views"(.*?)<details(.*?)</details>', page, re.DOTALL).groups()
    assert re.findall(r">(第\d+条)</a>", above) == ["第7条"]
    assert "其他常用筛选（28）" in folded
    assert len(re.findall(r">(第\d+条)</a>", folded)) == 28


@pytest.mark.parametrize("name", ["👨‍👩‍👧‍👦 来访", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "می‌خواهم"])
def test_a_name_may_hold_whatever_is_seen_as_one_sign(town: Town, name: str) -> None:
    save(town, "dispatcher", name)
    assert names(town, "dispatcher") == [name]
    assert f">{name}</a>" in signed_in(town, "dispatcher").get("/hub").content.decode()


def test_a_view_that_the_list_no_longer_reads_says_so(town: Town) -> None:
    save(town, "dispatcher")
    SavedView.objects.update(query="status=gone")
    client = signed_in(town, "dispatcher")
    assert "queue=all&amp;status=gone" in client.get("/hub").content.decode()
    assert "筛选条件已失效" in client.get("/hub/views").content.decode()
    assert client.get("/hub?queue=all&status=gone").status_code == 422


def test_a_view_of_todays_figure_holds_tomorrow_what_is_tomorrows(town: Town) -> None:
    morning = datetime(2026, 3, 2, 1, tzinfo=UTC)
    client, first = signed_in(town, "operations"), report(now=morning).number
    with using(SimulatedClock(morning + timedelta(hours=1))):
        figures = unescape(client.get("/operations").content.decode())
        address = re.search(r'class="tile" href="(/hub\?[^"]*reported[^"]*)"', figures)[1]
        hub = client.get(address).content.decode()
        assert f'data-case="{first}"' in hub
        form = client.get(unescape(re.search(r'href="([^"]*)" data-save-view', hub)[1]))
        assert "上报时间 今天" in form.content.decode()
        query = form.context["form"]["query"].value()
        saved = client.post("/hub/views", {"name": "今天上报", "office": "me", "query": query})
        assert saved.status_code == 302
        assert SavedView.objects.get().query == "reported_in=today&part=0"
    second = report(now=morning + timedelta(days=1)).number
    with using(SimulatedClock(morning + timedelta(days=1, hours=1))):
        hub = client.get("/hub").content.decode()
        tab = unescape(re.search(r'<a href="([^"]*)"[^>]*>今天上报</a>', hub)[1])
        shown = client.get(tab).content.decode()
        assert re.search(r'aria-current="page"[^>]*>今天上报</a>', shown)
        assert f'data-case="{second}"' in shown
        assert f'data-case="{first}"' not in shown
        view = client.get("/api/v1/cases/views").json()[0]
        assert client.get(f"/api/v1/cases/count?{view['query']}").json() == {"count": 1}
        (row,) = client.get(f"/api/v1/cases?{view['query']}").json()["items"]
        assert row["number"] == second
        assert "Reported today" in client.get("/hub/views", headers=ENGLISH).content.decode()


def test_the_tabs_cost_one_query(town: Town, django_assert_max_num_queries) -> None:
    client = signed_in(town, "dispatcher")
    client.get("/hub")
    with django_assert_max_num_queries(50) as before:
        client.get("/hub")
    for number in range(10):
        save(town, "dispatcher", f"{number}", f"area_level=street&area_id={number + 1}")
    with django_assert_max_num_queries(len(before.captured_queries)):
        client.get("/hub")


def test_the_api_lists_saves_and_deletes(town: Town) -> None:
    report(now=now())
    client = signed_in(town, "dispatcher")
    sent = {"content_type": "application/json"}
    office = {"role": "street_dispatcher", "area_id": street_hub(town).area_id}
    made = client.post(
        "/api/v1/cases/views", {"name": "全部待派", "query": "status=reported", "office": office}, **sent
    )
    assert made.status_code == 201
    view = made.json()
    assert view["office"] == office | {"organisation_id": None}
    assert client.get("/api/v1/cases/views").json() == [view]
    assert client.get(f"/api/v1/cases/count?{view['query']}").json() == {"count": 1}
    assert signed_in(town, "operations").get("/api/v1/cases/views").json() == []
    other = signed_in(town, "far_dispatcher")
    refused = other.post("/api/v1/cases/views", {"name": "x", "query": "q=x", "office": office}, **sent)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert other.delete(f"/api/v1/cases/views/{view['id']}").status_code == 404
    assert signed_in(town, None).post("/api/v1/cases/views", {"name": "x", "query": "q=x"}, **sent).status_code == 401
    assert client.delete(f"/api/v1/cases/views/{view['id']}").status_code == 204
    assert client.get("/api/v1/cases/views").json() == []


def test_a_view_keeps_the_order_of_its_list_and_is_called_by_its_queue(town):
    client = signed_in(town, "dispatcher")
    hub = client.get("/hub?queue=dispatch&sort=newest").content.decode()
    address = unescape(re.search(r'href="([^"]*)" data-save-view', hub)[1])
    page = client.get(address).content.decode()
    assert "待派遣 · 最新在前" in page
    assert "已上报" not in page
    query = unescape(re.search(r'name="query" value="([^"]*)"', page)[1])
    saved = client.post("/hub/views", {"name": "新来的", "office": "me", "query": query})
    assert saved.url == "/hub?queue=dispatch&sort=newest"
    shown = client.get(saved.url).content.decode()
    assert re.search(r'<a [^>]*aria-current="page"[^>]*>\s*新来的', shown)
    assert not re.search(
        r'<a [^>]*aria-current="page"[^>]*>\s*新来的', client.get("/hub?queue=dispatch").content.decode()
    )
    # The queue's own order needs no word.
    own_order = client.get("/hub?queue=dispatch&sort=due").content.decode()
    assert "sort" not in re.search(r'class="views-more" href="([^"]*)"', own_order)[1]
    bad = client.post("/hub/views", {"name": "坏的", "office": "me", "query": "status=reported&sort=colour"})
    assert bad.status_code == 422
