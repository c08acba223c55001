"""What other rules would do at once, before they are put in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.cases.queries import next_deadlines, running_deadlines
from gezhi.contexts.escalation.domain.rules import Rule, RuleRow
from gezhi.contexts.escalation.watching import ahead_of, spoken_of
from gezhi.platform.worktime.city_calendar import city_calendar

BATCH = 500


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Of ``looked_at`` open deadlines the rules would speak of ``spoken_of`` at once, as their moments have passed."""

    looked_at: int
    spoken_of: int


def at_once(rows: Sequence[RuleRow], *, now: datetime, progress: Callable[[int], None] = lambda _done: None) -> AtOnce:
    """Look at all open deadlines by the rules of a table that is not in force. By the index of open deadlines."""
    rules = [Rule(0, line, row) for line, row in enumerate(rows, start=1)]
    looked = spoken = 0
    calendar, after = city_calendar(), None
    while found := next_deadlines(after, most=BATCH):
        after = found[-1]
        deadlines = running_deadlines(case_id for _due, case_id in found)
        before = spoken_of(deadlines)
        for one in deadlines:
            ahead = ahead_of(one, rules, calendar, before[one.case_id, one.due_at])
            spoken += bool(ahead) and ahead[0].at <= now
        looked += len(deadlines)
        progress(looked)
    return AtOnce(looked, spoken)
