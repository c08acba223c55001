"""The partition task as it is given, checked and turned into arrays in an order that does not depend on the input's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import Filled, filled
from gezhi.solvers.distinct import require_distinct

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Name = str | int

NONE = -1
# Households and workloads above this lose whole numbers in double precision when they are summed over a city.
_MOST = 10**9
# Metres, square metres and workloads.
_LARGEST = 1e18


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of land that is never cut: a compound or a building. ``x``, ``y``, ``outer_m`` in metres, area in m².

    ``households`` is a whole number; tables often write it as 90.0.
    """

    id: Name
    households: float
    x: float
    y: float
    workload: float | None = None
    area: float | None = None
    outer_m: float | None = None
    group: Name | None = None
    today: Name | None = None
    community: Name | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """Two units that lie side by side; ``border_m`` metres of common border; ``barrier``: may not be crossed."""

    a: Name
    b: Name
    border_m: float | None = None
    barrier: bool = False


@dataclass(frozen=True, slots=True)
class PartitionTask:
    """Units and neighbourhoods, the band [low, high] of households of a grid, and what is asked for.

    ``k``: number of grids, locked ones included; None lets the solver choose. ``locked``: grids of today that stay.
    """

    units: Sequence[Unit]
    edges: Sequence[Edge]
    band: tuple[float, float]
    k: int | None = None
    objective: Literal["grid", "cut_edges"] = "grid"
    locked: Sequence[Name] = ()


@dataclass(frozen=True)
class Network:
    """A checked task. Units are sorted by id; ``ends`` holds each neighbouring pair once, smaller position first.
    ``estimated``: pairs whose border is not known and counts as the mean of the others.
    """

    ids: tuple[str, ...]
    households: Ints
    work: Floats
    xy: Floats
    area: Floats
    outer: Floats
    group: Ints
    group_names: tuple[str, ...]
    today: Ints
    today_names: tuple[str, ...]
    community: Ints
    community_names: tuple[str, ...]
    ends: Ints
    border: Floats
    estimated: Bools
    barrier: Bools
    has_borders: bool
    low: int
    high: int
    k: int | None
    objective: Literal["grid", "cut_edges"]
    locked: frozenset[int]


def _refuse(code: str, message: Filled, field: str) -> InvalidInput:
    return InvalidInput(f"partition.{code}", message, field=field)


def _numbers(values: Sequence[float | None], name: str, *, signed: bool = False, empty: float = math.nan) -> Floats:
    """Values as an array; refuses infinite ones and, unless ``signed``, negative ones."""
    array = np.array([empty if value is None else value for value in values], dtype=np.float64)
    given = np.array([value is not None for value in values], dtype=bool)
    with np.errstate(invalid="ignore"):
        wrong = given & (~np.isfinite(array) | ((array < 0) & (not signed)))
        large = given & (np.abs(array) > _LARGEST)
    if large.any() and not wrong.any():
        place = int(np.flatnonzero(large)[0])
        raise _refuse(
            "bad_number",
            filled("%(value)s is more than %(most)s", value=str(values[place]), most=f"{_LARGEST:g}"),
            name.format(place),
        )
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise _refuse(
            "bad_number",
            _no_number(values[place], signed=signed),
            name.format(place),
        )
    return array


def _no_number(value: float | None, *, signed: bool) -> Filled:
    if signed:
        return filled("%(value)s is no number", value=str(value))
    return filled("%(value)s is no non-negative number", value=str(value))


def _codes(values: Sequence[Name | None]) -> tuple[Ints, tuple[str, ...]]:
    """Names as positions in their sorted list; NONE where there is none (or an empty one)."""
    words = [None if value is None or value == "" else str(value) for value in values]
    names = tuple(sorted({word for word in words if word is not None}))
    at = {word: position for position, word in enumerate(names)}
    return np.array([NONE if word is None else at[word] for word in words], dtype=np.int64), names


def _band(task: PartitionTask) -> tuple[int, int]:
    for value in task.band:
        if not float(value).is_integer():
            raise _refuse("bad_band", filled("%(value)s is no whole number", value=str(value)), "band")
    low, high = (int(value) for value in task.band)
    if low < 0 or high < low:
        raise _refuse(
            "bad_band", filled("[%(low)s, %(high)s] is no band: it must be 0 ≤ L ≤ U", low=low, high=high), "band"
        )
    if high > _MOST:
        raise _refuse("bad_band", filled("%(value)s is more than %(most)s", value=high, most=_MOST), "band")
    if task.k is not None and task.k < 1:
        raise _refuse(
            "bad_k", filled("%(count)s grids cannot be made; leave k out to let it be chosen", count=task.k), "k"
        )
    return low, high


