"""On which terms a case runs: when its clock began, its three limits, and the duty row that gave them.

They are fixed when a case is reported, corrected or reopened, and later steps read nothing else: a new duty table moves no
deadline of a case that runs already, and after a reopening no deadline counts from the first report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.cases.domain.clocks import due
from gezhi.kernel.calendar import Pause, WorkCalendar
from gezhi.kernel.fold import Columns


@dataclass(frozen=True, slots=True)
class Terms:
    """``clock_start`` is aware UTC; the limits are written as ``4WH`` or ``5WD``; ``duty_rule_id`` None: no row covers the case."""

    clock_start: datetime
    dispatch_limit: str
    handle_limit: str
    check_limit: str
    duty_rule_id: int | None

    def columns(self) -> Columns:
        """The columns of a case that hold its terms."""
        return {
            "clock_start": self.clock_start,
            "dispatch_limit": self.dispatch_limit,
            "handle_limit": self.handle_limit,
            "check_limit": self.check_limit,
            "duty_rule_id": self.duty_rule_id,
        }

    def dispatch_due(self, calendar: WorkCalendar) -> datetime:
        """By when the case must have been given to somebody."""
        return due(self.clock_start, self.dispatch_limit, calendar)

    def handle_due(self, calendar: WorkCalendar, pauses: list[Pause] | None = None) -> datetime:
        """By when it must be handled; ``pauses`` are taken out."""
        return due(self.clock_start, self.handle_limit, calendar, pauses or ())

    def check_due(self, handled_at: datetime, calendar: WorkCalendar) -> datetime:
        """By when it must be checked after it was handled."""
        return due(handled_at, self.check_limit, calendar)
