"""Areas and their demand as a siting task: in which of them a station or a service centre should stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import AreaLand
from gezhi.kernel.errors import InvalidInput
from gezhi.planning.weights import Measure, Span, area_to_plan, land_to_plan, weigh
from gezhi.platform.access.actor import Actor
from gezhi.solvers.siting import Demand, Equity, Site, SitingResult, SitingTask
from gezhi.solvers.siting.task import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What is asked of the sites; see :class:`gezhi.solvers.siting.SitingTask`. ``fixed``: codes of areas that have one.

    ``minimums``: by the code of a district, the least number of sites in it.
    """

    model: Model
    p: int | None = None
    radius_m: float | None = None
    limit_m: float | None = None
    fixed: Collection[str] = ()
    minimums: Mapping[str, int] = field(default_factory=dict)
    equity: Equity | None = None


@dataclass(frozen=True, slots=True)
class PlannedSiting:
    """A task whose demands and sites have the codes of ``lands`` and ``sites`` as ids; weights are in ``measure``."""

    task: SitingTask
    lands: tuple[AreaLand, ...]
    sites: tuple[AreaLand, ...]
    measure: Measure

    def opened(self, result: SitingResult) -> tuple[AreaLand, ...]:
        """The areas in which the answer opens a site, by code."""
        chosen = set(result.open)
        return tuple(land for land in self.sites if land.code in chosen)

    def served_by(self, result: SitingResult) -> dict[int, int | None]:
        """Area id → id of the area whose site serves it, None where none does."""
        site_id = {land.code: land.id for land in self.sites}
        at = {code: None if site is None else site_id[site] for code, site in result.assigned.items()}
        return {land.id: at.get(land.code) for land in self.lands}


def plan_siting(
    actor: Actor,
    *,
    area: str,
    units: AreaLevel,
    sites: AreaLevel,
    aim: Aim,
    measure: Measure | None = None,
    span: Span | None = None,
) -> PlannedSiting:
    """The areas of level ``units`` in the area with code ``area`` as demand, those of level ``sites`` as places for a site.

    Both stand at the centre of their land; distances are on the globe, straight. Raises ``NotFound`` and ``InvalidInput``.
    """
    place = area_to_plan(area)
    lands, candidates = land_to_plan(place, units), land_to_plan(place, sites, field="sites")
    weights = weigh(actor, area=place, lands=lands, measure=measure, span=span)
    unknown = sorted(set(aim.fixed) - {land.code for land in candidates})
    if unknown:
        raise InvalidInput("bad_area", f"{unknown[0]} is no {sites} in {place.code} {place.name}", field="fixed")
    above = {land.id: areas.ancestors_of(land.id).district_id for land in candidates}
    rows = areas.areas_by_id(district for district in above.values() if district is not None)
    district = {land_id: None if found is None else rows[found].code for land_id, found in above.items()}
    task = SitingTask(
        demand=[Demand(land.code, weights.of[land.id], land.lon, land.lat) for land in lands],
        sites=[
            Site(land.code, land.lon, land.lat, fixed=land.code in aim.fixed, district=district[land.id])
            for land in candidates
        ],
        metric="haversine",
        model=aim.model,
        p=aim.p,
        radius_m=aim.radius_m,
        limit_m=aim.limit_m,
        minimums=aim.minimums,
        equity=aim.equity,
    )
    return PlannedSiting(task, tuple(lands), tuple(candidates), weights.measure)
