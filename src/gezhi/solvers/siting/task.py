"""The siting task as it is given, checked and turned into arrays in an order that does not depend on the input's."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.distinct import require_distinct
from gezhi.solvers.siting.distances import Places, Roads, Table, Ways

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Name = str | int
Metric = Literal["euclidean", "haversine", "graph", "matrix"]
Model = Literal["p_median", "max_cover", "set_cover"]

NONE = -1
# Sums of larger numbers over a city lose whole units in double precision.
_MOST = 1e9
# The mean radius of the Earth (IUGG), metres.
EARTH_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Demand:
    """Somebody to be served: ``weight`` people (or cases) at a place. ``x``, ``y``: metres, or degrees of longitude and
    latitude for the metric 'haversine'; ``node``: the node of the graph, where it is not the id."""

    id: Name
    weight: float
    x: float | None = None
    y: float | None = None
    node: Name | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A place that may be opened. ``fixed``: exists and stays open; ``capacity``: weight that it can serve (None: any);
    ``district``: for the minimums."""

    id: Name
    x: float | None = None
    y: float | None = None
    fixed: bool = False
    capacity: float | None = None
    district: Name | None = None
    node: Name | None = None


Rows = Sequence[Demand | Site]


@dataclass(frozen=True, slots=True)
class Equity:
    """How much the worst served count: the objective is (1 − weight) · mean + weight · mean over the worst ``share``."""

    weight: float
    share: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SitingTask:
    """Demand, candidate sites, how distance is measured, and what is asked for.

    ``p``: open sites, fixed ones included ('set_cover': at most so many, None: any number). ``radius_m``: within it a
    demand counts as covered. ``limit_m``: nobody is sent farther. ``graph``: undirected roads (a, b, metres); of a pair
    given twice the later counts. ``matrix``: metres, demand × sites, None where there is no way. ``pairs``: the same as
    (demand, site, metres), sparse. ``minimums``: least number of open sites by district.
    """

    demand: Sequence[Demand]
    sites: Sequence[Site]
    metric: Metric
    model: Model
    p: float | None = None
    radius_m: float | None = None
    limit_m: float | None = None
    graph: Sequence[tuple[Name, Name, float]] | None = None
    matrix: Sequence[Sequence[float | None]] | None = None
    pairs: Sequence[tuple[Name, Name, float]] | None = None
    earth_radius_m: float = EARTH_M
    minimums: Mapping[str, int] = field(default_factory=dict)
    equity: Equity | None = None


@dataclass(frozen=True)
class Problem:
    """A checked task: n demands and m sites, each sorted by id; ``row`` is their place in the input.

    ``capacity`` (m) is infinite where there is none; ``district`` (m) indexes ``minimums``, NONE where none is asked for.
    """

    ids: tuple[str, ...]
    row: Ints
    site_ids: tuple[str, ...]
    weight: Floats
    fixed: Bools
    capacity: Floats
    district: Ints
    district_names: tuple[str, ...]
    minimums: Ints
    ways: Ways
    model: Model
    p: int | None
    radius_m: float | None
    limit_m: float | None
    equity: Equity | None

    @property
    def reach_m(self) -> float | None:
        """Pairs farther apart than this do not matter for the model."""
        limits = [self.limit_m] if self.model == "p_median" else [self.limit_m, self.radius_m]
        given = [limit for limit in limits if limit is not None]
        return min(given) if given else None

    @property
    def capacitated(self) -> bool:
        """Whether any site has a capacity."""
        return bool(np.isfinite(self.capacity).any())


def refuse(code: str, message: str, field: str) -> InvalidInput:
    """The error for a wrong input; the caller raises it."""
    return InvalidInput(f"siting.{code}", message, field=field)


def _numbers(
    values: Sequence[float | None], place: str, *, least: float = 0.0, most: float = _MOST, empty: float | None = None
) -> Floats:
    """Values as an array, each in [least, most]; ``empty`` stands for None, which is refused where there is none."""
    array = np.array([math.nan if value is None else value for value in values], dtype=np.float64)
    missing = np.array([value is None for value in values], dtype=bool)
    wrong = ~((array >= least) & (array <= most))
    if empty is not None:
        wrong &= ~missing
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        if missing[at]:
            raise refuse("missing", "is missing", place.format(at))
        raise refuse("bad_number", f"{values[at]} is no number from {least:g} to {most:g}", place.format(at))
    if empty is not None:
        array[missing] = empty
    return array


