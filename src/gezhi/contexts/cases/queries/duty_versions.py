"""The versions of the duty table: which there are, what is in one, and where another one would have sent cases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from functools import lru_cache

from django.db.models import Count, QuerySet
from django.utils import timezone

from gezhi.contexts.areas.queries import Located, ancestors_of
from gezhi.contexts.cases.catalogue import Catalogue, Route, catalogue
from gezhi.contexts.cases.domain.class_table import Condition
from gezhi.contexts.cases.domain.duty_table import DutyRow
from gezhi.contexts.cases.domain.routing import Duty
from gezhi.contexts.cases.filing import require_condition
from gezhi.contexts.cases.in_force import DUTY_VERSIONS
from gezhi.contexts.cases.models import Case, DutyRule, DutyTable
from gezhi.contexts.cases.models.duty import as_texts
from gezhi.contexts.cases.rows import CaseRow
from gezhi.kernel.errors import NotFound

MOST_VERSIONS = 50
_AT_A_TIME = 2_000
_FIELDS = tuple(one.name for one in fields(DutyRow))


@dataclass(frozen=True, slots=True)
class DutyVersion:
    """A version of the duty table."""

    number: int
    name: str
    in_force: bool
    waiting: bool
    withdrawn: bool
    effective_from: datetime
    rows: int


def duty_versions() -> list[DutyVersion]:
    """The versions, the newest first; the latest fifty."""
    gone = DUTY_VERSIONS.taken_back()
    return [_version(one, withdrawn=one.pk in gone) for one in _counted().order_by("-pk")[:MOST_VERSIONS]]


def _counted() -> QuerySet[DutyTable]:
    return DutyTable.objects.annotate(count=Count("rules"))


def _version(one: DutyTable, *, withdrawn: bool = False) -> DutyVersion:
    rows = getattr(one, "count", 0)
    return DutyVersion(one.number, one.name, one.in_force, one.waiting, withdrawn, one.effective_from, rows)


# As ``catalogue`` writes down which row decided.
_DUTY_ROW = re.compile(r"duty row (\d+)")


@dataclass(frozen=True, slots=True)
class DutyLine:
    """The row that routed a case. ``line``: where it stands in the table in force, as that is exported under a line of headings;
    None for one of an earlier version."""

    line: int | None


def duty_line(routing_reason: str) -> DutyLine | None:
    """The row of the duty table that a reason names; None where no row decided."""
    named = _DUTY_ROW.match(routing_reason)
    if named is None:
        return None
    rule_id = int(named[1])
    return DutyLine(next((line for line, duty in enumerate(catalogue().duties, start=2) if duty.id == rule_id), None))


def duty_rows_of(number: int | None = None) -> list[DutyRow]:
    """The rows of the version with this number, or of the one in force, in their order. Raises ``NotFound``."""
    found = DutyTable.objects.filter(**({"in_force": True} if number is None else {"number": number})).first()
    if found is None:
        raise NotFound("no_duty_table", "there is no such version of the duty table")
    rows = DutyRule.objects.filter(table=found).order_by("pk").values(*_FIELDS)
    return [DutyRow(**as_texts(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class Rerouted:
    """A case that another duty table sends elsewhere. Bodies by id; None: nobody, it falls to the hub."""

    case_id: int
    number: str
    class_code: str
    reported_at: datetime
    before: Route
    after: Route


@dataclass(slots=True)
class Preview:
    """What ``cases_elsewhere`` has looked at so far."""

    looked_at: int = 0
    elsewhere: int = 0
    to_nobody: int = 0


def cases_elsewhere(
    rows: Sequence[DutyRow], *, since: datetime, until: datetime, preview: Preview
) -> Iterator[Rerouted]:
    """The cases reported from ``since`` up to ``until`` that a table of these rows sends to another body than the table in force,
    the newest first. ``preview`` counts along.

    Both tables route every case anew, by the class that it has now and the time of its report: what its history says was decided
    by the tables of its day. Parts of joint cases are given by hand, and no table sends them anywhere.
    """
    in_force = catalogue()
    proposed = with_duties(in_force, rows)
    before, after = _Routing(in_force), _Routing(proposed)
    # Where no row asks for the time, one answer serves all hours.
    timed = any(duty.timed for duty in (*in_force.duties, *proposed.duties))
    reported = Case.objects.filter(reported_at__gte=since, reported_at__lt=until, parent__isnull=True)
    found = reported.order_by("-reported_at", "-pk")
    fields = ("pk", "number", "class_code", "reported_at", "condition", *_PLACE)
    for pk, number, class_code, reported_at, condition, *place in found.values_list(*fields).iterator(_AT_A_TIME):
        preview.looked_at += 1
        matter = (class_code, condition, _hour_of(reported_at) if timed else since, *place)
        was, becomes = before.of(*matter), after.of(*matter)
        if was.organisation_id == becomes.organisation_id:
            continue
        preview.elsewhere += 1
        preview.to_nobody += becomes.organisation_id is None
        yield Rerouted(pk, number, class_code, reported_at, was, becomes)


_PLACE = ("city_id", "district_id", "street_id", "community_id", "grid_id")


def _hour_of(moment: datetime) -> datetime:
    """An instant of the same month and hour of the day in the city's local time, the same for all such moments."""
    return timezone.localtime(moment).replace(year=2000, day=1, minute=0, second=0, microsecond=0)


