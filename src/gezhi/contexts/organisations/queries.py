"""Reads of the organisations context."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from gezhi.contexts.organisations.models import Organisation
from gezhi.platform.prepared import PreparedByKeys


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation as other contexts see it."""

    id: int
    code: str
    name: str
    name_en: str
    kind: str
    area_id: int
    parent_id: int | None


ORGANISATION_KINDS: tuple[str, ...] = tuple(Organisation.Kind.values)
_FIELDS = ("id", "code", "name", "name_en", "kind", "area_id", "parent_id")


def _rows(organisations: QuerySet[Organisation]) -> list[OrganisationRow]:
    return [OrganisationRow(*values) for values in organisations.values_list(*_FIELDS)]


def organisation(organisation_id: int) -> OrganisationRow | None:
    """The organisation with this id."""
    return organisations_by_id([organisation_id]).get(organisation_id)


def organisations_by_id(organisation_ids: Iterable[int]) -> dict[int, OrganisationRow]:
    """Organisations with these ids, in use or not, in one query."""
    return {row.id: row for row in (OrganisationRow(*values) for values in _BY_ID.rows(organisation_ids))}


def organisation_by_code(code: str) -> OrganisationRow | None:
    """The organisation with this code."""
    return next(iter(_rows(Organisation.objects.filter(code=code))), None)


def organisations_at(area_ids: Iterable[int], *, kind: str | None = None) -> list[OrganisationRow]:
    """The organisations at home in one of these very areas (not below them), by code."""
    found = [OrganisationRow(*values) for values in _AT.rows(area_ids)]
    return [row for row in found if kind is None or row.kind == kind]


def all_organisations() -> list[OrganisationRow]:
    """Every organisation in use, by code: some hundreds in a city, held in memory by those who route."""
    return _rows(Organisation.objects.filter(active=True).order_by("code"))


def organisations_version() -> tuple[int, int | None]:
    """Something that changes when an organisation is registered: for those who hold them in memory."""
    found = Organisation.objects.filter(active=True).aggregate(count=Count("pk"), last=Max("pk"))
    return found["count"], found["last"]


_BY_ID = PreparedByKeys(lambda keys: Organisation.objects.filter(pk__in=keys).values_list(*_FIELDS))
_AT = PreparedByKeys(
    lambda keys: Organisation.objects.filter(area_id__in=keys, active=True).order_by("code").values_list(*_FIELDS)
)
