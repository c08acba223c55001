"""The figures of a span of time, over the cases that the actor sees. Each says of what it is a share.

- reported, closed: cases reported, closed in the span.
- same day: of the cases reported in the span, those closed on the local day of their report.
- on time: of the cases handled in the span that had a deadline, those handled by it (pauses have moved the deadline).
- handling time: from report to handled, wall clock, of the cases handled in the span; the median.
- overdue: open now and past the deadline of their stage; of no span.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, F, FloatField, Func, Q
from django.utils.timezone import get_default_timezone

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.domain.states import OPEN_STATUSES
from gezhi.contexts.cases.queries.lists import CASES, Filters, Found, visible_to
from gezhi.platform.access.actor import Actor

# A table of a city's streets or classes; what comes after says little.
MAX_ROWS = 200
# What is open is not closed: said twice, so that the index of what is not closed is found.
_OPEN = Q(status__in=[status.value for status in OPEN_STATUSES], closed_at__isnull=True)


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


# What was counted under one key, by the name of the figure.
_Sums = Counter[str]
# Days whose reports are counted by one query.
_DAYS_AT_ONCE = 31


def _counted(
    actor: Actor, key: str | None, since: datetime, until: datetime, *, overdue_at: datetime | None = None
) -> dict[Any, _Sums]:
    """The counts of a span by a column (``street_id``, ``class_code``; None: of all together).

    One condition with OR would make the database read every case: each count has a query of its own that walks its own index.
    """
    cases = visible_to(actor)
    closed = cases.filter(closed_at__gte=since, closed_at__lt=until)
    handled = cases.filter(handled_at__gte=since, handled_at__lt=until, handle_due__isnull=False)
    queries = [(closed, {"closed": Count("id")})]
    queries.append(
        (handled, {"handled": Count("id"), "on_time": Count("id", filter=Q(handled_at__lte=F("handle_due")))})
    )
    if overdue_at is not None:
        queries.append((cases.filter(_OPEN, due_at__lt=overdue_at), {"overdue": Count("id")}))
    every_day = list(_days(since, until))
    for place in range(0, len(every_day), _DAYS_AT_ONCE):
        days = every_day[place : place + _DAYS_AT_ONCE]
        first, last = max(days[0][0], since), min(days[-1][1], until)
        same_day = (
            Q(reported_at__gte=begins, reported_at__lt=ends, closed_at__gte=begins, closed_at__lt=ends)
            for begins, ends in days
        )
        reported = cases.filter(reported_at__gte=first, reported_at__lt=last)
        counts = {"reported": Count("id"), "same_day": Count("id", filter=reduce(or_, same_day))}
        queries.append((reported, counts))
    sums: dict[Any, _Sums] = defaultdict(Counter)
    for found, counts in queries:
        for value, row in _grouped(found, key, counts):
            sums[value].update({name: row[name] for name in counts})
    return sums


def _grouped(found: Found, key: str | None, counts: dict[str, Count]) -> Iterator[tuple[Any, dict[str, int]]]:
    if key is None:
        yield None, found.aggregate(**counts)
        return
    for row in found.order_by().values(key).annotate(**counts):
        yield row[key], row


def _days(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The local days that a span touches, each from midnight to midnight."""
    zone = get_default_timezone()
    day = since.astimezone(zone).date()
    begins = datetime.combine(day, time(), tzinfo=zone)
    while begins < until:
        day += timedelta(days=1)
        ends = datetime.combine(day, time(), tzinfo=zone)
        yield begins, ends
        begins = ends


def figures(actor: Actor, *, since: datetime, until: datetime) -> Figures:
    """The figures of a span. Five queries, and one more for each further month."""
    return _totals(actor, _counted(actor, None, since, until), since, until)


def _totals(actor: Actor, counted: dict[Any, _Sums], since: datetime, until: datetime) -> Figures:
    found = sum(counted.values(), _Sums())
    return Figures(
        since=since,
        until=until,
        reported=found["reported"],
        closed=found["closed"],
        same_day=Share(found["same_day"], found["reported"]),
        on_time=Share(found["on_time"], found["handled"]),
        median_handling=_median_handling(actor, since, until),
    )


