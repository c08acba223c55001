"""Which bodies can be given a case: those in use of which an officer could see it, and those that the duty table names for it.

A body of which nobody has an account is reached by other ways than this program: it can be given what lies around its seat.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.areas.queries import Located
from gezhi.contexts.cases.catalogue import Route, catalogue
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.place import place_of
from gezhi.contexts.organisations.queries import OrganisationRow
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.platform.access.actor import offices_of_officers


@dataclass(frozen=True, slots=True)
class _Around:
    """The areas of a case, the bodies with a seat in one of them, and those that it is due to: named for it, or having it."""

    areas: frozenset[int]
    seated: frozenset[int]
    named: frozenset[int]


def bodies_for_all(cases: Sequence[Case], *, now: datetime) -> list[OrganisationRow]:
    """The bodies that each of these cases can be given to, by code. One query, whatever the number of cases."""
    around = [_around(case) for case in cases]
    if not around:
        return []
    areas = frozenset[int]().union(*(one.areas for one in around))
    seated = frozenset[int]().union(*(one.seated for one in around))
    offices = offices_of_officers(areas, seated, now=now)
    able = set.intersection(*(_able(one, offices) for one in around))
    return sorted((body for body in catalogue().bodies.values() if body.id in able), key=lambda body: body.code)


def require_receiver(case: Case, organisation_id: int, *, now: datetime) -> None:
    """Raises ``InvalidInput`` for a body that there is not, or not any more (``unknown_organisation``), and for one that could not
    act on the case (``body_out_of_reach``). A query where the duty table does not name it."""
    body = catalogue().bodies.get(organisation_id)
    if body is None:
        raise InvalidInput(
            "unknown_organisation", f"there is no organisation {organisation_id}", field="organisation_id"
        )
    around = _around(case)
    if organisation_id in around.named:
        return
    if organisation_id not in _able(around, offices_of_officers(around.areas, {organisation_id}, now=now)):
        raise InvalidInput(
            "body_out_of_reach",
            filled("%(body)s does not act at this place: nobody of it could see the case", body=body.name),
            field="organisation_id",
        )


def acts_at(organisation_id: int, place: Located, route: Route, *, now: datetime) -> bool:
    """Whether a body that has a case could be given it at another place, by the route from there: that it has it says nothing.
    A query where the route does not name it."""
    around = _of_place(place, route)
    if organisation_id in around.named:
        return True
    return organisation_id in _able(around, offices_of_officers(around.areas, {organisation_id}, now=now))


def _around(case: Case) -> _Around:
    place = place_of(case)
    route = catalogue().route(class_code=case.class_code, place=place, condition=case.condition, at=case.reported_at)
    return _of_place(place, route, case.suggested_organisation_id, case.organisation_id)


def _of_place(place: Located, route: Route, *due_to: int | None) -> _Around:
    areas, named = place.lineage, {route.organisation_id, *due_to, *(key for key, _name in route.together)}
    return _Around(
        areas,
        frozenset(body.id for body in catalogue().bodies.values() if body.area_id in areas),
        frozenset(key for key in named if key is not None),
    )


def _able(one: _Around, offices: Collection[tuple[int, int]]) -> set[int]:
    staffed = {body for body, _area in offices}
    return {body for body, area in offices if area in one.areas} | (one.seated - staffed) | one.named
