"""The figures of a span of time, over the cases that the actor sees, those of handling over what the actor sees all of. Each says
of what it is a share.

A report is what somebody made. One that was merged with another is a report of its own, answered by itself, but no case of its
own: one case was worked on. The part of a body that was called in is work within a case, neither report nor case.

- reported: reports made in the span, those that were merged among them, parts not.
- closed: cases closed in the span, neither parts nor reports that were closed with another.
- same day: of the reports made in the span, those closed on the local day of their report.
- on time: of the cases handled in the span that had a deadline, those handled by it (pauses have moved the deadline). What
  two people took out of the score (an appeal that was granted, an unreasonable demand) is in neither. No parts.
- parts on time: the same of the parts of bodies that were called in.
- handling time: from report to handled, wall clock, of the cases handled in the span; the median. No parts.
- overdue: open now and past the deadline of their stage, parts too, for somebody owes each; of no span.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache, reduce
from itertools import chain
from operator import or_
from typing import Any

from django.db.models import Case, CharField, Count, F, FloatField, Func, IntegerField, Q, Value, When
from django.utils.timezone import get_default_timezone

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases import models
from gezhi.contexts.cases.domain.states import OPEN_STATUSES, CaseStatus
from gezhi.contexts.cases.policy import SCOPES
from gezhi.contexts.cases.queries.lists import Found, seen_whole, visible_to
from gezhi.kernel.periods import Period
from gezhi.platform.access.actor import Actor
from gezhi.platform.prepared import Inquiry, Rows
from gezhi.platform.steps.addresses import days_in
from gezhi.platform.steps.scopes import OverSight, OverSightOfFew

# A table of a city's streets or classes; what comes after says little.
MAX_ROWS = 200
# What is open is not closed: said twice, so that the index of what is not closed is found.
_OPEN = Q(status__in=[status.value for status in OPEN_STATUSES], closed_at__isnull=True)


NO_PART = Q(parent__isnull=True)
_HAD_DEADLINE = Q(handle_due__isnull=False, unscored="")
_IN_TIME = Q(handled_at__lte=F("handle_due"), unscored="")


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
    parts_on_time: Share
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
_Sums = dict[str, int]
_NONE = dict.fromkeys(
    (
        "reported",
        "same_day",
        "closed",
        "handled",
        "had_deadline",
        "on_time",
        "parts_with_deadline",
        "parts_on_time",
        "overdue",
    ),
    0,
)
# Days whose reports are counted by one query.
_DAYS_AT_ONCE = 31
# The whole is counted by the column with the fewest values; tables by class and street at once, so that a case is read once.
_WHOLE = ("city_id",)
_TABLES = ("class_code", "street_id")


def _counted(
    actor: Actor, columns: tuple[str, ...], since: datetime, until: datetime, *, overdue_at: datetime | None = None
) -> list[dict[Any, _Sums]]:
    """The counts of a span, a table for each of some columns by its values.

    One condition with OR would make the database read every case: each count has a query of its own that walks its own index.
    """
    span = {"since": since, "until": until}
    asked: list[tuple[_Question, dict[str, datetime]]] = [(_CLOSED, span), (_HANDLED, span)]
    if overdue_at is not None:
        asked.append((_OVERDUE, {"overdue_at": overdue_at}))
    every_day = list(_days(since, until))
    for place in range(0, len(every_day), _DAYS_AT_ONCE):
        days = every_day[place : place + _DAYS_AT_ONCE]
        bounds = {"since": max(days[0][0], since), "until": min(days[-1][1], until)}
        for number, (begins, ends) in enumerate(days):
            bounds |= {f"begins_{number}": begins, f"ends_{number}": ends}
        asked.append((_reported(len(days)), bounds))
    tables: list[dict[Any, _Sums]] = [defaultdict(_NONE.copy) for _ in columns]
    for question, values in asked:
        rows = _grouped(question, columns).rows(actor, **values)
        # A count after the other: most of the rows have one case, and a page has thousands of them.
        for place, name in enumerate(question.counts, len(columns)):
            counting = [row for row in rows if row[place]]
            for key, table in enumerate(tables):
                for row in counting:
                    table[row[key]][name] += row[place]
    return tables


@dataclass(frozen=True, eq=False)
class _Question:
    """Which cases are counted between some instants, and what is counted of them; ``inner``: of what is the office's own."""

    narrow: Callable[..., Found]
    instants: tuple[str, ...]
    counts: dict[str, Count]
    inner: bool = False


