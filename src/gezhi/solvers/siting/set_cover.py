"""How few sites cover everything: greedy, HiGHS with that plan as start, and annealing with one site fewer while that may be.

y_j: site j is open. min Σ y_j; Σ_{j covers i} y_j ≥ 1 for every demand; Σ_{j in d} y_j ≥ least_d. Fixed sites are taken out
beforehand, and the demands that they cover with them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.certificate import ShouldStop
from gezhi.solvers.siting.annealing import anneal
from gezhi.solvers.siting.greedy import greedy
from gezhi.solvers.siting.location import Location, value
from gezhi.solvers.siting.program import Program

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_NODES = 500
# Pairs up to which the program is solved; beyond them the bound is the number of demands that share no site.
_PROGRAM = 1_500_000


@dataclass(frozen=True, slots=True)
class Cover:
    """Sites that cover every demand, and a number that no such set undercuts."""

    opened: Ints
    bound: int
    bound_from: str


def cover_all(location: Location, *, seed: int, budget: int, stop: ShouldStop) -> Cover:
    """``location``: pairs that cost nothing, unserved = 1; every demand with unserved > 0 must have a pair.

    ``p`` is not looked at. The districts' least must be there.
    """
    opened = _greedy_cover(location)
    bound, source = _apart(location), "demands that share no site"
    if len(opened) > bound and len(location.site) <= _PROGRAM:
        opened, proven = _by_program(location, opened, stop)
        if proven > bound:
            bound, source = proven, "mixed-integer program (HiGHS)"
    while len(opened) > bound and not stop():
        fewer = replace(location, p=len(opened) - 1)
        begin = _spare(location, opened)
        if begin is None:
            break
        found = anneal(fewer, begin, seed=seed, budget=budget, stop=stop)
        if value(fewer, found) > 0:
            break
        opened = found
    return Cover(opened, min(bound, len(opened)), source)


def _greedy_cover(location: Location) -> Ints:
    """The shortest head of the greedy order that covers everything, with the districts' least, without idle sites."""
    order = _order(location)
    held = location.least.copy()
    paid = location.unserved.copy()
    chosen: list[int] = []
    for j in order.tolist():
        mine = location.by_demand[location.by_start[j] : location.by_start[j + 1]]
        if paid[mine].any():
            chosen.append(j)
            paid[mine] = 0.0
    of = location.district[np.array(chosen, dtype=np.int64)]
    held = location.least - np.bincount(of[of >= 0], minlength=len(location.least))
    for district, owed in enumerate(held.tolist()):
        others = np.setdiff1d(np.flatnonzero(location.district == district), chosen)
        chosen += others[: max(owed, 0)].tolist()
    return _without_idle(location, np.array(chosen, dtype=np.int64))


def _order(location: Location) -> Ints:
    """All sites in the order in which greedy opens them."""
    free = replace(location, p=location.m, district=np.full(location.m, -1), least=np.empty(0, np.int64))
    return greedy(free, in_order=True)


def _without_idle(location: Location, opened: Ints) -> Ints:
    """Without sites that neither a demand nor a district needs, the latest first."""
    cover = np.zeros(location.n, np.int64)
    lists = [location.by_demand[location.by_start[j] : location.by_start[j + 1]] for j in opened.tolist()]
    for mine in lists:
        cover[mine] += 1
    of = location.district[opened]
    held = np.bincount(of[of >= 0], minlength=len(location.least))
    kept = np.ones(len(opened), dtype=bool)
    for place in range(len(opened) - 1, -1, -1):
        district = of[place]
        spared = district < 0 or held[district] > location.least[district]
        needed = location.unserved[lists[place]] > 0
        if spared and (cover[lists[place]][needed] > 1).all():
            kept[place] = False
            cover[lists[place]] -= 1
            if district >= 0:
                held[district] -= 1
    return np.sort(opened[kept])


def _spare(location: Location, opened: Ints) -> Ints | None:
    """The set without the site whose going uncovers least; None where the districts spare none."""
    of = location.district[opened]
    held = np.bincount(of[of >= 0], minlength=len(location.least))
    costs = [
        value(location, np.delete(opened, place))
        for place in range(len(opened))
        if of[place] < 0 or held[of[place]] > location.least[of[place]]
    ]
    places = [place for place in range(len(opened)) if of[place] < 0 or held[of[place]] > location.least[of[place]]]
    return np.delete(opened, places[int(np.argmin(costs))]) if places else None


def _apart(location: Location) -> int:
    """Demands no two of which have a common site, fewest sites first; the districts' least, if that is more."""
    taken = np.zeros(location.m, dtype=bool)
    count = 0
    length = np.diff(location.start)
    for i in np.argsort(length, kind="stable").tolist():
        sites = location.site[location.start[i] : location.start[i + 1]]
        if location.unserved[i] > 0 and len(sites) and not taken[sites].any():
            # A demand blocks all sites of its own.
            taken[sites] = True
            count += 1
    return max(count, int(location.least.sum()))


def _by_program(location: Location, opened: Ints, stop: ShouldStop) -> tuple[Ints, int]:
    """The better of ``opened`` and what HiGHS finds, and the bound that it proves."""
    m = location.m
    program = Program(cost=np.ones(m), upper=np.ones(m), whole=np.ones(m, dtype=bool))
    demand = np.repeat(np.arange(location.n), np.diff(location.start))
    needed = np.diff(location.start) > 0
    row = np.cumsum(needed) - 1
    program.add(int(needed.sum()), row[demand], location.site, 1.0, 1.0, np.inf)
    for district, least in enumerate(location.least.tolist()):
        inside = np.flatnonzero(location.district == district)
        program.add(1, np.zeros(len(inside)), inside, 1.0, least, np.inf)
    start = np.zeros(m)
    start[opened] = 1.0
    outcome = program.solve(start=start, nodes=_NODES, stop=stop)
    if outcome.x is not None:
        found = np.flatnonzero(outcome.x > 0.5)
        if len(found) < len(opened) and value(location, found) == 0:
            opened = found
    return opened, int(np.ceil(outcome.bound - 1e-4)) if np.isfinite(outcome.bound) else 0
