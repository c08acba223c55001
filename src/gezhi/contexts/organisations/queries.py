"""Reads of the organisations context."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q, QuerySet

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


def organisations_version() -> tuple[int, int | None, datetime | None]:
    """Something that changes when an organisation is registered, renamed or ended: for those who hold them in memory."""
    in_use = Q(active=True)
    found = Organisation.objects.aggregate(
        count=Count("pk", filter=in_use), last=Max("pk", filter=in_use), changed=Max("changed_at")
    )
    return found["count"], found["last"], found["changed"]


def count_organisations() -> int:
    """How many organisations are in use. One query."""
    return Organisation.objects.filter(active=True).count()


@dataclass(frozen=True, slots=True)
class KeptOrganisation:
    """An organisation as those who keep it see it. ``active_to``: its last day, where it has one."""

    row: OrganisationRow
    active: bool
    active_to: date | None
    area_name: str
    area_name_en: str


@dataclass(frozen=True, slots=True)
class KeptPage:
    """Organisations by code, and the code after which the next page begins; None at the end."""

    rows: list[KeptOrganisation]
    next: str | None


def kept_organisations(
    *, text: str = "", kind: str = "", area_path: str = "", ended: bool = False, after: str = "", limit: int
) -> KeptPage:
    """A page of organisations by code, those in use or those that have ended. One query."""
    found = Organisation.objects.filter(active=not ended, code__gt=after)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__istartswith=text))
    if kind:
        found = found.filter(kind=kind)
    if area_path:
        found = found.filter(area__path__startswith=area_path)
    rows = _kept(found.order_by("code")[: limit + 1])
    return KeptPage(rows[:limit], rows[limit - 1].row.code if len(rows) > limit else None)


def kept_organisation(organisation_id: int) -> KeptOrganisation | None:
    """One organisation. One query."""
    return next(iter(_kept(Organisation.objects.filter(pk=organisation_id))), None)


def parts_of(organisation_id: int) -> int:
    """How many organisations in use lie under this one. One query."""
    return Organisation.objects.filter(parent_id=organisation_id, active=True).count()


def _kept(found: QuerySet[Organisation]) -> list[KeptOrganisation]:
    more = ("active", "active_to", "area__name", "area__name_en")
    return [
        KeptOrganisation(OrganisationRow(*values[: len(_FIELDS)]), *values[len(_FIELDS) :])
        for values in found.values_list(*_FIELDS, *more)
    ]


_BY_ID = PreparedByKeys(lambda keys: Organisation.objects.filter(pk__in=keys).values_list(*_FIELDS))
_AT = PreparedByKeys(
    lambda keys: Organisation.objects.filter(area_id__in=keys, active=True).order_by("code").values_list(*_FIELDS)
)
