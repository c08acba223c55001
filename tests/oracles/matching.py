"""Needs and resources matched by going through every way of giving units away, one need after another.

The state is what every slot (a resource in a period) has left, with what each grid was given and the points so far; of
two ways to one state only the one with more points is kept, so that nothing is left out. Filters, points and the order
of aims are written here from the how-to and the docstrings of ``gezhi.solvers.matching``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

State = tuple[tuple[int, ...], tuple[int, ...]]  # left in each slot, served in each grid


@dataclass(frozen=True)
class Best:
    """The best of all plans. ``impossible``: none keeps what was accepted.

    ``shares`` of the grids from the worst on, or with teams the ``floor`` of the worst that is within reach; ``points`` at
    most with these, where a member of a team of n brings an nth of the points, rounded down and at least one.
    """

    impossible: bool
    shares: list[Fraction]
    floor: Fraction | None
    points: int
    most_units: int


def may_serve(need: Any, resource: Any, period: Any) -> bool:
    """Whether a resource may serve a need in a period at all."""
    if not need.consent or resource.clearance < need.clearance:
        return False
    if resource.kinds and need.kind not in resource.kinds:
        return False
    if any(skill not in resource.skills for skill in need.skills):
        return False
    if need.team and not any(role.skill in resource.skills for role in need.team):
        return False
    if math.dist((need.x, need.y), (resource.x, resource.y)) > resource.radius_m:
        return False
    early = need.from_s is not None and period.from_s < need.from_s
    late = need.to_s is not None and period.to_s > need.to_s
    return not early and not late and resource.capacity.get(period.id, 0) > 0


def _pieces(text: str) -> set[str]:
    found: set[str] = set()
    for run in re.findall(r"[a-z0-9]+|[\u4e00-\u9fff]+", text.lower()):
        if run.isascii() or len(run) == 1:
            found.add(run)
        else:
            found.update(run[place : place + 2] for place in range(len(run) - 1))
    return found


def points_of(need: Any, resource: Any, weights: Any, before: bool) -> int:
    """The points of a unit: nearness, shared words (Dice), past success (Laplace), urgency, stability, and one."""
    metres = math.dist((need.x, need.y), (resource.x, resource.y))
    near = 1.0 if metres == 0 else max(0.0, 1 - metres / resource.radius_m) if resource.radius_m else 0.0
    asked, offered = _pieces(need.text), _pieces(resource.text)
    alike = Fraction(2 * len(asked & offered), len(asked) + len(offered)) if asked or offered else Fraction(0)
    past = resource.past.get(need.kind)
    success = Fraction(past.good + 1, past.done + 2) if past else Fraction(1, 2)
    return (
        1
        + round(weights.distance * near)
        + math.floor(weights.text * alike)
        + math.floor(weights.success * success)
        + math.floor(weights.urgency * Fraction(need.urgency, 3))
        + (weights.stability if before else 0)
    )


def _spread(units: int, room: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every way to take at most so many units from slots with so much room."""
    if not room:
        yield ()
        return
    for taken in range(min(units, room[0]) + 1):
        for rest in _spread(units - taken, room[1:]):
            yield (taken, *rest)


def _teams(need: Any, able: dict[str, list[int]], held: dict[str, set[int]]) -> Iterator[list[int]]:
    """Every way to fill the roles of a team in one period, as slots; what was accepted in that period is in it.

    ``able``: skill → slots; ``held``: the accepted slots.
    """

    def fill(roles: Sequence[Any], used: list[int]) -> Iterator[list[int]]:
        if not roles:
            if held["slots"] <= set(used):
                yield used
            return
        free = [slot for slot in able[roles[0].skill] if slot not in used]
        for chosen in combinations(free, roles[0].count):
            yield from fill(roles[1:], [*used, *chosen])

    yield from fill(need.team, [])


