"""A figure and the list that it leads to hold the same cases: every figure of operations, every queue."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from gezhi.contexts.cases.domain.states import CaseStatus, Outcome
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import CASES, queue_counts
from gezhi.contexts.cases.use_cases import (
    Command,
    accept_case,
    ask_forced_close,
    call_in,
    cancel_case,
    handle_case,
    merge_case,
)
from gezhi.interfaces.web.casework.queues import HubAddresses, queues_of
from gezhi.kernel.clock import now
from tests.factories.cases import Town, make_town, report
from tests.factories.clients import case_at, signed_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LISTED = re.compile(r'data-case="(\w+)"')


@pytest.fixture
def town() -> Town:
    """A town with a case in each state, one overdue, one called unsolved, one of no street, one cancelled."""
    town = make_town()
    for status in (
        "reported",
        "reported",
        "dispatched",
        "handling",
        "handled",
        "checked",
        "closed",
        "closed",
        "verifying",
    ):
        case_at(town, status)
    late, closed_late = case_at(town, "handling").number, case_at(town, "closed").number
    moment = now()
    Case.objects.filter(number=late).update(due_at=moment - HOUR, handle_due=moment - HOUR)
    handle_case(Command(actor=town.actor("worker", now=moment), number=late, now=moment), outcome=Outcome.RESOLVED)
    Case.objects.filter(number=closed_late).update(needs_attention=True)
    asked = case_at(town, "dispatched").number
    ask_forced_close(Command(actor=town.actor("dispatcher", now=moment), number=asked, now=moment, note="权属不明"))
    nowhere = report(now=moment, class_code="E0113").number
    Case.objects.filter(number=nowhere).update(street_id=None, community_id=None, grid_id=None)
    overdue = report(now=moment, grid=1, class_code="E0113").number
    Case.objects.filter(number=overdue).update(due_at=moment - HOUR)
    ended = report(now=moment).number
    actor = town.actor("dispatcher", now=moment)
    cancel_case(Command(actor=actor, number=ended, now=moment, note="重复"))
    joint, main, other = (case_at(town, status).number for status in ("handling", "handling", "reported"))
    call_in(
        Command(actor=actor, number=joint, now=moment, note="请协助"),
        organisation_id=town.bodies["housing"].pk,
        limit="1WD",
    )
    part = Case.objects.get(parent__isnull=False).number
    accept_case(Command(actor=town.actor("other_officer", now=moment), number=part, now=moment))
    handle_case(
        Command(actor=town.actor("other_officer", now=moment), number=part, now=moment, note="已协助"),
        outcome=Outcome.RESOLVED,
    )
    merge_case(Command(actor=actor, number=other, now=moment), into=main)
    Case.objects.filter(number=other).update(status="closed", closed_at=moment, closing="with_main")
    return town


def listed(client, query: str) -> int:
    """How many cases the hub shows at this address, over all pages."""
    found, address = 0, f"/hub?{query}"
    while address:
        page = client.get(address)
        assert page.status_code == 200, address
        text = page.content.decode()
        found += len(set(LISTED.findall(text)))
        older = re.search(r'href="(/hub\?[^"]*cursor=[^"]*)">', text)
        address = unescape(older[1]) if older else ""
    return found


@pytest.mark.parametrize("span", ["today", "week"])
@pytest.mark.parametrize("who", ["operations", "planner"])
def test_every_figure_of_operations_leads_to_as_many_cases(town: Town, who: str, span: str) -> None:
    client = signed_in(town, who)
    page = client.get(f"/operations?span={span}")
    text, context = unescape(page.content.decode()), page.context
    told = []
    for tile in context["tiles"]:
        shown = tile.part if tile.kind == "share" else tile.value if tile.kind == "count" else None
        told.append((str(tile.name), tile.query, shown, tile.filters))
    told.append(("overdue", context["late_query"], context["late"], None))
    for rows in (context["streets"], context["kinds"]):
        for row in rows:
            told += [(f"{row.name} {name}", cell.query, cell.figure, cell.filters) for name, cell in row.cells.items()]
    actor = town.actor(who, now=now())
    assert len(told) == 7 + 5 * 4
    assert {name for name, _query, figure, _filters in told if figure} >= {
        "上报",
        "结案",
        "当日办结率",
        "按时处置率",
        "协办按时率",
        "overdue",
    }
    for name, query, figure, filters in told:
        if filters is not None and not query:
            # A nought leads nowhere.
            assert figure == CASES.count(actor, filters) == 0, name
            continue
        assert f"/hub?{query}" in text, name
        count = listed(client, query)
        if filters is not None:
            assert CASES.count(actor, filters) == count, name
        if figure is None:
            # The median: of as many cases as were handled.
            assert count > 0
            continue
        assert count == figure, name


@pytest.mark.parametrize("who", ["dispatcher", "operations", "officer"])
def test_every_queue_holds_as_many_cases_as_it_says(town: Town, who: str) -> None:
    client, moment = signed_in(town, who), now()
    actor = town.actor(who, now=moment)
    counted, addresses = queue_counts(actor, now=moment), HubAddresses(actor, moment)
    for queue in queues_of(actor):
        filters = queue.filters(actor, moment)
        assert addresses.query(filters) == f"queue={queue.key}"
        count = listed(client, f"queue={queue.key}")
        assert CASES.count(actor, filters) == count
        if queue.count_of:
            assert sum(counted[name] for name in queue.count_of) == count
    if who == "operations":
        assert all(
            sum(counted[name] for name in queue.count_of)
            for queue in queues_of(actor)
            if queue.key not in {"all", "suspended"}
        )


def test_filters_beyond_a_queue_stand_beside_it_in_the_address(town: Town) -> None:
    moment = now()
    actor = town.actor("dispatcher", now=moment)
    addresses = HubAddresses(actor, moment)
    some = CASES.filters(statuses=(CaseStatus.REPORTED,), text="沙发")
    assert addresses.query(some) == "queue=dispatch&q=%E6%B2%99%E5%8F%91"
    two = CASES.filters(statuses=(CaseStatus.REPORTED, CaseStatus.CLOSED))
    assert addresses.query(two) == "queue=all&status=reported&status=closed"