def _sorted_ids(rows: Rows, name: str) -> tuple[tuple[str, ...], Ints]:
    if not rows:
        raise refuse("empty", "is empty: give at least one", name)
    names = [str(row.id) for row in rows]
    order = sorted(range(len(names)), key=names.__getitem__)
    require_distinct(names, code="siting.duplicate_id", field=name + "[{}].id", order=order)
    if names[order[0]] == "":
        raise refuse("no_id", "is empty", f"{name}[{order[0]}].id")
    return tuple(names[place] for place in order), np.array(order, dtype=np.int64)


def _limit(value: float | None, name: str, *, needed: bool = False) -> float | None:
    if value is None:
        if needed:
            raise refuse("missing", "is missing: within how many metres does a demand count as covered?", name)
        return None
    if not 0 <= value <= _MOST:
        raise refuse("bad_number", f"{value} is no number of metres from 0 to {_MOST:g}", name)
    return float(value)


def _count(task: SitingTask, fixed: int) -> int | None:
    """The number of sites to open, checked."""
    if task.p is None:
        if task.model == "set_cover":
            return None
        raise refuse("missing", "is missing: how many sites shall be open, fixed ones included?", "p")
    if not float(task.p).is_integer() or task.p < 1:
        raise refuse("bad_p", f"{task.p:g} is no whole number from 1", "p")
    p, sites = int(task.p), len(task.sites)
    if p > sites and task.model != "set_cover":
        raise refuse("bad_p", f"{p} sites cannot be opened: there are {sites}", "p")
    if p < fixed:
        words = f"{p} is less than the {fixed} fixed sites, which stay open and count"
        raise refuse("bad_p", f"{words}: raise p or take 'fixed' off some", "p")
    return p


def _coordinates(rows: Rows, name: str, *, degrees: bool) -> Floats:
    most = (180.0, 90.0) if degrees else (1e12, 1e12)
    columns = []
    for axis, limit in zip(("x", "y"), most, strict=True):
        values = [row.x if axis == "x" else row.y for row in rows]
        columns.append(_numbers(values, f"{name}[{{}}].{axis}", least=-limit, most=limit))
    return np.column_stack(columns)


def _roads(task: SitingTask) -> Roads:
    """The graph with the nodes of demand and sites. Of a pair given twice the later counts."""
    if task.graph is None:
        raise refuse("missing", "is missing: the metric 'graph' needs its roads [[a, b, metres], …]", "graph")
    at: dict[str, int] = {}
    ends = [(at.setdefault(str(a), len(at)), at.setdefault(str(b), len(at))) for a, b, _ in task.graph]
    metres = _numbers([length for _, _, length in task.graph], "graph[{}][2]")
    on_roads = len(at)
    nodes: list[Ints] = []
    both: tuple[Rows, Rows] = (task.sites, task.demand)
    known = [{str(row.id if row.node is None else row.node) for row in rows} for rows in both]
    kinds: tuple[tuple[Rows, str, set[str]], ...] = (
        (task.demand, "demand", known[0]), (task.sites, "sites", known[1]),
    )  # fmt: skip
    for rows, name, other in kinds:
        found = np.empty(len(rows), np.int64)
        for place, row in enumerate(rows):
            node = str(row.id if row.node is None else row.node)
            if at.get(node, on_roads) >= on_roads and node not in other:
                which = "id" if row.node is None else "node"
                raise refuse("unknown_node", f"'{node}' is no node of the graph", f"{name}[{place}].{which}")
            found[place] = at.setdefault(node, len(at))
        nodes.append(found)
    return Roads.of(np.array(ends, dtype=np.int64).reshape(-1, 2), metres, len(at), nodes[0], nodes[1])


def _table(task: SitingTask, places: dict[str, dict[str, int]]) -> Table:
    """The distances as given, in the order of the input."""
    n, m = len(task.demand), len(task.sites)
    if task.matrix is not None:
        return _dense(task.matrix, n, m)
    if task.pairs is not None:
        rows = np.empty((len(task.pairs), 2), np.int64)
        for place, (demand, site, _) in enumerate(task.pairs):
            for column, (kind, name) in enumerate((("demand", demand), ("sites", site))):
                if str(name) not in places[kind]:
                    words = f"'{name}' is no id in '{kind}'"
                    raise refuse("unknown_id", words, f"pairs[{place}][{column}]")
                rows[place, column] = places[kind][str(name)]
        metres = _numbers([length for _, _, length in task.pairs], "pairs[{}][2]", most=1e12)
        return Table.of(rows[:, 0], rows[:, 1], metres, n, m)
    raise refuse("missing", "is missing, and so is 'pairs': the metric 'matrix' needs one of them", "matrix")


