"""Take over cases from another register: many at a time, each with a history of its own.

An imported case has one history row for its report and, where the source says so, one for its closing; both say that
they were imported. Nothing in between is made up: who was dispatched when is not known. Its place is trusted no further
than it deserves: a point on which the source puts what it could not locate gives the case no grid.

One event is published for a whole batch: an import is history, not news, and lists are read afresh.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.db import transaction

from gezhi.contexts.areas.queries import Located, ancestors_of, bounds, locate_many, root
from gezhi.contexts.cases.domain.clocks import next_due
from gezhi.contexts.cases.domain.states import CaseStatus, Channel, LocationQuality, Urgency
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.events import cases_imported
from gezhi.contexts.cases.evidence import REPORTED
from gezhi.contexts.cases.filing import file_matter
from gezhi.contexts.cases.kind import CASE, chain_of
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.numbering import numbers_of
from gezhi.kernel.datum import Bounds, Datum, position_doubts, to_wgs84
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.fold import Columns
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.chain import append
from gezhi.platform.audit.record import record
from gezhi.platform.bulk import insert_rows, keys_of
from gezhi.platform.steps.perform import Moment, columns_at_first, history_row
from gezhi.platform.steps.topics import touched_by
from gezhi.platform.worktime.city_calendar import city_calendar


@dataclass(frozen=True, slots=True)
class ImportedCase:
    """A case as another register holds it. Instants are aware; ``lon``/``lat`` are degrees in ``datum``."""

    external_id: str
    class_code: str
    description: str
    reported_at: datetime
    address: str = ""
    closed_at: datetime | None = None
    due_at: datetime | None = None
    closing_note: str = ""
    lon: float | None = None
    lat: float | None = None
    datum: Datum = Datum.WGS84
    # The source puts there what it could not locate.
    on_default_point: bool = False
    organisation_id: int | None = None
    channel: Channel = Channel.IMPORT


@dataclass(frozen=True, slots=True)
class ImportedBatch:
    """What became of a batch: how many are new, how many were there already, and per row what its point says.

    ``area_ids`` holds for every row the finest area under its point, 0 where there is none, whether trusted or not.
    """

    imported: int
    existing: int
    area_ids: list[int]
    qualities: list[LocationQuality]


def import_cases(*, actor: Actor, source: str, rows: Sequence[ImportedCase], now: datetime) -> ImportedBatch:
    """Write the rows that are not there yet (same ``source`` and external id), all or none, in one transaction.

    Raises ``NotAllowed`` unless the system itself acts, ``InvalidInput`` for an unknown class (naming the case) and
    where there are no areas yet.
    """
    require_in(actor, "import_cases")
    places = _places_in_city(rows)
    with transaction.atomic():
        known = _known(source, rows)
        fresh = [(row, place) for row, place in zip(rows, places, strict=True) if row.external_id not in known]
        if fresh:
            opened = _write(actor, source, fresh)
            record(
                actor=actor,
                action="cases.imported",
                object_type="case_source",
                object_id=source,
                data={"rows": len(fresh), "first": fresh[0][0].external_id, "last": fresh[-1][0].external_id},
                now=now,
            )
            cases_imported(source=source, rows=len(fresh), touched=touched_by(CASE.live, opened), now=now)
    return _batch(rows, places, known)


def foresee_import(*, actor: Actor, source: str, rows: Sequence[ImportedCase]) -> ImportedBatch:
    """What ``import_cases`` would do with these rows: its figures, and nothing is written.

    Raises ``NotAllowed`` and ``InvalidInput`` (``no_areas``) as it does.
    """
    require_in(actor, "import_cases")
    return _batch(rows, _places_in_city(rows), _known(source, rows))


def _batch(rows: Sequence[ImportedCase], places: Sequence[_Place], known: set[str]) -> ImportedBatch:
    existing = sum(row.external_id in known for row in rows)
    return ImportedBatch(
        imported=len(rows) - existing,
        existing=existing,
        area_ids=[place.under_point for place in places],
        qualities=[place.quality for place in places],
    )


def _known(source: str, rows: Sequence[ImportedCase]) -> set[str]:
    """Which of the rows' ids are cases of this source already."""
    return set(keys_of(Case, "external_id", [row.external_id for row in rows], {"external_source": source}))


@dataclass(frozen=True, slots=True)
class _Place:
    located: Located
    under_point: int
    quality: LocationQuality
    lon: float | None
    lat: float | None


def _places_in_city(rows: Sequence[ImportedCase]) -> list[_Place]:
    box, city = bounds(), root()
    if box is None or city is None:
        raise InvalidInput("no_areas", "this city has no areas yet; import them first", field="file")
    return _places(rows, box=box, city=ancestors_of(city.id))


