"""Every plan of a small partition task, tried one by one: whether one keeps the hard rules, and the shortest of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from gezhi.solvers.certificate import Status
from gezhi.solvers.partition import Edge, PartitionTask, Unit, solve_partition
from tests.oracles.partition_levels import level_faults

MOST_UNITS = 9


@dataclass(frozen=True)
class Truth:
    """Number of grids → the shortest cut of any plan that keeps every hard rule (pairs, or metres where borders are given)."""

    shortest: dict[int, float]


def _bits(mask: int) -> list[int]:
    return [place for place in range(mask.bit_length()) if mask >> place & 1]


def _is_connected(mask: int, near: list[int]) -> bool:
    reached = frontier = mask & -mask
    while frontier:
        grown = 0
        for place in _bits(frontier):
            grown |= near[place]
        frontier = grown & mask & ~reached
        reached |= frontier
    return reached == mask


@dataclass(frozen=True)
class _Town:
    """A task in bits: units by position, ``near`` over open edges, what a pair that is cut counts."""

    units: list[Unit]
    near: list[int]
    weight: dict[tuple[int, int], float]
    whole: list[int]
    locked: list[int]
    band: tuple[float, float]

    def load(self, mask: int) -> float:
        return sum(self.units[place].households for place in _bits(mask))

    def inside(self, mask: int) -> float:
        return sum(w for (a, b), w in self.weight.items() if mask >> a & 1 and mask >> b & 1)

    def holds(self, mask: int) -> bool:
        """Whether these units are a grid by band and connection."""
        return self.band[0] <= self.load(mask) <= self.band[1] and _is_connected(mask, self.near)

    def is_grid(self, mask: int) -> bool:
        """Whether they may be one: no locked unit, one community, no group in parts."""
        if any(mask & lock for lock in self.locked) or not self.holds(mask):
            return False
        if len({self.units[place].community for place in _bits(mask)}) > 1:
            return False
        return not any(mask & group and mask & group != group for group in self.whole)


def _read(task: PartitionTask) -> _Town:
    units = list(task.units)
    at = {str(unit.id): place for place, unit in enumerate(units)}
    borders: dict[tuple[int, int], list[float]] = {}
    barriers = set()
    for edge in task.edges:
        pair = min(at[str(edge.a)], at[str(edge.b)]), max(at[str(edge.a)], at[str(edge.b)])
        if pair[0] == pair[1]:
            continue
        borders.setdefault(pair, []).extend([] if edge.border_m is None else [edge.border_m])
        if edge.barrier:
            barriers.add(pair)
    near = [0] * len(units)
    for a, b in borders.keys() - barriers:
        near[a] |= 1 << b
        near[b] |= 1 << a
    known = {pair: max(given) for pair, given in borders.items() if given}
    weight = dict.fromkeys(borders, 1.0)
    if task.objective == "grid" and known and max(known.values()) > 0:
        mean = sum(known.values()) / len(known)
        weight = {pair: known.get(pair, mean) for pair in borders}
    names = [str(name) for name in task.locked]
    locked = [sum(1 << place for place, unit in enumerate(units) if str(unit.today) == name) for name in names]
    groups: dict[str, int] = {}
    for place, unit in enumerate(units):
        if unit.group is not None and str(unit.today) not in names:
            groups[str(unit.group)] = groups.get(str(unit.group), 0) | 1 << place
    town = _Town(units, near, weight, [], locked, task.band)
    return replace(town, whole=[mask for mask in groups.values() if town.load(mask) <= task.band[1]])


def truth(task: PartitionTask) -> Truth:
    """Try every division of the units into grids: the lowest unit that is in none yet gets one of all that hold it."""
    town = _read(task)
    full = (1 << len(town.units)) - 1
    if not all(town.holds(mask) for mask in town.locked):
        return Truth({})
    by_first: dict[int, list[tuple[int, float]]] = {}
    for mask in range(1, full + 1):
        if town.is_grid(mask):
            by_first.setdefault(mask & -mask, []).append((mask, town.inside(mask)))
    # Covered units → grids so far → the most that was kept inside of grids.
    start = sum(town.locked)
    layer = {start: {len(town.locked): sum(town.inside(mask) for mask in town.locked)}}
    ends: dict[int, float] = {}
    while layer:
        following: dict[int, dict[int, float]] = {}
        for covered, kept in layer.items():
            if covered == full:
                ends |= {number: max(value, ends.get(number, -1.0)) for number, value in kept.items()}
                continue
            left = full & ~covered
            for mask, inner in by_first.get(left & -left, []):
                if mask & covered:
                    continue
                after = following.setdefault(covered | mask, {})
                for number, value in kept.items():
                    after[number + 1] = max(after.get(number + 1, -1.0), value + inner)
        layer = following
    everything = sum(town.weight.values())
    return Truth({number: everything - value for number, value in ends.items()})


def _communities(town: _Town) -> dict[str | int | None, int]:
    found: dict[str | int | None, int] = {}
    for place, unit in enumerate(town.units):
        found[unit.community] = found.get(unit.community, 0) | 1 << place
    return found


def least_uneven(task: PartitionTask, grids: int) -> float:
    """The least workload beyond 15 % of the mean of the community, in means, of every plan of so many grids that keeps the
    hard rules."""
    town = _read(task)
    work = [unit.households if unit.workload is None else unit.workload for unit in town.units]
    # Grids so far → the least sum over the communities so far.
    sums = {0: 0.0}
    for inside in _communities(town).values():
        locked = [mask for mask in town.locked if mask & inside]
        masks = [mask for mask in _parts_of(inside) if town.is_grid(mask)]
        of_this = {
            number: least
            for number in range(1, min(grids, len(_bits(inside))) + 1)
            if (least := _least_in_one(inside, locked, masks, work, number)) is not None
        }
        following: dict[int, float] = {}
        for so_far, value in sums.items():
            for number, least in of_this.items():
                all_in_all = so_far + number
                following[all_in_all] = min(value + least, following.get(all_in_all, float("inf")))
        sums = following
    return sums[grids]


def _parts_of(mask: int) -> list[int]:
    part, found = mask, []
    while part:
        found.append(part)
        part = (part - 1) & mask
    return found


def _least_in_one(inside: int, locked: list[int], masks: list[int], work: list[float], grids: int) -> float | None:
    """The least of one community in so many grids, whose mean is therefore known; None if there is no such plan."""

    def of(mask: int) -> float:
        return sum(work[place] for place in _bits(mask))

    mean = of(inside) / grids

    def beyond(mask: int) -> float:
        return max(0.0, abs(of(mask) / mean - 1.0) - 0.15) if mean else 0.0

    by_first: dict[int, list[tuple[int, float]]] = {}
    for mask in masks:
        by_first.setdefault(mask & -mask, []).append((mask, beyond(mask)))
    layer = {sum(locked): sum(beyond(mask) for mask in locked)}
    for _ in range(grids - len(locked)):
        following: dict[int, float] = {}
        for covered, value in layer.items():
            left = inside & ~covered
            for mask, more in by_first.get(left & -left, []):
                if not mask & covered:
                    following[covered | mask] = min(value + more, following.get(covered | mask, float("inf")))
        layer = following
    return layer.get(inside)


def random_task(seed: int) -> PartitionTask:
    """A task with any combination of the optional fields."""
    draw = random.Random(seed)  # noqa: S311
    count = draw.choice([1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 9])
    communities = draw.choice([[None], [None], [None], ["A", "B"], ["A", "A", "B", "C"]])
    names = draw.choice([[None], [None, None, None, "g"], [None, None, "g", "h"]])
    today = draw.choice([[None], ["t1", "t2", None], ["t1", "t2", "t3"]])
    with_borders = draw.random() < 0.5
    households = [draw.choice([0, 1, 1, 2, 3, 5, 8, 11] if count < 7 else [1, 2, 3, 4, 5]) for _ in range(count)]
    of_group: dict[str, str | None] = {}
    units = []
    for place in range(count):
        community, group = draw.choice(communities), draw.choice(names)
        if group is not None:
            community = of_group.setdefault(group, community)
        units.append(
            Unit(
                f"u{place}", households[place], draw.random() * 1_000, draw.random() * 1_000,
                group=group, community=community, today=draw.choice(today),
                workload=draw.choice([None, None, float(draw.randint(0, 9))]),
            )
        )  # fmt: skip
    density, walls = draw.choice([0.3, 0.5, 0.8]), draw.choice([0.0, 0.0, 0.2, 0.4])
    pairs = {(a, b) for a in range(count) for b in range(a + 1, count) if draw.random() < density}
    if draw.random() < 0.7:
        # A tree over each community, so that most tasks are not over before they begin.
        for b in range(1, count):
            nearer = [a for a in range(b) if units[a].community == units[b].community]
            if nearer:
                pairs.add((draw.choice(nearer), b))
    edges = [
        Edge(
            f"u{a}",
            f"u{b}",
            draw.choice([None, float(draw.randint(1, 60))]) if with_borders else None,
            draw.random() < walls,
        )
        for a, b in sorted(pairs)
    ]
    # Most bands fit some number of grids, so that most tasks hang on the other rules.
    wanted = max(len({unit.community for unit in units}), draw.randint(1, max(1, count // 2)))
    mean = sum(households) / wanted
    low = draw.choice([0, 1, 3, *[int(mean * share) for share in (0.1, 0.3, 0.5, 0.8)]])
    high = max(low, draw.choice([low, low + 4, *[int(mean * share) for share in (1.1, 1.4, 2.0)], max(households)]))
    band = (low, high + draw.choice([0, 0, 3]))
    locked: list[str] = []
    if draw.random() < 0.25:
        name = draw.choice([unit.today for unit in units])
        if name is not None:
            inside = {unit.group for unit in units if unit.today == name} - {None}
            outside = {unit.group for unit in units if unit.today != name}
            communities = {unit.community for unit in units if unit.today == name}
            if not inside & outside and len(communities) == 1:
                locked = [name]
    return PartitionTask(
        units, edges, band,
        k=draw.choice([None, None, wanted, wanted, wanted + 1, max(1, wanted - 1)]),
        objective=draw.choice(["grid", "cut_edges"]),
        locked=locked,
    )  # fmt: skip


def faults_of(task: PartitionTask) -> tuple[str, list[str]]:
    """The status that the solver gives, and everything in its answer that is not so."""
    known, answer = truth(task).shortest, solve_partition(task)
    said, faults = answer.certificate, []
    possible = bool(known) if task.k is None else task.k in known
    if answer.status is Status.IMPOSSIBLE and possible:
        faults.append(f"impossible, yet there are {known}: {said.claim}")
    if answer.status in {Status.OPTIMAL, Status.FEASIBLE}:
        grids = len(set(answer.assignment.values()))
        if grids not in known or task.k not in {None, grids}:
            faults.append(f"{answer.status.value} with {grids} grids, yet there are {known}")
        elif said.value is None or said.value < known[grids] - 1e-3:
            faults.append(f"value {said.value}, yet no plan is below {known[grids]}")
        elif said.bound is not None and said.bound > known[grids] + 1e-3:
            faults.append(f"bound {said.bound}, yet a plan has {known[grids]}")
        elif answer.status is Status.OPTIMAL and said.value > known[grids] + 1e-3:
            faults.append(f"optimal with {said.value}, yet a plan has {known[grids]}")
        faults += level_faults(
            task, answer, least_uneven(task, grids) if task.objective == "grid" and grids in known else None
        )
    return answer.status.value, faults
