"""Areas as a partition task: which of them belong together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import AreaLand
from gezhi.kernel.errors import InvalidInput
from gezhi.planning.ground import LocalPlane, shapes_of
from gezhi.planning.neighbours import borders_of
from gezhi.planning.weights import Measure, Span, area_to_plan, land_to_plan, weigh
from gezhi.platform.access.actor import Actor
from gezhi.solvers.partition import Edge, PartitionTask, Unit


@dataclass(frozen=True, slots=True)
class PlannedPartition:
    """A task whose unit ids are the codes of ``lands``. Its 'households' are counted in ``measure``."""

    task: PartitionTask
    lands: tuple[AreaLand, ...]
    measure: Measure

    def parts(self, assignment: Mapping[str, str]) -> dict[str, tuple[AreaLand, ...]]:
        """The areas of each part of a solver's answer, by code."""
        found: dict[str, list[AreaLand]] = defaultdict(list)
        for land in self.lands:
            if land.code in assignment:
                found[assignment[land.code]].append(land)
        return {part: tuple(members) for part, members in found.items()}


def _codes_above(lands: list[AreaLand], level: AreaLevel | None, field: str) -> list[str | None]:
    """The code of the area of ``level`` that each land lies in, None where the city has none there."""
    if level is None:
        return [None] * len(lands)
    if level.rank >= lands[0].level.rank:
        raise InvalidInput("level_order", f"a {level} holds no {lands[0].level}", field=field)
    above = [getattr(areas.ancestors_of(land.id), f"{level}_id") for land in lands]
    rows = areas.areas_by_id(area_id for area_id in above if area_id is not None)
    return [None if area_id is None else rows[area_id].code for area_id in above]


def plan_partition(
    actor: Actor,
    *,
    area: str,
    units: AreaLevel,
    band: tuple[int, int],
    k: int | None = None,
    within: AreaLevel | None = None,
    today: AreaLevel | None = None,
    measure: Measure | None = None,
    span: Span | None = None,
    objective: Literal["grid", "cut_edges"] = "grid",
) -> PlannedPartition:
    """The areas of level ``units`` in the area with code ``area`` as units, neighbours where they share a border.

    ``band``: least and most of ``measure`` in a part. ``within``: no part crosses the areas of that level. ``today``: the
    areas of that level are the parts of today. ``span``: its cases are the workload (and, measured by cases, the weight).
    Raises ``NotFound`` and ``InvalidInput``.
    """
    place = area_to_plan(area)
    lands = land_to_plan(place, units)
    weights = weigh(actor, area=place, lands=lands, measure=measure, span=span)
    inside, now = _codes_above(lands, within, "within"), _codes_above(lands, today, "today")
    local = LocalPlane.over(lands)
    borders = borders_of(shapes_of(lands), local.plane)
    x, y = local.metres([(land.lon, land.lat) for land in lands])
    made = [
        Unit(
            id=land.code,
            households=weights.of[land.id],
            x=float(x[row]),
            y=float(y[row]),
            workload=None if weights.cases is None else weights.cases[land.id],
            area=float(borders.area_m2[row]),
            outer_m=float(borders.outer_m[row]),
            today=now[row],
            community=inside[row],
        )
        for row, land in enumerate(lands)
    ]
    edges = [
        Edge(lands[first].code, lands[second].code, border_m=metres)
        for (first, second), metres in zip(borders.pairs.tolist(), borders.metres.tolist(), strict=True)
    ]
    task = PartitionTask(units=made, edges=edges, band=band, k=k, objective=objective)
    return PlannedPartition(task, tuple(lands), weights.measure)
