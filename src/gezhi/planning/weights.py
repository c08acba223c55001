"""How much an area weighs: the people who live there, or the cases that came up there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import AreaLand, AreaRow
from gezhi.contexts.cases import queries as cases
from gezhi.kernel.errors import InvalidInput, NotFound
from gezhi.platform.access.actor import Actor


class Measure(StrEnum):
    """What is weighed."""

    HOUSEHOLDS = "households"
    CASES = "cases"


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment until, not including, another."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each area by id, in ``measure``. ``cases``: its cases of the span; None where no span was given."""

    measure: Measure
    of: dict[int, int]
    cases: dict[int, int] | None


def area_to_plan(code: str) -> AreaRow:
    """The current area with this code. Raises ``NotFound``."""
    found = areas.area_by_code(code)
    if found is None:
        raise NotFound("unknown_area", f"there is no area with the code {code}", field="area")
    return found


def land_to_plan(area: AreaRow, level: AreaLevel, *, field: str = "units") -> list[AreaLand]:
    """The areas of a level in ``area``. Raises ``InvalidInput`` where there is none."""
    lands = areas.land_of(level, below=area.id)
    if not lands:
        raise InvalidInput("no_such_level", f"there is no {level} in {area.code} {area.name}", field=field)
    return lands


def weigh(
    actor: Actor, *, area: AreaRow, lands: Sequence[AreaLand], measure: Measure | None, span: Span | None
) -> Weights:
    """Weigh ``lands``, all of one level, in ``area``. Without a ``measure``: by households where the register has them for
    every area, otherwise by the cases of the span that the actor sees.

    Raises ``InvalidInput`` where what is to be weighed is not known.
    """
    without = next((land for land in lands if land.households is None), None)
    counted = None
    if span is not None:
        found = cases.count_reported(
            actor, area=(area.level, area.id), by=lands[0].level, since=span.since, until=span.until
        )
        counted = {land.id: found.get(land.id, 0) for land in lands}
    if measure is None:
        measure = Measure.HOUSEHOLDS if without is None or counted is None else Measure.CASES
    if measure is Measure.CASES:
        if counted is None:
            raise InvalidInput("field_missing", "cases are counted over a span of time: give one", field="span")
        return Weights(measure, counted, counted)
    if without is not None:
        what = f"the households of {without.code} {without.name} are not on record: register them, or weigh by cases"
        raise InvalidInput("no_households", what, field="measure")
    return Weights(measure, {land.id: land.households or 0 for land in lands}, counted)