class _Took(Func):
    """From report to handled, as a number by which it can be sorted: SQLite would call Python for each difference of instants."""

    output_field = FloatField()

    def __init__(self) -> None:
        super().__init__(F("handled_at"), F("reported_at"))

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="EXTRACT(EPOCH FROM %(expressions)s)", arg_joiner=" - ", **extra
        )

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        handled, reported = (compiler.compile(each) for each in self.get_source_expressions())
        return f"julianday({handled[0]}) - julianday({reported[0]})", [*handled[1], *reported[1]]


def _median_handling(actor: Actor, since: datetime, until: datetime) -> timedelta | None:
    handled = visible_to(actor).filter(handled_at__gte=since, handled_at__lt=until)
    count = handled.count()
    if not count:
        return None
    middle = handled.order_by(_Took(), "pk").values_list("handled_at", "reported_at")
    pair: list[timedelta] = [end - start for end, start in middle[(count - 1) // 2 : count // 2 + 1] if end and start]
    return sum(pair, timedelta()) / len(pair)


def overdue(actor: Actor, *, now: datetime) -> int:
    """Open cases past the deadline of their stage."""
    return CASES.count(actor, Filters(open_only=True, overdue_at=now))


def outside_grids(actor: Actor) -> int:
    """Cases that lie in no grid, or whose place is not known so closely."""
    return visible_to(actor).filter(grid__isnull=True).count()


@dataclass(frozen=True, slots=True)
class SpanFigures:
    """The figures of a span, in all and by street and class (those that have any, most reported first)."""

    total: Figures
    by_street: list[FigureRow]
    by_class: list[FigureRow]


def span_figures(actor: Actor, *, since: datetime, until: datetime, now: datetime) -> SpanFigures:
    """The figures of a span and their tables. Eleven queries, and two more for each further month."""
    classes = _counted(actor, "class_code", since, until, overdue_at=now)
    streets = _counted(actor, "street_id", since, until, overdue_at=now)
    return SpanFigures(_totals(actor, classes, since, until), _streets(streets), _classes(classes))


def by_street(actor: Actor, *, since: datetime, until: datetime, now: datetime) -> list[FigureRow]:
    """The figures of each street that has any, most reported first. Five queries, and one more for each further month."""
    return _streets(_counted(actor, "street_id", since, until, overdue_at=now))


def by_class(actor: Actor, *, since: datetime, until: datetime, now: datetime) -> list[FigureRow]:
    """The figures of each class that has any, most reported first. Four queries, and one more for each further month."""
    return _classes(_counted(actor, "class_code", since, until, overdue_at=now))


def _streets(counted: dict[Any, _Sums]) -> list[FigureRow]:
    rows = _rows(counted)
    names = areas.areas_by_id(row.key for row in rows if row.key is not None)
    return [replace(row, name=names[row.key].name) if row.key in names else row for row in rows]


def _classes(counted: dict[Any, _Sums]) -> list[FigureRow]:
    return [replace(row, name=row.key) for row in _rows(counted)]


def _rows(counted: dict[Any, _Sums]) -> list[FigureRow]:
    """Rows by the key, without names."""
    order = sorted(counted, key=lambda key: (-counted[key]["reported"], key is not None, key))
    return [
        FigureRow(
            key=key,
            name="",
            reported=sums["reported"],
            closed=sums["closed"],
            same_day=Share(sums["same_day"], sums["reported"]),
            on_time=Share(sums["on_time"], sums["handled"]),
            overdue=sums["overdue"],
        )
        for key in order[:MAX_ROWS]
        for sums in [counted[key]]
    ]


def queue_counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """How many open cases stand in each status, are overdue, or need attention. Two queries."""
    wanted = {status.value: Count("id", filter=Q(status=status.value)) for status in OPEN_STATUSES}
    wanted["overdue"] = Count("id", filter=Q(due_at__lt=now))
    open_cases = visible_to(actor).filter(_OPEN).aggregate(**wanted)
    # A closed case that its reporter calls unsolved needs attention too.
    attention = CASES.count(actor, Filters(needs_attention=True))
    return {**open_cases, "attention": attention}