_CLOSED = _Question(
    lambda seen, since, until: seen.filter(
        NO_PART, closed_at__gte=since, closed_at__lt=until, merged_into__isnull=True
    ),
    ("since", "until"),
    {"closed": Count("id")},
)
_HANDLED = _Question(
    lambda seen, since, until: seen.filter(handled_at__gte=since, handled_at__lt=until),
    ("since", "until"),
    {
        "handled": Count("id", filter=NO_PART),
        "had_deadline": Count("id", filter=NO_PART & _HAD_DEADLINE),
        "on_time": Count("id", filter=NO_PART & _IN_TIME),
        "parts_with_deadline": Count("id", filter=~NO_PART & _HAD_DEADLINE),
        "parts_on_time": Count("id", filter=~NO_PART & _IN_TIME),
    },
    inner=True,
)
_OVERDUE = _Question(
    lambda seen, overdue_at: seen.filter(_OPEN, due_at__lt=overdue_at), ("overdue_at",), {"overdue": Count("id")}
)


@lru_cache(maxsize=_DAYS_AT_ONCE)
def _reported(days: int) -> _Question:
    """What was reported in a span of so many days, and closed on the day of the report."""
    instants = [(f"begins_{number}", f"ends_{number}") for number in range(days)]

    def narrow(seen: Found, since: datetime, until: datetime, **bounds: datetime) -> Found:
        same_day = [
            Q(reported_at__gte=bounds[begins], reported_at__lt=bounds[ends])
            & Q(closed_at__gte=bounds[begins], closed_at__lt=bounds[ends])
            for begins, ends in instants
        ]
        found = seen.filter(NO_PART, reported_at__gte=since, reported_at__lt=until)
        return found.alias(closed_same_day=Case(When(reduce(or_, same_day), then=1), output_field=IntegerField()))

    return _Question(
        narrow,
        ("since", "until", *(name for pair in instants for name in pair)),
        {"reported": Count("id"), "same_day": Count("closed_same_day")},
    )


@lru_cache(maxsize=256)
def _grouped(question: _Question, columns: tuple[str, ...]) -> OverSight:
    return OverSight(
        SCOPES,
        models.Case,
        lambda seen, **instants: (
            question.narrow(seen, **instants).order_by().values_list(*columns).annotate(**question.counts)
        ),
        inner=question.inner,
        **dict.fromkeys(question.instants, datetime),
    )


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
    """The figures of a span. Four queries, and one more for each further month."""
    (counted,) = _counted(actor, _WHOLE, since, until)
    return _totals(actor, counted, since, until)


