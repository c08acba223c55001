"""The row of a case as lists, live events and the API show it: one projection, one query, the same everywhere."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.contrib.auth import get_user_model
from django.db.models import F
from django.db.models.functions import Substr

from gezhi.contexts.areas.queries import name_of
from gezhi.contexts.cases.catalogue import bodies_named
from gezhi.contexts.cases.models import Case
from gezhi.platform.kept import KeptByKey
from gezhi.platform.steps.rows import Rows

EXCERPT = 160


class CaseRow(TypedDict):
    """A case in a list. Instants are aware UTC, positions WGS84 degrees; ``excerpt`` are the first words of its description."""

    id: int
    number: str
    version: int
    status: str
    class_code: str
    excerpt: str
    address: str
    lon: float | None
    lat: float | None
    location_quality: str
    city_id: int | None
    district_id: int | None
    street_id: int | None
    community_id: int | None
    grid_id: int | None
    street_name: str | None
    community_name: str | None
    grid_name: str | None
    channel: str
    urgency: str
    suggested_organisation_id: int | None
    organisation_id: int | None
    organisation_name: str | None
    assignee_id: int | None
    assignee_name: str | None
    reporter_user_id: int | None
    registered_by_id: int | None
    outcome: str
    return_count: int
    rework_count: int
    remind_count: int
    rating_solved: bool | None
    rating_score: int | None
    needs_attention: bool
    request: str
    joined_count: int
    reported_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


_JOINED = {
    "excerpt": Substr("description", 1, EXCERPT),
    "street_name": F("street__name"),
    "community_name": F("community__name"),
    "grid_name": F("grid__name"),
    "organisation_name": F("organisation__name"),
    "assignee_name": F("assignee__display_name"),
}


ROWS = Rows(Case, CaseRow, _JOINED)


def row_of(case: Case) -> CaseRow:
    """The same row made of a case at hand, names from memory: no query, or a few for names that are not in it."""
    return ROWS.of(
        case,
        excerpt=case.description[:EXCERPT],
        street_name=name_of(case.street_id),
        community_name=name_of(case.community_id),
        grid_name=name_of(case.grid_id),
        organisation_name=_organisation_name(case.organisation_id),
        assignee_name=_name_of_person(case.assignee_id),
    )


def _name_of_person(user_id: int | None) -> str | None:
    return None if user_id is None else _DISPLAY_NAMES([user_id])[user_id]


_DISPLAY_NAMES = KeptByKey(
    lambda keys: dict(get_user_model().objects.filter(pk__in=keys).values_list("pk", "display_name")), seconds=10.0
)


def _organisation_name(organisation_id: int | None) -> str | None:
    return None if organisation_id is None else bodies_named([organisation_id])[organisation_id].name
