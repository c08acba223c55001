"""What is likely the same: on the case's page of the hub with the reasons, and before a report is sent."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import Command, merge_case, unmerge_case
from gezhi.kernel.clock import now
from tests.factories.areas import centre
from tests.factories.cases import Town, make_town, report

pytestmark = pytest.mark.django_db
LON, LAT = centre(0)
SECRET = "鑫源超市门口有一堆垃圾"


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.fixture
def pair(town: Town) -> tuple[str, str]:
    first = report(now=now() - timedelta(hours=2), description=SECRET).number
    return first, report(now=now(), lat=LAT + 30 / 111_195, description="垃圾成堆，在鑫源超市旁边").number


def case_page(town: Town, name: str, address: str, **headers: str) -> str:
    client = Client()
    client.force_login(town.users[name])
    answer = client.get(address, headers={"accept-language": "en", **headers})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def alike_of(town: Town, name: str, number: str, query: str = "", **headers: str) -> str:
    """What the page of a case asks for once it is shown; empty where it asks for nothing."""
    page = case_page(town, name, f"/hub/cases/{number}{query}", **headers)
    asked = re.findall(r'<div hx-get="([^"]*/alike[^"]*)" hx-trigger="load"', page)
    return case_page(town, name, html.unescape(asked[0]), **headers) if asked else ""


def test_the_case_page_names_the_other_with_the_reasons_and_a_link(town, pair):
    first, second = pair
    page = alike_of(town, "dispatcher", second)
    (told,) = re.findall(r'data-alike="(\d+)"(.*?)</li>', page)
    assert told[0] == first
    assert f'href="/hub/cases/{first}"' in told[1]
    assert "30 m away · the same class · reported 2 hours earlier · both say “鑫源超市”" in told[1]
    assert "very likely" in told[1]
    assert SECRET in told[1]
    assert "reported 2 hours later" in alike_of(town, "dispatcher", first)


def test_the_link_keeps_the_list_beside_the_case(town, pair):
    first, second = pair
    page = alike_of(town, "dispatcher", second, "?queue=all", **{"HX-Request": "true"})
    assert f'hx-get="/hub/cases/{first}?queue=all"' in page


def test_the_reasons_are_told_in_chinese(town, pair):
    page = alike_of(town, "dispatcher", pair[1], **{"accept-language": "zh-hans"})
    assert "疑似重复" in page
    assert "相距 30 米 · 类别相同 · 早2小时上报 · 都提到“鑫源超市”" in page


def test_nothing_is_shown_where_there_is_none_or_the_case_has_ended(town, pair):
    other = report(now=now(), class_code="E0301", description="夜里施工").number
    assert "data-alike" not in alike_of(town, "dispatcher", other)
    Case.objects.filter(number=pair[1]).update(status="cancelled")
    assert alike_of(town, "dispatcher", pair[1]) == ""
    assert "data-alike" not in case_page(town, "dispatcher", f"/hub/cases/{pair[1]}/alike")


def test_whoever_does_not_see_the_case_is_told_of_none(town, pair):
    client = Client()
    client.force_login(town.users["far_dispatcher"])
    assert client.get(f"/hub/cases/{pair[1]}/alike").status_code == 404


@pytest.mark.parametrize("address", ["", "/alike"])
def test_the_page_costs_six_queries_and_so_does_what_is_likely_the_same(
    town, pair, django_assert_max_num_queries, address
):
    client = Client()
    client.force_login(town.users["dispatcher"])
    client.get(f"/hub/cases/{pair[1]}{address}")
    # One more beside no road: the towns of these tests have none.
    with django_assert_max_num_queries(7 if not address else 6):
        client.get(f"/hub/cases/{pair[1]}{address}")


class TestReporter:
    def last_step(self, **typed: str) -> str:
        form = {"lon": f"{LON:.6f}", "lat": f"{LAT:.6f}", "description": "垃圾没有清理", **typed}
        return Client(headers={"accept-language": "en"}).post("/report/finish", form).content.decode()

    @pytest.mark.parametrize("typed", [{"class_code": "E0110"}, {}])
    def test_is_told_before_sending_that_the_same_is_open_and_nothing_more(self, pair, typed):
        page = self.last_step(**typed)
        assert "This may have been reported already" in page
        (told,) = re.findall(r'<div class="banner">.*?</ul>', page, re.DOTALL)
        assert told.count("<li") == 2
        assert "鑫源" not in page
        assert not any(number in page for number in pair)

    def test_is_told_nothing_of_other_matters(self, pair):
        assert "reported already" not in self.last_step(class_code="C0137", description="路灯不亮")


def merging(page: str) -> dict[str, str]:
    """The fields of the form that merges the case with the likely one."""
    (form,) = re.findall(r'<form method="post" action="/hub/cases/\d+/merge"(.*?)</form>', page)
    return dict(re.findall(r'name="(version|key|into)" value="([^"]*)"', form))


def test_one_press_merges_it_with_the_other_and_neither_is_proposed_again(town, pair):
    first, second = pair
    client = Client()
    client.force_login(town.users["dispatcher"])
    given = merging(alike_of(town, "dispatcher", second))
    assert given["into"] == first
    assert client.post(f"/hub/cases/{second}/merge", given, headers={"HX-Request": "true"}).status_code == 200
    merged = Case.objects.get(number=second)
    assert (merged.status, merged.merged_into.number) == ("merged", first)
    assert "data-alike" not in alike_of(town, "dispatcher", first)


def test_who_may_not_merge_and_what_is_over_have_no_button(town, pair):
    first, second = pair
    assert "data-alike" in alike_of(town, "checker", second)
    assert "/merge" not in alike_of(town, "checker", second)
    Case.objects.filter(number=first).update(status="closed", closed_at=now())
    page = alike_of(town, "dispatcher", second)
    assert f'data-alike="{first}"' in page
    assert re.findall(r'<form method="post" action="/hub/cases/\d+/merge"', page) == []


def test_what_somebody_took_apart_is_not_proposed_to_each_other_again_but_to_others(town, pair):
    first, second = pair
    actor = town.actor("dispatcher", now=now())
    merge_case(Command(actor, second, now()), into=first)
    unmerge_case(Command(actor, second, now(), note="不是同一处"))
    assert "data-alike" not in alike_of(town, "dispatcher", second)
    assert "data-alike" not in alike_of(town, "dispatcher", first)
    third = report(now=now(), description=SECRET).number
    assert set(re.findall(r'data-alike="(\d+)"', alike_of(town, "dispatcher", third))) == {first, second}
    assert re.findall(r'data-alike="(\d+)"', alike_of(town, "dispatcher", second)) == [third]


def test_what_was_let_go_by_one_that_was_closed_is_proposed_still(town, pair):
    first, second = pair
    actor = town.actor("dispatcher", now=now())
    merge_case(Command(actor, second, now()), into=first)
    parted = now()
    unmerge_case(Command(actor, second, parted, note="主单已结束"))
    Case.objects.filter(number=first).update(status="closed", closed_at=parted)
    assert f'data-alike="{first}"' in alike_of(town, "dispatcher", second)
