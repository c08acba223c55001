"""When the rules next speak of a deadline, and which of them speak of it by now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.cases.queries import RunningDeadline
from gezhi.contexts.escalation.domain.moments import RunningClock, instant_of
from gezhi.contexts.escalation.domain.rules import ClockStage, Rule, read_moment, rules_for
from gezhi.contexts.escalation.models import Firing
from gezhi.kernel.calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class Ahead:
    """A rule that has not spoken of a deadline yet, and when it does."""

    at: datetime
    rule: Rule


def ahead_of(deadline: RunningDeadline, rules: Iterable[Rule], calendar: WorkCalendar, spoken: set[str]) -> list[Ahead]:
    """The rules that are still to speak of a deadline, in their order of time. ``spoken``: the keys of those that have."""
    clock = RunningClock(deadline.start, deadline.due_at, deadline.limit, deadline.pauses, deadline.begun)
    fitting = rules_for(
        rules,
        ClockStage(deadline.stage),
        class_code=deadline.class_code,
        area_ids=deadline.area_ids,
        condition=deadline.condition,
    )
    found = []
    for rule in fitting:
        if rule.row.key not in spoken:
            at = instant_of(read_moment(rule.row.moment), clock, calendar)
            if at is not None:
                found.append(Ahead(at, rule))
    return sorted(found, key=lambda one: (one.at, one.rule.line))


def spoken_of(deadlines: Sequence[RunningDeadline]) -> dict[tuple[int, datetime], set[str]]:
    """The keys of the rules that have spoken of these deadlines, by case and instant. One query."""
    found: dict[tuple[int, datetime], set[str]] = {(one.case_id, one.due_at): set() for one in deadlines}
    rows = Firing.objects.filter(case_id__in={one.case_id for one in deadlines})
    for case_id, due_at, key in rows.values_list("case_id", "due_at", "rule_key"):
        if (case_id, due_at) in found:
            found[case_id, due_at].add(key)
    return found