def best(
    needs: Sequence[Any],
    resources: Sequence[Any],
    periods: Sequence[Any],
    *,
    accepted: Sequence[Any],
    before: Sequence[tuple[str, str]],
    weights: Any,
    fair: bool,
) -> Best:
    """The best plan of all."""
    asking = [need for need in needs if need.consent]
    grids = sorted({need.grid for need in asking})
    slots = [(one, period) for one in resources for period in periods if one.capacity.get(period.id, 0)]
    at = {(one.id, period.id): place for place, (one, period) in enumerate(slots)}
    kept = _kept(accepted, asking, at, slots)
    if kept is None:
        return Best(True, [], None, 0, 0)
    room = [one.capacity[period.id] for one, period in slots]
    teams = any(need.team for need in asking)
    asked = Counter[str]()
    for need in asking:
        asked[need.grid] += need.quantity
    states: dict[State, int] = {(tuple(room), (0,) * len(grids)): 0}
    for need in sorted(asking, key=lambda need: -sum(kept[need.id].values())):
        # What was accepted of the others must stay free until their turn.
        place = grids.index(need.grid)
        options = list(_options(need, slots, room, kept[need.id], weights, set(before)))
        reached: dict[State, int] = {}
        for (left, served), points in states.items():
            for taken, units, more in options:
                if any(take > free for take, free in zip(taken, left, strict=True)):
                    continue
                given = tuple(old + units * (number == place) for number, old in enumerate(served))
                state = (tuple(free - take for free, take in zip(left, taken, strict=True)), given)
                reached[state] = max(reached.get(state, -1), points + more)
        states = reached
    if not states:
        return Best(True, [], None, 0, 0)
    ends: dict[tuple[int, ...], int] = {}
    for (_, served), points in states.items():
        ends[served] = max(ends.get(served, -1), points)

    def shares(served: tuple[int, ...]) -> list[Fraction]:
        return sorted(Fraction(units, asked[grid]) for grid, units in zip(grids, served, strict=True))

    most = max(sum(served) for served in ends)
    if not fair:
        return Best(False, [], None, max(ends.values()), most)
    if not teams:
        served = max(ends, key=lambda one: (shares(one), ends[one]))
        return Best(False, shares(served), None, max(ends[one] for one in ends if shares(one) == shares(served)), most)
    open_to = _open(asking, slots, kept, weights)
    fixed = {grid: sum(sum(kept[n.id].values()) for n in asking if n.grid == grid and not n.team) for grid in grids}
    judged = [(number, grid) for number, grid in enumerate(grids) if asked[grid] > fixed[grid] and grid in open_to]

    def floor(served: tuple[int, ...]) -> Fraction:
        return min(
            (Fraction(served[number] - fixed[grid], asked[grid] - fixed[grid]) for number, grid in judged),
            default=Fraction(0),
        )

    highest = max(map(floor, ends))
    return Best(False, [], highest, max(points for one, points in ends.items() if floor(one) == highest), most)


def _kept(
    accepted: Sequence[Any], asking: Sequence[Any], at: dict[Any, int], slots: Any
) -> dict[str, Counter[int]] | None:
    """Accepted units of each need by slot; None where they cannot all be kept."""
    kept: dict[str, Counter[int]] = {need.id: Counter() for need in asking}
    taken: Counter[int] = Counter()
    for one in accepted:
        if one.need not in kept or (one.resource, one.period) not in at:
            return None
        kept[one.need][at[one.resource, one.period]] += one.quantity
        taken[at[one.resource, one.period]] += one.quantity
    if any(units > slots[slot][0].capacity[slots[slot][1].id] for slot, units in taken.items()):
        return None
    for need in asking:
        most = sum(role.count for role in need.team) or need.quantity
        if sum(kept[need.id].values()) > most or (need.team and max(kept[need.id].values(), default=0) > 1):
            return None
    return kept


def _options(
    need: Any, slots: Any, room: Sequence[int], kept: Counter[int], weights: Any, before: set[tuple[str, str]]
) -> Iterator[tuple[tuple[int, ...], int, int]]:
    """Every way to serve one need: units taken from each slot, units served, points."""
    worth = [points_of(need, one, weights, (need.id, one.id) in before) for one, _ in slots]
    fixed = [kept[slot] for slot in range(len(slots))]
    if need.team:
        size = sum(role.count for role in need.team)
        if not kept:
            yield tuple(fixed), 0, 0
        for period in {id(period): period for _, period in slots}.values():
            here = [slot for slot, (_, other) in enumerate(slots) if other is period]
            if set(kept) - set(here):
                continue
            able = {
                role.skill: [
                    slot
                    for slot in here
                    if role.skill in slots[slot][0].skills and (kept[slot] or may_serve(need, *slots[slot]))
                ]
                for role in need.team
            }
            for chosen in _teams(need, able, {"slots": set(kept)}):
                points = sum(max(1, worth[slot] // size) for slot in chosen)
                yield tuple(int(slot in chosen) for slot in range(len(slots))), 1, points
        return
    free = [
        have - fix if may_serve(need, *slots[slot]) else 0
        for slot, (have, fix) in enumerate(zip(room, fixed, strict=True))
    ]
    for more in _spread(need.quantity - sum(fixed), free):
        taken = tuple(fix + take for fix, take in zip(fixed, more, strict=True))
        yield taken, sum(taken), sum(take * value for take, value in zip(taken, worth, strict=True))


def _open(asking: Sequence[Any], slots: Any, kept: dict[str, Counter[int]], weights: Any) -> set[str]:
    """Grids with a need that could be served further if it were the only one, beside all that was accepted."""
    found = set()
    for need in asking:
        room = [one.capacity[period.id] for one, period in slots]
        for other in asking:
            for slot, units in kept[other.id].items():
                room[slot] -= units if other is not need or not need.team else 0
        if need.team:
            ways = _options(need, slots, room, kept[need.id], weights, set())
            if any(
                units and all(take <= left for take, left in zip(taken, room, strict=True)) for taken, units, _ in ways
            ):
                found.add(need.grid)
        elif need.quantity > sum(kept[need.id].values()) and any(
            left > 0 and may_serve(need, *slots[slot]) for slot, left in enumerate(room)
        ):
            found.add(need.grid)
    return found
