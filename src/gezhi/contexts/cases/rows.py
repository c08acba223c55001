"""The row of a case as lists, live events and the API show it: one projection, one query, the same everywhere."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F
from django.db.models.functions import Substr

from gezhi.contexts.areas.queries import name_of
from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.models import Case
from gezhi.contexts.organisations.queries import organisation
from gezhi.platform.steps.rows import Rows

EXCERPT = 160

_PLAIN = (
    "id",
    "number",
    "version",
    "status",
    "class_code",
    "address",
    "lon",
    "lat",
    "location_quality",
    "city_id",
    "district_id",
    "street_id",
    "community_id",
    "grid_id",
    "channel",
    "urgency",
    "suggested_organisation_id",
    "organisation_id",
    "assignee_id",
    "reporter_user_id",
    "registered_by_id",
    "outcome",
    "return_count",
    "rework_count",
    "remind_count",
    "rating_solved",
    "rating_score",
    "needs_attention",
    "reported_at",
    "due_at",
    "closed_at",
)
_JOINED = {
    "excerpt": Substr("description", 1, EXCERPT),
    "street_name": F("street__name"),
    "community_name": F("community__name"),
    "grid_name": F("grid__name"),
    "organisation_name": F("organisation__name"),
    "assignee_name": F("assignee__display_name"),
}


ROWS = Rows(Case, _PLAIN, _JOINED)


def row_of(case: Case) -> dict[str, Any]:
    """The same row made of a case at hand, names from memory: no query but for the assignee's name."""
    row = ROWS.plain_of(case)
    row["excerpt"] = case.description[:EXCERPT]
    row["street_name"] = name_of(case.street_id)
    row["community_name"] = name_of(case.community_id)
    row["grid_name"] = name_of(case.grid_id)
    row["organisation_name"] = _organisation_name(case.organisation_id)
    row["assignee_name"] = (
        None
        if case.assignee_id is None
        else get_user_model().objects.values_list("display_name", flat=True).get(pk=case.assignee_id)
    )
    return row


def _organisation_name(organisation_id: int | None) -> str | None:
    if organisation_id is None:
        return None
    known = catalogue().body_names.get(organisation_id)
    if known is not None:
        return known
    row = organisation(organisation_id)
    return None if row is None else row.name
