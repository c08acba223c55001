"""The figures of a span, counted by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import figures, queue_counts, span_figures
from gezhi.contexts.cases.queries.figures import outside_grids
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
from tests.factories.cases import MONDAY, Town, make_town, report

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def carry(town: Town, number: str, *, handled: timedelta, closed: timedelta | None = None) -> None:
    """Handle (and close) a case so long after Monday 10:00."""

    def by(who: str, after: timedelta) -> Command:
        return Command(actor=town.actor(who), number=number, now=MONDAY + after)

    dispatch_case(by("dispatcher", HOUR / 2), assignee_id=town.users["worker"].pk)
    accept_case(by("worker", HOUR / 2))
    handle_case(by("worker", handled), outcome=Outcome.RESOLVED)
    if closed is not None:
        check_case(by("checker", closed))
        close_case(by("dispatcher", closed))


@pytest.fixture
def town() -> Town:
    return make_town()


def test_figures_are_what_counting_gives(town: Town) -> None:
    # E0110 must be handled within four working hours: by 16:00 on Monday.
    numbers = [report(now=MONDAY).number for _ in range(4)]
    carry(town, numbers[0], handled=HOUR, closed=2 * HOUR)
    carry(town, numbers[1], handled=3 * HOUR, closed=26 * HOUR)
    carry(town, numbers[2], handled=9 * HOUR)
    everyone = town.actor("operations")
    found = figures(everyone, since=MONDAY - HOUR, until=MONDAY + 30 * HOUR)
    assert (found.reported, found.closed) == (4, 2)
    assert (found.same_day.part, found.same_day.whole) == (1, 4)
    assert (found.on_time.part, found.on_time.whole) == (2, 3)
    assert found.median_handling == 3 * HOUR
    later = span_figures(everyone, since=MONDAY - HOUR, until=MONDAY + 30 * HOUR, now=MONDAY + 30 * HOUR)
    assert (later.total, later.overdue) == (found, 2)
    before = figures(everyone, since=MONDAY - 31 * HOUR, until=MONDAY - HOUR)
    assert (before.reported, before.same_day.share, before.median_handling) == (0, None, None)


def test_rows_add_up_to_the_whole_and_take_a_query_for_each_count(town: Town) -> None:
    for grid, code in ((0, "E0110"), (0, "E0113"), (3, "E0113")):
        report(now=MONDAY, grid=grid, class_code=code)
    everyone = town.actor("operations")
    span = {"since": MONDAY - HOUR, "until": MONDAY + HOUR, "now": MONDAY + HOUR}
    with CaptureQueriesContext(connection) as queries:
        counted = span_figures(everyone, **span)
    # Closed, handled, overdue, reported on the one day that the span touches, by street and by class, and the names of the
    # streets: however many cases and classes.
    assert len(queries) == 5
    assert [(row.key, row.reported) for row in counted.by_class] == [("E0113", 2), ("E0110", 1)]
    assert [(row.name, row.reported) for row in counted.by_street] == [("真武山街道", 3)]
    assert counted.total.reported == 3


def test_an_actor_counts_only_what_the_actor_sees(town: Town) -> None:
    report(now=MONDAY, grid=0)
    far = town.actor("far_dispatcher")
    assert figures(far, since=MONDAY - HOUR, until=MONDAY + HOUR).reported == 0
    assert queue_counts(far, now=MONDAY)["reported"] == 0
    assert queue_counts(town.actor("dispatcher"), now=MONDAY)["reported"] == 1


def jointly_handled(town: Town, *, part_handled: timedelta) -> None:
    """A case that another body helps with, its part closed a day before the whole."""
    number = report(now=MONDAY).number

    def by(who: str, after: timedelta, of: str = number) -> Command:
        return Command(actor=town.actor(who), number=of, now=MONDAY + after, note="说明")

    dispatch_case(by("dispatcher", HOUR / 2), organisation_id=town.bodies["sanitation"].pk)
    accept_case(by("officer", HOUR))
    call_in(by("dispatcher", HOUR), organisation_id=town.bodies["housing"].pk, limit="2WH")
    part = Case.objects.get(parent__isnull=False).number
    accept_case(by("other_officer", HOUR, part))
    handle_case(by("other_officer", part_handled, part), outcome=Outcome.RESOLVED)
    handle_case(by("officer", 5 * HOUR), outcome=Outcome.RESOLVED)
    for ended, after in ((part, 6 * HOUR), (number, 30 * HOUR)):
        check_case(by("checker", after, ended))
        close_case(by("dispatcher", after, ended))


@pytest.mark.parametrize(("part_handled", "in_time"), [(2 * HOUR, 1), (6 * HOUR, 0)])
def test_a_part_is_neither_report_nor_case_and_is_in_time_by_itself(
    town: Town, part_handled: timedelta, in_time: int
) -> None:
    jointly_handled(town, part_handled=part_handled)
    found = figures(town.actor("operations"), since=MONDAY - HOUR, until=MONDAY + 40 * HOUR)
    assert (found.reported, found.closed) == (1, 1)
    assert (found.same_day.part, found.same_day.whole) == (0, 1)
    assert (found.on_time.part, found.on_time.whole) == (1, 1)
    assert (found.parts_on_time.part, found.parts_on_time.whole) == (in_time, 1)
    assert found.median_handling == 5 * HOUR
    Case.objects.update(grid_id=None)
    assert outside_grids(town.actor("operations")) == 1


def test_a_merged_report_is_a_report_and_no_case_of_its_own(town: Town) -> None:
    main, other = report(now=MONDAY).number, report(now=MONDAY).number
    merge_case(Command(actor=town.actor("dispatcher"), number=other, now=MONDAY + HOUR / 4), into=main)
    carry(town, main, handled=HOUR, closed=2 * HOUR)
    assert set(Case.objects.values_list("status", flat=True)) == {"closed"}
    found = figures(town.actor("operations"), since=MONDAY - HOUR, until=MONDAY + 4 * HOUR)
    assert (found.reported, found.closed) == (2, 1)
    assert (found.same_day.part, found.same_day.whole) == (2, 2)
    assert (found.on_time.whole, found.median_handling) == (1, HOUR)
