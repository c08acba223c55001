"""The duty table as a pure rule: class and place → the kind of body, at which level, that must settle the matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duty:
    """One row: a class prefix (``''`` any, ``E`` events, ``E01`` a major, ``E0113`` a minor), where it holds, who has it.

    ``area_id`` None holds in the whole city. Either ``organisation_id`` names the body or ``organisation_kind`` and
    ``organisation_level`` find it among the bodies of the case's own areas.
    """

    id: int
    class_prefix: str
    area_id: int | None
    organisation_id: int | None
    organisation_kind: str
    organisation_level: str
    dispatch_limit: str
    handle_limit: str
    check_limit: str
    note: str = ""
    # The ordinal of a filing condition; None: any.
    condition: int | None = None


def best_duty(
    duties: Iterable[Duty], *, class_code: str, area_ids: Sequence[int], condition: int | None = None
) -> Duty | None:
    """The row that decides: the first of ``fitting_duties``; None where no row fits."""
    return next(iter(fitting_duties(duties, class_code=class_code, area_ids=area_ids, condition=condition)), None)


def fitting_duties(
    duties: Iterable[Duty], *, class_code: str, area_ids: Sequence[int], condition: int | None = None
) -> list[Duty]:
    """The rows that speak of a matter, the one that decides first. ``area_ids`` are the areas of the case from the city down to
    the grid; ``condition`` is that of its class, the first where none is known.

    The smallest area wins over the class (a street that took a matter over keeps it), then the longest class prefix, then a
    row that names the condition; among equals the newest row.
    """
    # A row for the city's own area says what one without an area says.
    depth = {area_id: rank for rank, area_id in enumerate(area_ids)}
    filed_under = condition or 1
    fitting = [
        duty
        for duty in duties
        if class_code.startswith(duty.class_prefix)
        and (duty.area_id is None or duty.area_id in depth)
        and duty.condition in (None, filed_under)
    ]
    return sorted(
        fitting,
        key=lambda duty: (
            0 if duty.area_id is None else depth[duty.area_id],
            len(duty.class_prefix),
            duty.condition is not None,
            duty.id,
        ),
        reverse=True,
    )