def _totals(actor: Actor, counted: dict[Any, _Sums], since: datetime, until: datetime) -> Figures:
    found = {name: sum(sums[name] for sums in counted.values()) for name in _NONE}
    return Figures(
        since=since,
        until=until,
        reported=found["reported"],
        closed=found["closed"],
        same_day=Share(found["same_day"], found["reported"]),
        on_time=Share(found["on_time"], found["had_deadline"]),
        parts_on_time=Share(found["parts_on_time"], found["parts_with_deadline"]),
        median_handling=_median_handling(actor, since, until, found["handled"]),
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


def _median_handling(actor: Actor, since: datetime, until: datetime, count: int) -> timedelta | None:
    """The median over the ``count`` cases handled in the span, parts not among them."""
    if not count:
        return None
    handled = seen_whole(actor).filter(NO_PART, handled_at__gte=since, handled_at__lt=until)
    middle = handled.order_by(_Took(), "pk").values_list("handled_at", "reported_at")
    pair: list[timedelta] = [end - start for end, start in middle[(count - 1) // 2 : count // 2 + 1] if end and start]
    return sum(pair, timedelta()) / len(pair)


def outside_grids(actor: Actor) -> int:
    """Reports that lie in no grid, or whose place is not known so closely."""
    return visible_to(actor).filter(NO_PART, grid__isnull=True).count()


@dataclass(frozen=True, slots=True)
class SpanFigures:
    """The figures of a span, in all and by street and class (those that have any, most reported first), and what is overdue
    now."""

    total: Figures
    by_street: list[FigureRow]
    by_class: list[FigureRow]
    overdue: int


def span_figures(actor: Actor, *, since: datetime, until: datetime, now: datetime) -> SpanFigures:
    """The figures of a span and their tables. Six queries, and one more for each further month."""
    classes, streets = _counted(actor, _TABLES, since, until, overdue_at=now)
    names = areas.areas_by_id(street for street in streets if street is not None)
    return SpanFigures(
        total=_totals(actor, classes, since, until),
        by_street=_rows(streets, {street: row.name for street, row in names.items()}),
        by_class=_rows(classes, {code: code for code in classes}),
        overdue=sum(sums["overdue"] for sums in classes.values()),
    )


def _rows(counted: dict[Any, _Sums], names: dict[Any, str]) -> list[FigureRow]:
    """A row for each key, most reported first."""
    order = sorted(counted, key=lambda key: (-counted[key]["reported"], key is not None, key))
    return [
        FigureRow(
            key=key,
            name=names.get(key, ""),
            reported=sums["reported"],
            closed=sums["closed"],
            same_day=Share(sums["same_day"], sums["reported"]),
            on_time=Share(sums["on_time"], sums["had_deadline"]),
            overdue=sums["overdue"],
        )
        for key in order[:MAX_ROWS]
        for sums in [counted[key]]
    ]


def queue_counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """How many open cases stand in each status, are overdue, need attention or await a decision; ``pressing``: of those with a
    handler, how many are due today or overdue. One query."""
    return asked_counts(actor, now=now).alone()


def asked_counts(actor: Actor, *, now: datetime) -> Inquiry[dict[str, int]]:
    """The same, to be asked along with more."""
    standing = _STANDING.asked_by(actor, now=now, tomorrow=days_in(Period.TODAY, now).until)
    marked = [question for few in (_ATTENTION, _ASKED) for question in few.asked_by(actor)]
    return Inquiry(standing + marked, _added_up)


def _added_up(rows: list[Rows]) -> dict[str, int]:
    names = (*(status.value for status in OPEN_STATUSES), "overdue", "pressing", "attention", "asked")
    counts = dict.fromkeys(names, 0)
    for name, count, late, today in chain(*rows):
        counts[name] += count
        counts["overdue"] += late
        counts["pressing"] += today if name in _WITH_A_HANDLER else 0
    return counts


_STANDING = OverSight(
    SCOPES,
    models.Case,
    lambda seen, now, tomorrow: (
        seen.filter(_OPEN)
        .order_by()
        .values("status")
        .annotate(
            count=Count("id"),
            late=Count("id", filter=Q(due_at__lt=now)),
            today=Count("id", filter=Q(due_at__lt=tomorrow)),
        )
    ),
    now=datetime,
    tomorrow=datetime,
)
_WITH_A_HANDLER = frozenset({CaseStatus.DISPATCHED.value, CaseStatus.HANDLING.value})


def _in_all(name: str, narrow: Callable[[Found], Found]) -> OverSightOfFew:
    """How many there are of some few cases that an index of their own holds, under a name, in the columns of ``_STANDING``."""
    said, none = Value(name, output_field=CharField()), Value(0, output_field=IntegerField())

    def build(seen: Found) -> Found:
        counted = narrow(seen).order_by().values("needs_attention").annotate(count=Count("id"))
        return counted.annotate(name=said, late=none, today=none).values_list("name", "count", "late", "today")

    return OverSightOfFew(SCOPES, models.Case, build, inner=True)


# A closed case that its reporter calls unsolved needs attention too.
_ATTENTION = _in_all("attention", lambda seen: seen.filter(needs_attention=True))
_ASKED = _in_all("asked", lambda seen: seen.exclude(request=""))
