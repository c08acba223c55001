"""The row of a case as lists, live events and the API show it: one projection, one query, the same everywhere."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, QuerySet
from django.db.models.functions import Substr

from gezhi.contexts.areas.queries import name_of
from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.models import Case
from gezhi.contexts.organisations.queries import organisation
from gezhi.platform.prepared import Prepared

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


_base: QuerySet[Case, dict[str, Any]] | None = None


def base() -> QuerySet[Case, dict[str, Any]]:
    """All cases as list rows, to be narrowed. Resolving the columns costs more than the query: it is done once."""
    global _base  # noqa: PLW0603
    if _base is None:
        _base = Case.objects.values(*_PLAIN, **_JOINED)
    return _base.all()


def one(case_id: int) -> dict[str, Any]:
    """The row of one case, as the database joins it."""
    return base().get(pk=case_id)


@lru_cache(maxsize=256)
def _of_many(count: int) -> Prepared:
    names = [f"id_{position}" for position in range(count)]
    return Prepared(lambda **ids: base().filter(pk__in=[ids[name] for name in names]), **dict.fromkeys(names, int))


def with_ids(ids: list[int]) -> list[dict[str, Any]]:
    """The rows of these cases, in the order of ``ids``; at most a page of them."""
    if not ids:
        return []
    found = _of_many(len(ids)).dicts(**{f"id_{position}": key for position, key in enumerate(ids)})
    by_id = {row["id"]: row for row in found}
    return [by_id[key] for key in ids if key in by_id]


def row_of(case: Case) -> dict[str, Any]:
    """The same row made of a case at hand, names from memory: no query but for the assignee's name."""
    row = {name: getattr(case, name) for name in _PLAIN}
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
