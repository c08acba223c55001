"""The reporter's page says in plain words where the report stands, who has it, and by when; and shows how it was left."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from gezhi.contexts.cases.domain.states import Outcome, Stage
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.pictures import add_pictures
from gezhi.contexts.cases.queries import followed_pictures
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    call_in,
    check_case,
    close_case,
    dispatch_case,
    handle_case,
    merge_case,
)
from gezhi.kernel.clock import now
from gezhi.platform.files import store
from gezhi.platform.files.images import Picture
from tests.factories.cases import make_town, report
from tests.factories.clients import case_at
from tests.factories.photos import photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path


@pytest.fixture
def town():
    return make_town()


def by(town, who, made, **more):
    return Command(actor=town.actor(who, now=now()), number=made.number, now=now(), **more)


def told(client, made):
    """The first section of the page, without its marks."""
    page = client.get(f"/follow/{made.follow_code}").content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.split('id="now"')[1].split("</section>")[0]).split())


def test_from_the_first_minute_it_says_with_whom_it_is_and_by_when(client, town):
    made = report(now=now())
    words = told(client, made)
    assert "已到街道网格中心，正在确定由谁办理" in words
    assert "承办方 真武山街道" in words
    assert re.search(r"派遣时限 \d{4}年", words)
    assert "拟派责任单位 sanitation" in words
    dispatch_case(by(town, "dispatcher", made), organisation_id=town.bodies["sanitation"].pk)
    assert "承办方 sanitation" in told(client, made)
    accept_case(by(town, "officer", made))
    words = told(client, made)
    assert "正在办理" in words
    assert re.search(r"办结期限 \d{4}年", words)
    assert "officer" not in words


def test_a_worker_is_told_as_the_grid_and_never_by_name(client, town):
    words = told(client, case_at(town, "handling"))
    assert "网格员" in words
    assert "承办方 worker" not in words


def test_while_it_rests_it_says_why_there_is_no_date(client, town):
    words = told(client, case_at(town, "suspended"))
    assert "等材料" in words
    assert "暂无期限：计时已停止" in words


def test_a_time_that_is_over_is_told_as_that(client, town):
    made = case_at(town, "handling")
    assert "期限已过" not in told(client, made)
    Case.objects.update(due_at=now() - timedelta(hours=1), handle_due=now() - timedelta(hours=1))
    assert "期限已过" in told(client, made)


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_what_has_ended_has_nobody_and_no_date(client, town, status):
    words = told(client, case_at(town, status))
    assert "承办方" not in words
    assert "期限" not in words


def test_a_body_that_was_called_in_is_named_with_its_own_deadline(client, town):
    made = case_at(town, "handling")
    call_in(by(town, "dispatcher", made, note="请协助"), organisation_id=town.bodies["housing"].pk)
    words = told(client, made)
    assert re.search(r"协办单位 housing · 已派遣 · 期限 \d{4}年", words)
    assert "请协助" not in words


def _picture(town, who, case, stage, number=0):
    raw = photo(colour=(number, 10, 10)) if number else photo()
    found = Picture(raw, "image/jpeg", 4, 3, None, None, None)
    with store.kept([found]):
        (row,) = add_pictures(
            case, actor=town.actor(who, now=now()), pictures=[found], stage=stage, status=case.status, now=now()
        )
    return row


def test_the_reporter_of_a_merged_report_sees_how_the_other_was_left_and_nothing_else_of_it(client, town):
    main, second = report(now=now()), report(now=now())
    merge_case(by(town, "dispatcher", second), into=main.number)
    dispatch_case(by(town, "dispatcher", main), assignee_id=town.users["worker"].pk)
    accept_case(by(town, "worker", main))
    case = Case.objects.get(number=main.number)
    before = _picture(town, "worker", case, Stage.BEFORE)
    after = _picture(town, "worker", case, Stage.AFTER)
    assert [picture.id for picture in followed_pictures(second.follow_code)] == [after.pk]
    assert [picture.id for picture in followed_pictures(main.follow_code)] == [before.pk, after.pk]
    assert "合并办理" in told(client, second)
    assert client.get(f"/follow/{second.follow_code}/pictures/{after.pk}").status_code == 200
    assert client.get(f"/follow/{second.follow_code}/pictures/{before.pk}").status_code == 404
    page = client.get(f"/follow/{main.follow_code}").content.decode()
    assert page.index("处置前</h3>") < page.index("处置后</h3>")
    handle_case(by(town, "worker", main), outcome=Outcome.RESOLVED)
    check_case(by(town, "checker", main))
    close_case(by(town, "dispatcher", main))
    assert [picture.id for picture in followed_pictures(second.follow_code)] == [after.pk]
    Case.objects.filter(number=second.number).update(closed_at=now() - timedelta(days=1))
    assert followed_pictures(second.follow_code) == []


def test_the_place_is_on_a_map_where_there_is_a_point(client, town):
    page = client.get(f"/follow/{report(now=now()).follow_code}").content.decode()
    assert "<area-map" in page.split('id="said"')[1]
    community = report(now=now(), lon=None, lat=None, area_id=town.areas["420602001001"].pk)
    assert "<area-map" not in client.get(f"/follow/{community.follow_code}").content.decode()
