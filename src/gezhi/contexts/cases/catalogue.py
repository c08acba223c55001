"""The class table, the duty table and the bodies they name, held in memory by each process.

They are small (hundreds of rows), read with every report and changed by version, so a process keeps them and looks every few
seconds for other ones instead of asking the database each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils import timezone

from gezhi.contexts.areas.queries import Located
from gezhi.contexts.cases.class_rows import class_rows
from gezhi.contexts.cases.domain.class_table import ClassRow
from gezhi.contexts.cases.domain.duty_time import slot_of
from gezhi.contexts.cases.domain.routing import Duty, best_duty, fitting_duties, together_in
from gezhi.contexts.cases.domain.rules import Rules, rules_of
from gezhi.contexts.cases.models import ClassScheme, DutyRule, DutyTable, WorkflowRules
from gezhi.contexts.cases.models.duty import as_texts
from gezhi.contexts.organisations.queries import (
    OrganisationRow,
    all_organisations,
    organisations_by_id,
    organisations_version,
)
from gezhi.contexts.powers.domain.standing import Standing
from gezhi.contexts.powers.queries import standing_at
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.kept import kept

FRESH_SECONDS = 5.0

# What a service grid falls back to where no duty row gives limits: the table's own practice values.
DEFAULT_DISPATCH_LIMIT = "2WH"
DEFAULT_HANDLE_LIMIT = "5WD"
DEFAULT_CHECK_LIMIT = "2WH"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a case should go, within which limits, and the reason in words.

    ``standing``: the powers over its class at the street of the body that the duty table names, None where they say nothing.
    ``passed_over``: that body, where it has lost one of them and the case goes elsewhere; its id and name.
    """

    organisation_id: int | None
    organisation_name: str
    dispatch_limit: str
    handle_limit: str
    check_limit: str
    reason: str
    duty_id: int | None
    standing: Standing | None = None
    passed_over: tuple[int, str] | None = None
    # From the report to the closing; empty: the class sets none.
    total_limit: str = ""
    # Bodies that the row proposes to call in at the dispatch; id and name.
    together: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Everything that classing and routing a report needs, without a query. Itself a key of what is made of it."""

    scheme_code: str
    # The class of what nobody could class.
    fallback_class: str
    classes: dict[str, ClassRow]
    duties: tuple[Duty, ...]
    # (kind, area id) → (organisation id, name)
    organisations: dict[tuple[str, int], tuple[int, str]]
    # Those in use, by id.
    bodies: dict[int, OrganisationRow]
    rules: Rules
    # Organisation id → the area of its seat.
    organisation_seats: dict[int, int]
    # Code → (organisation id, name)
    organisations_by_code: dict[str, tuple[int, str]]

    def entry(self, class_code: str, *, field: str = "class_code") -> ClassRow:
        """The minor class of this code. Raises ``InvalidInput`` naming the field."""
        found = self.classes.get(class_code)
        if found is None or not found.is_minor:
            raise InvalidInput("unknown_class", f"there is no class '{class_code}' in {self.scheme_code}", field=field)
        return found

    def route(self, *, class_code: str, place: Located, condition: int | None, at: datetime) -> Route:
        """The body that must settle a matter of this class at this place, by the duty table in force. ``at`` (aware): when its
        clock begins; it decides among rows that hold at some times only.

        A class that is no longer in force has no limits of its own: its cases live on.
        """
        entry = self.classes.get(class_code)
        rows = _duties_of(self, class_code)
        slot = slot_of(timezone.localtime(at))
        duty = best_duty(rows, class_code=class_code, area_ids=_areas_of(place), condition=condition, slot=slot)
        filed = None if entry is None else entry.filed_under(condition)
        by_class, total = (DEFAULT_HANDLE_LIMIT, "") if filed is None else (filed.limit, filed.total)
        if duty is None:
            return Route(
                None,
                "",
                DEFAULT_DISPATCH_LIMIT,
                by_class,
                DEFAULT_CHECK_LIMIT,
                "no duty row covers this class here",
                None,
                total_limit=total,
            )
        organisation_id, name, how = self._organisation(duty, place)
        passed_over: tuple[int, str] | None = None
        reason = f"duty row {duty.id}: {duty.class_prefix or '*'} → {how}" + (f" ({duty.note})" if duty.note else "")
        standing = None
        if organisation_id is not None:
            standing = standing_at(class_code, self.organisation_seats.get(organisation_id))
            if standing is not None and standing.lost:
                passed_over = organisation_id, name
                organisation_id, name, instead = self._in_place_of(standing, place)
                codes = ", ".join(power.code for power in standing.lost)
                reason = f"{reason}; {passed_over[1]} does not hold {codes}: {instead}"
        return Route(
            organisation_id,
            name,
            duty.dispatch_limit,
            duty.handle_limit or by_class,
            duty.check_limit,
            reason,
            duty.id,
            standing,
            passed_over,
            total,
            self._together(duty, place, organisation_id),
        )

    def _in_place_of(self, standing: Standing, place: Located) -> tuple[int | None, str, str]:
        """Who has a matter of which a street has lost a power: where it holds none of them, the body from which the closest was
        delegated, at the district or the city; else nobody, and the hub decides who does what."""
        if not standing.held:
            kind = standing.lost[0].original_kind
            for level, area_id in (("district", place.district_id), ("city", place.city_id)):
                found = None if area_id is None else self.organisations.get((kind, area_id))
                if found is not None:
                    return found[0], found[1], f"it goes to {kind} of the {level}"
        return None, "", "the hub decides"

    def _together(self, duty: Duty, place: Located, leads: int | None) -> tuple[tuple[int, str], ...]:
        """The bodies to be called in along with the one that leads; what names none in use is left out."""
        found: dict[int, str] = {}
        for named in together_in(duty.together):
            around = (place.street_id, place.district_id, place.city_id)
            meant = (self.organisations.get((named, area_id)) for area_id in around if area_id is not None)
            body = self.organisations_by_code.get(named) or next(filter(None, meant), None)
            if body is not None and body[0] != leads:
                found[body[0]] = body[1]
        return tuple(found.items())

    def fitting(self, *, class_code: str, place: Located, condition: int | None) -> list[Duty]:
        """The rows of the duty table that speak of a matter, whenever they hold, in the order in which they decide."""
        rows = _duties_of(self, class_code)
        return fitting_duties(rows, class_code=class_code, area_ids=_areas_of(place), condition=condition)

    def _organisation(self, duty: Duty, place: Located) -> tuple[int | None, str, str]:
        if duty.organisation_id is not None:
            body = self.bodies.get(duty.organisation_id)
            if body is None:
                return None, "", f"organisation {duty.organisation_id}: in use no more"
            return body.id, body.name, body.name
        levels = {
            "grid": place.grid_id,
            "community": place.community_id,
            "street": place.street_id,
            "district": place.district_id,
            "city": place.city_id,
        }
        # The level named by the row first, then upwards: where a street has no such body, its district's serves.
        order = list(levels)
        for level in order[order.index(duty.organisation_level) :]:
            area_id = levels[level]
            found = None if area_id is None else self.organisations.get((duty.organisation_kind, area_id))
            if found is not None:
                return found[0], found[1], f"{duty.organisation_kind} of the {level}"
        return None, "", f"{duty.organisation_kind} of the {duty.organisation_level}: none on record"


def _areas_of(place: Located) -> list[int]:
    """The areas of a place from the city down to the grid."""
    chain = (place.city_id, place.district_id, place.street_id, place.community_id, place.grid_id)
    return [area_id for area_id in chain if area_id is not None]


@lru_cache(maxsize=512)
def _duties_of(in_force: Catalogue, class_code: str) -> tuple[Duty, ...]:
    """The rows of the duty table that speak of a class: a city has thousands, and a few of each."""
    return tuple(duty for duty in in_force.duties if class_code.startswith(duty.class_prefix))


def _version() -> object:
    """What a new table or a new body changes: four small queries."""
    return (
        ClassScheme.objects.filter(in_force=True).values_list("pk", "code", "effective_from").first(),
        DutyTable.objects.filter(in_force=True).values_list("pk", "number", "effective_from").first(),
        WorkflowRules.objects.filter(in_force=True).values_list("pk", "number").first(),
        organisations_version(),
    )


@kept(seconds=FRESH_SECONDS, version=_version)
def catalogue() -> Catalogue:
    """The catalogue in force. What another process has put in force is there within ``FRESH_SECONDS``."""
    scheme = ClassScheme.objects.filter(in_force=True).first()
    duties = tuple(
        Duty(**as_texts(row))
        for row in DutyRule.objects.filter(table__in_force=True)
        .order_by("pk")
        .values(
            "id",
            "class_prefix",
            "area_id",
            "organisation_id",
            "organisation_kind",
            "organisation_level",
            "dispatch_limit",
            "handle_limit",
            "check_limit",
            "note",
            "condition",
            "months",
            "hours",
            "together",
        )
    )
    found = all_organisations()
    chosen = WorkflowRules.objects.filter(in_force=True).values_list("values", flat=True).first()
    return Catalogue(
        scheme_code="" if scheme is None else scheme.code,
        fallback_class="" if scheme is None else scheme.fallback_class,
        classes={} if scheme is None else {row.code: row for row in class_rows(scheme)},
        duties=duties,
        organisations={(body.kind, body.area_id): (body.id, body.name) for body in reversed(found)},
        bodies={body.id: body for body in found},
        rules=Rules() if chosen is None else rules_of(chosen),
        organisation_seats={body.id: body.area_id for body in found},
        organisations_by_code={body.code: (body.id, body.name) for body in found},
    )


def bodies_named(organisation_ids: Iterable[int]) -> dict[int, OrganisationRow]:
    """The bodies of these ids: those in use from memory, others by one query."""
    wanted, known = set(organisation_ids), catalogue().bodies
    return {key: known[key] for key in wanted & known.keys()} | organisations_by_id(wanted - known.keys())
