"""The duty table as a pure rule: class and place → the kind of body, at which level, that must settle the matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gezhi.contexts.cases.domain.duty_time import slots_in

BETWEEN = "；"
_BETWEEN = re.compile("[；;、，,]")


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
    # When it holds (``domain.duty_time``); empty: always.
    months: str = ""
    hours: str = ""
    # Kinds or codes of bodies to be called in along with it, ``BETWEEN`` between them.
    together: str = ""

    @property
    def timed(self) -> bool:
        """Whether it holds at some times only."""
        return bool(self.months or self.hours)


def together_in(text: str) -> list[str]:
    """The kinds or codes in a list of bodies to be called in, each once."""
    return list(dict.fromkeys(filter(None, map(str.strip, _BETWEEN.split(text)))))


def best_duty(
    duties: Iterable[Duty],
    *,
    class_code: str,
    area_ids: Sequence[int],
    condition: int | None = None,
    slot: int | None = None,
) -> Duty | None:
    """The row that decides: the first of ``fitting_duties``; None where no row fits."""
    fitting = fitting_duties(duties, class_code=class_code, area_ids=area_ids, condition=condition, slot=slot)
    return next(iter(fitting), None)


def fitting_duties(
    duties: Iterable[Duty],
    *,
    class_code: str,
    area_ids: Sequence[int],
    condition: int | None = None,
    slot: int | None = None,
) -> list[Duty]:
    """The rows that speak of a matter, the one that decides first. ``area_ids`` are the areas of the case from the city down to
    the grid; ``condition`` is that of its class, the first where none is known; ``slot``: the time (``duty_time.slot_of``), None:
    whenever they hold.

    The smallest area wins over the class (a street that took a matter over keeps it), then the longest class prefix, then a
    row that names the condition, then one that holds at some times only; among equals the newest row.
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
        and (slot is None or not duty.timed or slot in slots_in(duty.months, duty.hours))
    ]
    return sorted(
        fitting,
        key=lambda duty: (
            0 if duty.area_id is None else depth[duty.area_id],
            len(duty.class_prefix),
            duty.condition is not None,
            duty.timed,
            duty.id,
        ),
        reverse=True,
    )
