"""On which terms a case runs: when its clocks began, its limits, and the duty row that gave them.

They are fixed when a case is reported, corrected or reopened, and later steps read nothing else: a new duty table moves no
deadline of a case that runs already, and after a reopening no deadline counts from the first report. The clock of handling
begins when somebody is given the case (DOMAIN: 处置时限); until then its deadline is told as if that happened at the last moment.
An extension (延期) that was granted begins where the limit ends. Where the class sets a limit of the whole (总时限), that clock
runs beside those of the stages, from the report to the closing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.cases.domain.clocks import due
from gezhi.kernel.calendar import Pause, WorkCalendar
from gezhi.kernel.fold import Columns


@dataclass(frozen=True, slots=True)
class Terms:
    """Instants are aware UTC; the limits are written as ``4WH`` or ``5WD``; ``duty_rule_id`` None: no row covers the case.
    ``handling_start``: when it was first given to somebody; None: it was not yet.
    ``extension``: the time that was granted beyond the limit; empty: none.
    ``dispatch_start``: from when the clock of dispatch counts where not from ``clock_start``: after a verification (核实), or when
    a report that was merged into another stands by itself again. ``total_limit``: from the beginning to the closing;
    empty: none."""

    clock_start: datetime
    dispatch_limit: str
    handle_limit: str
    check_limit: str
    duty_rule_id: int | None
    handling_start: datetime | None = None
    extension: str = ""
    dispatch_start: datetime | None = None
    total_limit: str = ""

    def columns(self) -> Columns:
        """The columns of a case that hold its terms."""
        return {
            "clock_start": self.clock_start,
            "dispatch_limit": self.dispatch_limit,
            "handle_limit": self.handle_limit,
            "check_limit": self.check_limit,
            "duty_rule_id": self.duty_rule_id,
            "handling_start": self.handling_start,
            "extension": self.extension,
            "dispatch_start": self.dispatch_start,
            "total_limit": self.total_limit or None,
        }

    def dispatch_due(self, calendar: WorkCalendar) -> datetime:
        """By when the case must have been given to somebody."""
        return due(self.dispatch_start or self.clock_start, self.dispatch_limit, calendar)

    def handle_due(self, calendar: WorkCalendar, pauses: list[Pause] | None = None) -> datetime:
        """By when it must be handled; ``pauses`` are taken out."""
        start = self.handling_start or self.dispatch_due(calendar)
        return self._extended(start, self.handle_limit, calendar, pauses)

    def total_due(self, calendar: WorkCalendar, pauses: list[Pause] | None = None) -> datetime | None:
        """By when it must be closed, pauses and an extension counted as in ``handle_due``; None where no limit is set."""
        if not self.total_limit:
            return None
        return self._extended(self.clock_start, self.total_limit, calendar, pauses)

    def _extended(self, start: datetime, limit: str, calendar: WorkCalendar, pauses: list[Pause] | None) -> datetime:
        ends = due(start, limit, calendar, pauses or ())
        if not self.extension:
            return ends
        # A pause that lies before the limit's end has moved it; what is left of the pauses moves the extension.
        later = [Pause(max(one.start, ends), one.end) for one in pauses or () if one.end is None or one.end > ends]
        return due(ends, self.extension, calendar, later)

    def check_due(self, handled_at: datetime, calendar: WorkCalendar) -> datetime:
        """By when it must be checked after it was handled."""
        return due(handled_at, self.check_limit, calendar)
