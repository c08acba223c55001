"""``gezhi solve site``: where to put service centres and stations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from gezhi.interfaces.cli.solver_files import bad_input_refused, finish, out_option, read_task, task_argument, within
from gezhi.solvers.siting import Demand, Equity, Site, SitingTask, solve_siting
from gezhi.solvers.siting.task import EARTH_M, Metric, Model

Id = str | int


class DemandRow(msgspec.Struct, forbid_unknown_fields=True):
    """One demand of the task."""

    id: Id
    weight: float
    x: float | None = None
    y: float | None = None
    node: Id | None = None


class SiteRow(msgspec.Struct, forbid_unknown_fields=True):
    """One candidate site of the task."""

    id: Id
    x: float | None = None
    y: float | None = None
    fixed: bool = False
    capacity: float | None = None
    district: Id | None = None
    node: Id | None = None


class EquityRow(msgspec.Struct, forbid_unknown_fields=True):
    """The worst served as a part of the objective."""

    weight: float
    share: float = 0.1


class Task(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file."""

    demand: list[DemandRow]
    sites: list[SiteRow]
    metric: Metric
    model: Model
    p: float | None = None
    radius_m: float | None = None
    limit_m: float | None = None
    graph: list[tuple[Id, Id, float]] | None = None
    matrix: list[list[float | None]] | None = None
    pairs: list[tuple[Id, Id, float]] | None = None
    earth_radius_m: float | None = None
    minimums: dict[str, int] | None = None
    equity: EquityRow | None = None


def _task(read: Task) -> SitingTask:
    return SitingTask(
        demand=[Demand(row.id, row.weight, row.x, row.y, row.node) for row in read.demand],
        sites=[Site(row.id, row.x, row.y, row.fixed, row.capacity, row.district, row.node) for row in read.sites],
        metric=read.metric,
        model=read.model,
        p=read.p,
        radius_m=read.radius_m,
        limit_m=read.limit_m,
        graph=read.graph,
        matrix=read.matrix,
        pairs=read.pairs,
        earth_radius_m=EARTH_M if read.earth_radius_m is None else read.earth_radius_m,
        minimums=read.minimums or {},
        equity=None if read.equity is None else Equity(read.equity.weight, read.equity.share),
    )


@click.command()
@task_argument
@out_option
@click.option("--seconds", type=click.FloatRange(min=0), help="Wall seconds after which the best plan so far is taken.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Same seed, same plan.")
@click.option(
    "--effort", type=click.FloatRange(0.001, 1000), default=1.0, show_default=True,
    help="Multiple of the usual work of search and proof (seconds for a district, half a minute for a city).",
)  # fmt: skip
def command(task: Path, out: Path, seconds: float | None, seed: int, effort: float) -> None:
    """Choose sites: shortest ways for p sites, most demand covered by p, or the fewest that cover all.

    \b
    IN is JSON:
      demand      list of
        id          text or whole number, unique
        weight      number ≥ 0: people, households, cases
        x, y        metres; for 'haversine' degrees: x longitude, y latitude
        node        for 'graph': its node, where that is not the id
      sites       list of
        id, x, y, node   as for demand (an id may be both a demand and a site)
        fixed       true: exists and stays open
        capacity    weight that it can serve; left out: any
        district    name, for 'minimums'
      metric      "euclidean" (a plane), "haversine" (the globe), "graph" (roads) or "matrix"
      graph       for 'graph': [[a, b, metres], …], undirected; of a pair given twice the later counts.
                  A demand or site stands at the node named by its id (or 'node')
      matrix      for 'matrix': rows of metres, demand × sites in their order; null: no way
      pairs       instead, sparse: [[demand id, site id, metres], …]; no way where there is no pair
      earth_radius_m   for 'haversine': metres, default 6371008.8
      model       "p_median": everybody served, least Σ weight × metres
                  "max_cover": most weight within radius_m of an open site
                  "set_cover": fewest sites with everybody within radius_m
      p           open sites, fixed ones included (set_cover: at most so many; may be left out)
      radius_m    metres within which a demand counts as covered (p_median: only for the figures)
      limit_m     nobody is sent farther than so many metres; pairs beyond it are not looked at
      minimums    {district: least number of open sites}
      equity      p_median: {"weight": 0 … 1, "share": 0.1}: the objective is, in metres,
                  (1 − weight) · mean + weight · mean over the worst served share of the weight;
                  weight 0 is no equity at all: the value is then metres × weight, as without the field

    With capacities each demand is served by one site, wholly, and not always the nearest.

    \b
    OUT is JSON:
      status      optimal: proven; feasible: within the gap of the bound; impossible: proven; none_found
      open        ids of the open sites
      value       p_median: Σ weight × metres, with equity metres; max_cover: weight; set_cover: sites
      bound       proven limit of the value in the same unit; gap  |value − bound| ÷ |value|
      assigned    {demand id: site id}; null where max_cover leaves it out
      closing_costs {open site: what closing it would cost, all others staying}: metres × weight (with equity
                  metres), weight no longer covered, or demands no longer covered; null: somebody would have no site
      figures     open, fixed, sites, demand, demand_weight, served_weight, unserved (demands), mean_m, p95_m,
                  worst_tenth_m (mean over the worst tenth of the weight), farthest_m, beyond_any_way (demands that
                  reach no open site at all), loads {open site: weight}; with radius_m covered_weight,
                  covered_share; with minimums open_by_district. Distances are weighted, in metres
      certificate claim, value, bound, gap, bound_from, reasons [{code, message, concerns}], details

    The first run compiles the search (about half a minute, once for each installation).
    """
    with bad_input_refused():
        result = solve_siting(_task(read_task(task, Task)), seed=seed, effort=effort, should_stop=within(seconds))
    answer: dict[str, Any] = {name: getattr(result, name) for name in result.__slots__}
    finish(out, answer, result.status, result.certificate.claim)
