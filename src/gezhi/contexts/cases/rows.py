"""The row of a case as lists, live events and the API show it: one projection, one query, the same everywhere."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Substr

from gezhi.contexts.cases.models import Case

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
COLUMNS: tuple[str, ...] = (*_PLAIN, *_JOINED)


def project(cases: QuerySet[Case]) -> QuerySet[Case, dict[str, Any]]:
    """The list columns of these cases, one query whatever their number."""
    return cases.values(*_PLAIN, **_JOINED)


def one(case_id: int) -> dict[str, Any]:
    """The row of one case."""
    return project(Case.objects.filter(pk=case_id)).get()
