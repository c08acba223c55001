"""The figures of a span of time, over the cases that the actor sees. Each says of what it is a share.

- reported, closed: cases reported, closed in the span.
- same day: of the cases reported in the span, those closed on the local day of their report.
- on time: of the cases handled in the span that had a deadline, those handled by it (pauses have moved the deadline).
- handling time: from report to handled, wall clock, of the cases handled in the span; the median.
- overdue: open now and past the deadline of their stage; of no span.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet

from gezhi.contexts.cases.domain.states import OPEN_STATUSES
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries.lists import CASES, LOCAL_DAYS, Filters, visible_to
from gezhi.platform.access.actor import Actor

# A table of a city's streets or classes; what comes after says little.
MAX_ROWS = 200
_OPEN = Q(status__in=[status.value for status in OPEN_STATUSES])


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole; ``share`` is None of an empty whole."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one span (half open: from, not including to)."""

    since: datetime
    until: datetime
    reported: int
    closed: int
    same_day: Share
    on_time: Share
    median_handling: timedelta | None


@dataclass(frozen=True, slots=True)
class FigureRow:
    """The figures of one street or class."""

    key: Any
    name: str
    reported: int
    closed: int
    same_day: Share
    on_time: Share
    overdue: int


def _counts(since: datetime, until: datetime, now: datetime) -> dict[str, Count]:
    reported = Q(reported_at__gte=since, reported_at__lt=until)
    handled = Q(handled_at__gte=since, handled_at__lt=until, handle_due__isnull=False)
    return {
        "reported": Count("id", filter=reported),
        "closed": Count("id", filter=Q(closed_at__gte=since, closed_at__lt=until)),
        "same_day": Count("id", filter=reported & Q(closed_day=F("reported_day"))),
        "handled": Count("id", filter=handled),
        "on_time": Count("id", filter=handled & Q(handled_at__lte=F("handle_due"))),
        "overdue": Count("id", filter=_OPEN & Q(due_at__lt=now)),
    }


def _touched(actor: Actor, since: datetime, until: datetime) -> QuerySet[Case]:
    """Cases that any figure of the span counts."""
    span = [Q(**{f"{name}__gte": since, f"{name}__lt": until}) for name in ("reported_at", "closed_at", "handled_at")]
    return visible_to(actor).annotate(**LOCAL_DAYS).filter(span[0] | span[1] | span[2] | _OPEN)


def figures(actor: Actor, *, since: datetime, until: datetime) -> Figures:
    """The figures of a span. Three queries."""
    found = _touched(actor, since, until).aggregate(**_counts(since, until, until))
    return Figures(
        since=since,
        until=until,
        reported=found["reported"],
        closed=found["closed"],
        same_day=Share(found["same_day"], found["reported"]),
        on_time=Share(found["on_time"], found["handled"]),
        median_handling=_median_handling(actor, since, until),
    )


def _median_handling(actor: Actor, since: datetime, until: datetime) -> timedelta | None:
    took = ExpressionWrapper(F("handled_at") - F("reported_at"), output_field=DurationField())
    handled = visible_to(actor).filter(handled_at__gte=since, handled_at__lt=until)
    count = handled.count()
    if not count:
        return None
    middle = handled.annotate(took=took).order_by("took").values_list("took", flat=True)
    pair = list(middle[(count - 1) // 2 : count // 2 + 1])
    return sum(pair, timedelta()) / len(pair)


def overdue(actor: Actor, *, now: datetime) -> int:
    """Open cases past the deadline of their stage."""
    return CASES.count(actor, Filters(open_only=True, overdue_at=now))


def outside_grids(actor: Actor) -> int:
    """Cases that lie in no grid, or whose place is not known so closely."""
    return visible_to(actor).filter(grid__isnull=True).count()


def by_street(actor: Actor, *, since: datetime, until: datetime, now: datetime) -> list[FigureRow]:
    """The figures of each street that has any, most reported first. One query."""
    return _rows(_touched(actor, since, until), ("street_id", "street__name"), since, until, now)


def by_class(actor: Actor, *, since: datetime, until: datetime, now: datetime) -> list[FigureRow]:
    """The figures of each class that has any, most reported first. One query."""
    return _rows(_touched(actor, since, until), ("class_code", "class_code"), since, until, now)


def _rows(
    cases: QuerySet[Case], columns: tuple[str, str], since: datetime, until: datetime, now: datetime
) -> list[FigureRow]:
    key, name = columns
    counted: Iterable[Mapping[str, Any]] = (
        cases.values(*dict.fromkeys(columns))
        .annotate(**_counts(since, until, now))
        .order_by("-reported", key)[:MAX_ROWS]
    )
    return [
        FigureRow(
            key=row[key],
            name=row[name] or "",
            reported=row["reported"],
            closed=row["closed"],
            same_day=Share(row["same_day"], row["reported"]),
            on_time=Share(row["on_time"], row["handled"]),
            overdue=row["overdue"],
        )
        for row in counted
    ]


def queue_counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """How many open cases stand in each status, are overdue, or need attention. One query."""
    wanted = {status.value: Count("id", filter=Q(status=status.value)) for status in OPEN_STATUSES}
    wanted["overdue"] = Count("id", filter=Q(due_at__lt=now))
    open_cases = visible_to(actor).filter(_OPEN).aggregate(**wanted)
    # A closed case that its reporter calls unsolved needs attention too.
    attention = CASES.count(actor, Filters(needs_attention=True))
    return {**open_cases, "attention": attention}