def _edges(task: PartitionTask, at: dict[str, int]) -> tuple[Ints, Floats, Bools, Bools, bool]:
    """Each neighbouring pair once: (pairs, borders, which of these are estimated, barriers, whether there are borders at all).

    A pair given twice keeps its longest border, and is a barrier if either says so. An edge from a unit to itself says
    nothing and is left out.
    """
    first = np.empty(len(task.edges), np.int64)
    second = np.empty(len(task.edges), np.int64)
    for place, edge in enumerate(task.edges):
        a, b = at.get(str(edge.a)), at.get(str(edge.b))
        if a is None or b is None:
            name, field = (edge.a, "a") if a is None else (edge.b, "b")
            raise _refuse("unknown_unit", filled("'%(name)s' is no unit", name=str(name)), f"edges[{place}].{field}")
        first[place], second[place] = min(a, b), max(a, b)
    border = _numbers([edge.border_m for edge in task.edges], "edges[{}].border_m")
    barrier = np.array([edge.barrier for edge in task.edges], dtype=bool)
    kept = first != second
    first, second, border, barrier = first[kept], second[kept], border[kept], barrier[kept]
    pairs, inverse = np.unique(first * np.int64(len(at)) + second, return_inverse=True)
    ends = np.column_stack([pairs // max(len(at), 1), pairs % max(len(at), 1)]).astype(np.int64)
    longest = np.full(len(pairs), np.nan)
    np.fmax.at(longest, inverse, border)
    is_barrier = np.zeros(len(pairs), dtype=bool)
    np.logical_or.at(is_barrier, inverse, barrier)
    given = np.isfinite(longest)
    if not given.any() or not longest[given].max() > 0:
        return ends, np.ones(len(pairs)), np.zeros(len(pairs), dtype=bool), is_barrier, False
    longest[~given] = longest[given].mean()
    return ends, longest, ~given, is_barrier, True


def _check_locks(network: Network, positions: list[int]) -> None:
    """A locked grid stays as it is, so it lies in one community as every grid does."""
    members: dict[int, int] = {}
    for unit, grid in enumerate(network.today.tolist()):
        if grid not in network.locked:
            continue
        if network.community[members.setdefault(grid, unit)] != network.community[unit]:
            raise _refuse(
                "locked_in_two_communities",
                filled("the locked grid '%(name)s' has units in two communities", name=network.today_names[grid]),
                f"units[{positions[unit]}].today",
            )


def _check_groups(network: Network, positions: list[int]) -> None:
    """A group lies in one community, and wholly inside or outside the locked grids."""
    members: dict[int, int] = {}
    for unit, group in enumerate(network.group.tolist()):
        if group == NONE:
            continue
        first = members.setdefault(group, unit)
        field = f"units[{positions[unit]}].group"
        name = network.group_names[group]
        if network.community[first] != network.community[unit]:
            raise _refuse(
                "group_in_two_communities", filled("group '%(name)s' has units in two communities", name=name), field
            )
        locks = [network.today[member] if network.today[member] in network.locked else NONE for member in (first, unit)]
        if locks[0] != locks[1]:
            raise _refuse(
                "group_partly_locked", filled("group '%(name)s' is not wholly inside one locked grid", name=name), field
            )


def read_network(task: PartitionTask) -> Network:
    """Check ``task`` and turn it into arrays. Raises ``InvalidInput`` naming the field."""
    low, high = _band(task)
    if not task.units:
        raise _refuse("no_units", filled("there must be at least one unit"), "units")
    names = [str(unit.id) for unit in task.units]
    positions = sorted(range(len(names)), key=names.__getitem__)
    ids = tuple(names[position] for position in positions)
    require_distinct(names, code="partition.duplicate_id", field="units[{}].id", order=positions)
    if ids[0] == "":
        raise _refuse("no_id", filled("is empty"), f"units[{positions[0]}].id")

    def column(name: str) -> list[Any]:
        return [getattr(unit, name) for unit in task.units]

    households = _numbers(column("households"), "units[{}].households")
    if households.max() > _MOST:
        place = int(np.argmax(households))
        raise _refuse("bad_number", filled("more than %(most)s households", most=_MOST), f"units[{place}].households")
    if (households % 1 != 0).any():
        place = int(np.flatnonzero(households % 1 != 0)[0])
        message = filled("%(value)s is no whole number", value=f"{households[place]:g}")
        raise _refuse("bad_number", message, f"units[{place}].households")
    work = _numbers(column("workload"), "units[{}].workload")
    work = np.where(np.isnan(work), households, work)
    xy = np.column_stack([_numbers(column(axis), f"units[{{}}].{axis}", signed=True) for axis in ("x", "y")])
    area, outer = (_numbers(column(name), f"units[{{}}].{name}") for name in ("area", "outer_m"))
    group, group_names = _codes(column("group"))
    today, today_names = _codes(column("today"))
    community, community_names = _codes(column("community"))
    locked = set()
    for place, name in enumerate(task.locked):
        if str(name) not in today_names:
            raise _refuse(
                "unknown_grid", filled("'%(name)s' is today's grid of no unit", name=str(name)), f"locked[{place}]"
            )
        locked.add(today_names.index(str(name)))
    ends, border, estimated, barrier, has_borders = _edges(task, {name: place for place, name in enumerate(ids)})
    order = np.array(positions, dtype=np.int64)
    network = Network(
        ids=ids,
        households=households[order].astype(np.int64),
        work=work[order],
        xy=xy[order],
        area=area[order],
        outer=outer[order],
        group=group[order],
        group_names=group_names,
        today=today[order],
        today_names=today_names,
        community=community[order],
        community_names=community_names,
        ends=ends,
        border=border,
        estimated=estimated,
        barrier=barrier,
        has_borders=has_borders,
        low=low,
        high=high,
        k=task.k,
        objective=task.objective,
        locked=frozenset(locked),
    )
    _check_groups(network, positions)
    _check_locks(network, positions)
    return network
