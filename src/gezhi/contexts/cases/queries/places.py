"""Where cases come up, for whoever plans with them: counts and places, without words, names or numbers of telephones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries.lists import Filters, filtered, seen_whole, visible_to
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.access.actor import Actor

# A city's cases of some years; more say no better where work comes up.
MOST_PLACES = 200_000
# Somebody still has to go there, or is there.
_TO_GO = (CaseStatus.REPORTED, CaseStatus.DISPATCHED, CaseStatus.HANDLING)


@dataclass(frozen=True, slots=True)
class TaskPlace:
    """A case to which somebody has to go, or at which somebody is. ``grid_id`` is None where only a wider area is known;
    ``lon``, ``lat`` (WGS84) where only the area is. ``since``: when its clock began."""

    id: int
    number: str
    status: CaseStatus
    class_code: str
    grid_id: int | None
    lon: float | None
    lat: float | None
    assignee_id: int | None
    organisation_id: int | None
    since: datetime
    dispatched_at: datetime | None


def _reported(actor: Actor, area: tuple[AreaLevel, int], since: datetime, until: datetime) -> QuerySet[Case]:
    """Matters of the span that were not called off: parts are of their whole."""
    span = Filters(area=(area[0].value, area[1]), reported_from=since, reported_to=until)
    found: QuerySet[Case] = filtered(visible_to(actor), span)
    return found.exclude(status=CaseStatus.CANCELLED.value).filter(parent__isnull=True)


def count_reported(
    actor: Actor, *, area: tuple[AreaLevel, int], by: AreaLevel, since: datetime, until: datetime
) -> dict[int, int]:
    """How many cases were reported in each area of the level ``by`` that lies in ``area``; one without any is left out."""
    column = f"{by.value}_id"
    rows = _reported(actor, area, since, until).filter(**{f"{column}__isnull": False}).order_by()
    return dict(rows.values_list(column).annotate(Count("id")))


def places_reported(
    actor: Actor, *, area: tuple[AreaLevel, int], since: datetime, until: datetime
) -> list[tuple[float, float]]:
    """Longitude and latitude of each case reported in the span in ``area``, the last ``MOST_PLACES`` of those that have a
    point."""
    rows = _reported(actor, area, since, until).filter(lon__isnull=False, lat__isnull=False)
    newest = rows.order_by("-reported_at", "-pk").values_list("lon", "lat")[:MOST_PLACES]
    return [(lon, lat) for lon, lat in newest if lon is not None and lat is not None]


def tasks_in(actor: Actor, *, area: tuple[AreaLevel, int], most: int) -> list[TaskPlace]:
    """Cases in ``area`` that are reported, dispatched or being handled, the oldest first.

    Raises ``InvalidInput`` where there are more than ``most``.
    """
    wanted = Filters(area=(area[0].value, area[1]), statuses=_TO_GO)
    columns = ("id", "number", "status", "class_code", "grid_id", "lon", "lat", "assignee_id", "organisation_id")
    times = ("clock_start", "reported_at", "dispatched_at")
    found: QuerySet[Case] = filtered(seen_whole(actor), wanted).order_by("reported_at", "id")
    rows = list(found.values_list(*columns, *times)[: most + 1])
    if len(rows) > most:
        raise InvalidInput(
            "too_many_cases", f"more than {most} cases are open there: take a smaller area", field="area"
        )
    return [
        TaskPlace(
            pk, number, CaseStatus(status), code, grid, lon, lat, person, body, clock_start or reported_at, sent_at
        )
        for pk, number, status, code, grid, lon, lat, person, body, clock_start, reported_at, sent_at in rows
    ]