class _Routing:
    """Routes of one table, each matter of a class at a place decided once."""

    def __init__(self, table: Catalogue) -> None:
        self.of = lru_cache(maxsize=20_000)(self._of)
        self._table = table

    def _of(self, class_code: str, condition: int | None, at: datetime, *place: int | None) -> Route:
        finest = next((area_id for area_id in reversed(place) if area_id is not None), 0)
        located = Located(finest, *place)
        return self._table.route(class_code=class_code, place=located, condition=condition, at=at)


def with_duties(in_force: Catalogue, rows: Sequence[DutyRow]) -> Catalogue:
    """The catalogue in force with another duty table. Rows are numbered by their place, from 1."""
    duties = tuple(Duty(id=place, **asdict(row)) for place, row in enumerate(rows, start=1))
    return replace(in_force, duties=duties)


def decides_nothing(rows: Sequence[DutyRow]) -> list[int]:
    """The places of rows (from 0) that no matter can fall under: no class in force begins with their prefix, or the condition is
    beyond those of each of its classes."""
    minors = [row for row in catalogue().classes.values() if row.is_minor]
    return [
        place
        for place, row in enumerate(rows)
        if not any(
            one.code.startswith(row.class_prefix) and (row.condition or 1) <= max(1, len(one.limits)) for one in minors
        )
    ]


def reaches_nobody(rows: Sequence[DutyRow]) -> list[int]:
    """The places of rows (from 0) that find no body: it is not in use, or no area has one of this kind. What they decide falls to
    the hub."""
    in_force = catalogue()
    kinds = {kind for kind, _area in in_force.organisations}
    return [
        place
        for place, row in enumerate(rows)
        if (
            row.organisation_id not in in_force.bodies
            if row.organisation_id is not None
            else row.organisation_kind not in kinds
        )
    ]


@dataclass(frozen=True, slots=True)
class Answer:
    """Who settles matters of a class at a place, and why. ``decided``: the row that decides; ``others``: the rows that speak of
    the matter too, now or at other times, in the order in which they would; ``inside``: rows for smaller areas within the place.
    ``conditions``: the class's filing conditions. ``version``: of the table in force, None where there is none.
    ``numbers``: row id → its line in the table as it is exported, where the first line holds the headings."""

    route: Route
    decided: Duty | None
    others: tuple[Duty, ...]
    inside: tuple[Duty, ...]
    conditions: tuple[Condition, ...]
    version: DutyVersion | None
    numbers: dict[int, int]


def who_settles(*, class_code: str, place: Located, condition: int | None = None, now: datetime) -> Answer:
    """Answer by the tables in force for a report of this moment; without a ``condition`` for the first. Raises ``InvalidInput``
    for a class that is not in force, or a condition that it has not."""
    in_force = catalogue()
    entry = in_force.entry(class_code)
    require_condition(entry, condition)
    route = in_force.route(class_code=class_code, place=place, condition=condition, at=now)
    fitting = in_force.fitting(class_code=class_code, place=place, condition=condition)
    table = _counted().filter(in_force=True).first()
    return Answer(
        route,
        next((duty for duty in fitting if duty.id == route.duty_id), None),
        tuple(duty for duty in fitting if duty.id != route.duty_id),
        tuple(duty for duty in in_force.duties if class_code.startswith(duty.class_prefix) and _is_inside(duty, place)),
        entry.conditions,
        None if table is None else _version(table),
        {duty.id: row for row, duty in enumerate(in_force.duties, start=2)},
    )


def routed_today(case: CaseRow, *, condition: int | None) -> Route:
    """Where a case would go by the table in force and the powers of today, whatever was decided when it was reported;
    of rows that hold at some times only, those of the time of its report. No query."""
    place = (case["city_id"], case["district_id"], case["street_id"], case["community_id"], case["grid_id"])
    finest = next((area_id for area_id in reversed(place) if area_id is not None), 0)
    located = Located(finest, *place)
    return catalogue().route(class_code=case["class_code"], place=located, condition=condition, at=case["reported_at"])


def _is_inside(duty: Duty, place: Located) -> bool:
    if duty.area_id is None or duty.area_id in place.lineage:
        return False
    try:
        return place.area_id in ancestors_of(duty.area_id).lineage
    except LookupError:
        # An area that is no more.
        return False


def duties_of_body(organisation_id: int) -> int:
    """How many rows of the duty table in force name this very body. No query."""
    return sum(duty.organisation_id == organisation_id for duty in catalogue().duties)


@dataclass(frozen=True, slots=True)
class Settled:
    """Of how many classes the table in force finds a body at a place, and how many there are."""

    settled: int
    classes: int


def settled_at(place: Located, *, now: datetime) -> Settled:
    """For how many minor classes a body is found at a place; the matters of the others wait at the hub. No query."""
    in_force = catalogue()
    minors = [row.code for row in in_force.classes.values() if row.is_minor]
    found = (in_force.route(class_code=code, place=place, condition=None, at=now).organisation_id for code in minors)
    return Settled(sum(body is not None for body in found), len(minors))