def _dense(matrix: Sequence[Sequence[float | None]], n: int, m: int) -> Table:
    if len(matrix) != n:
        raise refuse("wrong_shape", f"has {len(matrix)} rows for {n} demands", "matrix")
    table = np.empty((n, m))
    for place, line in enumerate(matrix):
        if len(line) != m:
            raise refuse("wrong_shape", f"has {len(line)} entries for {m} sites", f"matrix[{place}]")
        table[place] = _numbers(line, f"matrix[{place}][{{}}]", most=1e12, empty=math.inf)
    given = np.flatnonzero(np.isfinite(table.ravel()))
    return Table.of(given // m, given % m, table.ravel()[given], n, m)


def _ways(task: SitingTask) -> Ways:
    """How distance is measured, in the order of the input."""
    if task.metric == "graph":
        return _roads(task)
    if task.metric == "matrix":
        kinds: dict[str, Rows] = {"demand": task.demand, "sites": task.sites}
        return _table(task, {name: {str(row.id): at for at, row in enumerate(rows)} for name, rows in kinds.items()})
    round_earth = task.metric == "haversine"
    if round_earth and not 1 <= task.earth_radius_m <= _MOST:
        raise refuse("bad_number", f"{task.earth_radius_m} is no radius in metres", "earth_radius_m")
    return Places(
        _coordinates(task.demand, "demand", degrees=round_earth),
        _coordinates(task.sites, "sites", degrees=round_earth),
        task.earth_radius_m if round_earth else None,
    )


def _districts(task: SitingTask) -> tuple[Ints, tuple[str, ...], Ints]:
    names = [None if row.district in (None, "") else str(row.district) for row in task.sites]
    known = {name for name in names if name is not None}
    for name, least in task.minimums.items():
        if name not in known:
            raise refuse("unknown_district", "is the district of no site", f"minimums.{name}")
        if least < 0:
            raise refuse("bad_number", f"{least} is negative", f"minimums.{name}")
    asked = tuple(sorted(name for name, least in task.minimums.items() if least > 0))
    at = {name: place for place, name in enumerate(asked)}
    district = np.array([NONE if name is None else at.get(name, NONE) for name in names], dtype=np.int64)
    return district, asked, np.array([task.minimums[name] for name in asked], dtype=np.int64)


def _check_equity(task: SitingTask) -> None:
    if task.equity is None:
        return
    if task.model != "p_median":
        raise refuse("equity", f"weighs distances, which '{task.model}' does not: use 'p_median'", "equity")
    if not 0 <= task.equity.weight <= 1:
        raise refuse("bad_number", f"{task.equity.weight} is no number from 0 to 1", "equity.weight")
    if not 0 < task.equity.share <= 1:
        raise refuse("bad_number", f"{task.equity.share} is no number above 0 and up to 1", "equity.share")


def read_problem(task: SitingTask) -> Problem:
    """Check ``task`` and turn it into arrays. Raises ``InvalidInput`` naming the field."""
    ids, row = _sorted_ids(task.demand, "demand")
    site_ids, site_row = _sorted_ids(task.sites, "sites")
    weight = _numbers([each.weight for each in task.demand], "demand[{}].weight")
    capacity = _numbers(
        [each.capacity for each in task.sites], "sites[{}].capacity", most=_MOST * len(ids), empty=math.inf
    )
    fixed = np.array([each.fixed for each in task.sites], dtype=bool)
    p = _count(task, int(fixed.sum()))
    radius = _limit(task.radius_m, "radius_m", needed=task.model != "p_median")
    limit = _limit(task.limit_m, "limit_m")
    _check_equity(task)
    district, names, minimums = _districts(task)
    return Problem(
        ids=ids,
        row=row,
        site_ids=site_ids,
        weight=weight[row],
        fixed=fixed[site_row],
        capacity=capacity[site_row],
        district=district[site_row],
        district_names=names,
        minimums=minimums,
        ways=_ways(task).ordered(row, site_row),
        model=task.model,
        p=p,
        radius_m=radius,
        limit_m=limit,
        equity=task.equity if task.equity is not None and task.equity.weight > 0 else None,
    )