def _places(rows: Sequence[ImportedCase], *, box: Bounds, city: Located) -> list[_Place]:
    """Where each row belongs, and how far its point can be trusted."""
    points: list[tuple[float, float] | None] = [_believable(row, box) for row in rows]
    with_point = [index for index, point in enumerate(points) if point is not None]
    under = np.zeros(len(rows), dtype=np.int64)
    if with_point:
        lon, lat = np.array([points[index] for index in with_point]).T
        under[with_point] = locate_many(lon, lat)
    places = []
    for row, point, area_id in zip(rows, points, under.tolist(), strict=True):
        if point is None or not area_id:
            places.append(_Place(city, 0, LocationQuality.UNLOCATED, None, None))
        elif row.on_default_point:
            places.append(_Place(city, area_id, LocationQuality.DOUBTFUL, *point))
        else:
            places.append(_Place(ancestors_of(area_id), area_id, LocationQuality.EXACT, *point))
    return places


def _believable(row: ImportedCase, box: Bounds) -> tuple[float, float] | None:
    """The row's point in WGS84, None where it cannot be one: absent, 0/0, out of range, rounded to whole degrees."""
    if row.lon is None or row.lat is None or position_doubts(row.lon, row.lat, bounds=box):
        return None
    if row.lon.is_integer() and row.lat.is_integer():
        return None
    return to_wgs84(row.lon, row.lat, row.datum)


def _write(actor: Actor, source: str, fresh: Sequence[tuple[ImportedCase, _Place]]) -> list[Columns]:
    """Insert the cases and their history; returns the columns with which they were opened."""
    numbers = _numbers([row.reported_at for row, _ in fresh])
    opened = [_columns(row, place) for row, place in fresh]
    closed = [_closing(row) for row, _ in fresh]
    insert_rows(
        Case,
        (
            {
                "number": number,
                "version": 1 + bool(closing),
                "external_source": source,
                "external_id": row.external_id,
                **opening,
                **closing,
            }
            for (row, _), number, opening, closing in zip(fresh, numbers, opened, closed, strict=True)
        ),
    )
    ids = keys_of(Case, "number", numbers)
    chains: dict[str, list[Columns]] = {}
    for (row, _), number, opening, closing in zip(fresh, numbers, opened, closed, strict=True):
        chain = chains.setdefault(chain_of(opening["district_id"]), [])
        fixed = REPORTED.digest_of_new(
            ids[number], {"number": number, "external_source": source, "external_id": row.external_id}
        )
        chain.append(
            history_row(
                CASE,
                ids[number],
                version=1,
                action=Action.REPORT,
                changes=columns_at_first(CASE, opening),
                at=Moment(row.reported_at, actor, f"imported from {source}", "system"),
                between=("", opening["status"]),
                evidence=fixed,
            )
        )
        if closing:
            chain.append(
                history_row(
                    CASE,
                    ids[number],
                    version=2,
                    action=Action.CLOSE,
                    changes=closing,
                    at=Moment(closing["closed_at"], actor, row.closing_note, "system"),
                    between=(opening["status"], closing["status"]),
                )
            )
    # In the order of their names, so that two imports at once never wait for each other's chain in a circle.
    for name in sorted(chains):
        append(name, CaseStep, chains[name])
    return opened


def _columns(row: ImportedCase, place: _Place) -> Columns:
    located, calendar = place.located, city_calendar()
    try:
        filing = file_matter(
            class_code=row.class_code,
            condition=None,
            place=located,
            start=row.reported_at,
        )
    except InvalidInput as error:
        said = filled(
            "case %(number)s: %(fault)s", number=row.external_id, fault=error.said if error.said else error.message
        )
        raise InvalidInput(error.code, said, field=error.field) from error
    if row.organisation_id is not None:
        # When it was given to the body that has it, is not told.
        filing = replace(filing, terms=replace(filing.terms, handling_start=row.reported_at))
    status = CaseStatus.REPORTED if row.organisation_id is None else CaseStatus.DISPATCHED
    values: Columns = {
        "status": status.value,
        "description": row.description,
        "address": row.address,
        "lon": place.lon,
        "lat": place.lat,
        "source_datum": None if row.lon is None else row.datum.value,
        "source_lon": row.lon,
        "source_lat": row.lat,
        "location_quality": place.quality.value,
        "city_id": located.city_id,
        "district_id": located.district_id,
        "street_id": located.street_id,
        "community_id": located.community_id,
        "grid_id": located.grid_id,
        "channel": row.channel.value,
        "urgency": Urgency.ORDINARY.value,
        **filing.columns(),
        "suggested_organisation_id": row.organisation_id or filing.route.organisation_id,
        "organisation_id": row.organisation_id,
        "reported_at": row.reported_at,
        "dispatch_due": filing.terms.dispatch_due(calendar),
        "handle_due": row.due_at or filing.terms.handle_due(calendar),
        "total_due": filing.terms.total_due(calendar),
    }
    return {**values, "due_at": next_due(status, values)}


def _closing(row: ImportedCase) -> Columns:
    if row.closed_at is None:
        return {}
    return {"status": CaseStatus.CLOSED.value, "closed_at": row.closed_at, "due_at": None}


def _numbers(moments: Sequence[datetime]) -> list[str]:
    """Case numbers of the days on which the cases were reported, in the order given. One statement a day."""
    zone = ZoneInfo(settings.TIME_ZONE)
    days = [moment.astimezone(zone).date() for moment in moments]
    sample = dict(zip(days, moments, strict=True))
    following = {day: iter(numbers_of(sample[day], count)) for day, count in sorted(Counter(days).items())}
    return [next(following[day]) for day in days]
