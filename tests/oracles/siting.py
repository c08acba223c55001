"""Every set of sites of a small siting task, and where there are capacities every assignment to it, tried one by one."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gezhi.solvers.certificate import Status
from gezhi.solvers.siting import Demand, Equity, Site, SitingResult, SitingTask, solve_siting

MOST_SITES = 8
# Values that differ by less than this share count as equal: the tolerance of the programs.
CLOSE = 1e-6

Row = Sequence[float]
Assigned = tuple[int | None, ...]


@dataclass(frozen=True)
class Truth:
    """The best value of any plan, None where there is no plan."""

    best: float | None


@dataclass(frozen=True)
class Town:
    """A task as metres (infinite: no way), demand × sites, in the order of the input."""

    task: SitingTask
    metres: list[list[float]]

    @property
    def reach(self) -> float:
        limits = [self.task.limit_m, None if self.task.model == "p_median" else self.task.radius_m]
        return min([limit for limit in limits if limit is not None], default=math.inf)

    @property
    def crowded(self) -> bool:
        return any(site.capacity is not None for site in self.task.sites)

    def sets(self) -> Iterator[tuple[int, ...]]:
        """Sets of sites that keep the number, the fixed ones and the districts' least."""
        sites = self.task.sites
        numbers = range(len(sites) + 1)
        if self.task.model != "set_cover":
            numbers = range(int(self.task.p), int(self.task.p) + 1)
        elif self.task.p is not None:
            numbers = range(min(int(self.task.p), len(sites)) + 1)
        for number in numbers:
            for opened in itertools.combinations(range(len(sites)), number):
                held = [str(sites[j].district) for j in opened if sites[j].district is not None]
                if all(j in opened for j, site in enumerate(sites) if site.fixed) and all(
                    held.count(name) >= least for name, least in self.task.minimums.items()
                ):
                    yield opened

    def assignments(self, opened: tuple[int, ...]) -> Iterator[Assigned]:
        """Assignments that could be best: to the nearest open site in reach, or where there are capacities any that keep them."""
        demand = self.task.demand
        near = [[j for j in opened if row[j] <= self.reach and math.isfinite(row[j])] for row in self.metres]
        if not self.crowded:
            yield tuple(
                min(sites, key=lambda j, row=row: row[j]) if sites else None
                for row, sites in zip(self.metres, near, strict=True)
            )
            return
        may_stay = [[*sites, None] if self.task.model == "max_cover" else sites for sites in near]
        room = {
            j: math.inf if self.task.sites[j].capacity is None else self.task.sites[j].capacity + 1e-9 for j in opened
        }

        def extended(place: int, chosen: Assigned) -> Iterator[Assigned]:
            if place == len(demand):
                yield chosen
                return
            for j in may_stay[place]:
                if j is None:
                    yield from extended(place + 1, (*chosen, None))
                elif room[j] >= demand[place].weight:
                    room[j] -= demand[place].weight
                    yield from extended(place + 1, (*chosen, j))
                    room[j] += demand[place].weight

        yield from extended(0, ())

    def value(self, opened: tuple[int, ...], assigned: Assigned) -> float | None:
        """The objective of a plan; None where it leaves out whom it must not."""
        demand = self.task.demand
        if self.task.model == "max_cover":
            return sum(each.weight for each, j in zip(demand, assigned, strict=True) if j is not None)
        if None in assigned:
            return None
        if self.task.model == "set_cover":
            return float(len(opened))
        walked = [(self.metres[i][j], demand[i].weight) for i, j in enumerate(assigned)]
        total = sum(metres * weight for metres, weight in walked)
        equity = self.task.equity
        if equity is None or equity.weight == 0:
            return total
        people = sum(weight for _, weight in walked)
        if people == 0:
            return 0.0
        left, worst = equity.share * people, 0.0
        for metres, weight in sorted(walked, reverse=True):
            worst += metres * min(weight, left)
            left -= min(weight, left)
        return (1 - equity.weight) * total / people + equity.weight * worst / (equity.share * people)


def _between(task: SitingTask) -> list[list[float]]:
    if task.metric == "matrix" and task.matrix is not None:
        return [[math.inf if metres is None else metres for metres in row] for row in task.matrix]
    if task.metric == "matrix":
        given: dict[tuple[str, str], float] = {}
        for demand, site, metres in task.pairs or ():
            given[str(demand), str(site)] = metres
        return [[given.get((str(each.id), str(site.id)), math.inf) for site in task.sites] for each in task.demand]
    if task.metric == "graph":
        return _along_roads(task)
    return [[_straight(task, each, site) for site in task.sites] for each in task.demand]


def _straight(task: SitingTask, one: Demand, other: Site) -> float:
    if task.metric == "euclidean":
        return math.hypot(one.x - other.x, one.y - other.y)
    x1, y1, x2, y2 = map(math.radians, (one.x, one.y, other.x, other.y))
    half = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * task.earth_radius_m * math.asin(math.sqrt(half))


def _along_roads(task: SitingTask) -> list[list[float]]:
    length = {frozenset((str(a), str(b))): metres for a, b, metres in task.graph or ()}
    places = [str(row.id if row.node is None else row.node) for row in (*task.demand, *task.sites)]
    nodes = sorted({node for pair in length for node in pair} | set(places))
    at = {node: place for place, node in enumerate(nodes)}
    way = [[0.0 if a == b else length.get(frozenset((a, b)), math.inf) for b in nodes] for a in nodes]
    for middle, a, b in itertools.product(range(len(nodes)), repeat=3):
        way[a][b] = min(way[a][b], way[a][middle] + way[middle][b])
    here, there = places[: len(task.demand)], places[len(task.demand) :]
    return [[way[at[a]][at[b]] for b in there] for a in here]


def truth(task: SitingTask) -> Truth:
    """The best of all plans."""
    town = Town(task, _between(task))
    found = [
        value
        for opened in town.sets()
        for assigned in town.assignments(opened)
        if (value := town.value(opened, assigned)) is not None
    ]
    better = max if task.model == "max_cover" else min
    return Truth(better(found, default=None))


def random_task(seed: int) -> SitingTask:
    """A task with any combination of the optional fields."""
    draw = random.Random(seed)  # noqa: S311
    model = draw.choice(["p_median", "p_median", "max_cover", "set_cover"])
    metric = draw.choice(["euclidean", "euclidean", "haversine", "graph", "matrix"])
    crowded = draw.random() < 0.4
    equity = draw.choice([None, None, Equity(draw.choice([0.0, 0.3, 1.0]), draw.choice([0.1, 0.25, 0.5, 1.0]))])
    equity = equity if model == "p_median" else None
    sites = draw.randint(1, 5 if crowded else MOST_SITES)
    count = draw.randint(1, 5 if crowded else 9)
    districts = draw.choice([[None], [None], ["N", "S"], ["N", "S", None]])
    weights = draw.choice([[0, 1, 2, 3, 5, 8], [1], [0, 0, 1], [0.5, 1.25, 3.0], [1, 10**6]])
    weight = [float(draw.choice(weights)) for _ in range(count)]
    roomy = max(1.0, sum(weight) * draw.choice([0.3, 0.6, 1.2]))

    def place() -> dict[str, float]:
        if metric == "haversine":
            return {"x": 116.3 + draw.randint(0, 40) / 1_000, "y": 39.9 + draw.randint(0, 40) / 1_000}
        return {"x": float(draw.randint(0, 30)), "y": float(draw.randint(0, 30))} if metric == "euclidean" else {}

    demand = [Demand(f"d{n}", w, **place()) for n, w in enumerate(weight)]
    offered = [
        Site(
            f"s{n}",
            **place(),
            fixed=draw.random() < 0.15,
            district=draw.choice(districts),
            capacity=draw.choice([None, roomy, math.floor(roomy), 1.0]) if crowded else None,
        )
        for n in range(sites)
    ]
    fixed = sum(site.fixed for site in offered)
    p: int | None = draw.randint(max(1, fixed), max(1, sites))
    if model == "set_cover":
        p = draw.choice([None, None, p, sites + 1])
    named = [str(site.district) for site in offered if site.district is not None]
    minimums = {name: draw.randint(0, 2) for name in sorted(set(named))} if draw.random() < 0.5 else {}
    far = {"haversine": 4_000, "graph": 40}.get(metric, 25)
    limit = draw.choice([None, None, None, draw.randint(far // 4, far)])
    radius = None if model == "p_median" else draw.randint(far // 6, far)
    given = _ways(draw, metric, demand, offered)
    return SitingTask(
        demand=demand, sites=offered, metric=metric, model=model, p=p, radius_m=radius, limit_m=limit,
        minimums=minimums, equity=equity, **given,
    )  # fmt: skip


def _ways(draw: random.Random, metric: str, demand: list[Demand], sites: list[Site]) -> dict[str, object]:
    if metric == "matrix":
        missing = draw.choice([0.0, 0.2, 0.5])
        table = [[None if draw.random() < missing else float(draw.randint(0, 30)) for _ in sites] for _ in demand]
        if draw.random() < 0.5:
            return {"matrix": table}
        pairs = [
            (each.id, site.id, metres)
            for each, row in zip(demand, table, strict=True)
            for site, metres in zip(sites, row, strict=True)
            if metres is not None
        ]
        return {"pairs": pairs}
    if metric != "graph":
        return {}
    names = [str(row.id) for row in (*demand, *sites)] + ["x", "y"]
    roads = [(name, draw.choice(["x", "y"]), float(draw.randint(0, 20))) for name in names[:-2]]
    roads += [(*draw.sample(names, 2), float(draw.randint(0, 25))) for _ in range(len(names))]
    return {"graph": roads + ([("x", "y", 5.0)] if draw.random() < 0.7 else [])}


def faults_of(task: SitingTask, effort: float = 0.01) -> tuple[str, list[str]]:
    """The status that the solver gives, and everything in its answer that is not so."""
    best, answer = truth(task).best, solve_siting(task, effort=effort)
    faults = _faults_of_plan(task, answer) if answer.open else []
    larger = task.model == "max_cover"
    if answer.status is Status.IMPOSSIBLE and best is not None:
        faults.append(f"impossible, yet there is {best}: {answer.certificate.claim}")
    if answer.status in {Status.OPTIMAL, Status.FEASIBLE}:
        if best is None:
            return answer.status.value, [*faults, f"{answer.status.value}, yet there is no plan"]
        slack = CLOSE * max(1.0, abs(best))
        sign = -1.0 if larger else 1.0
        if sign * (answer.value - best) < -slack:
            faults.append(f"value {answer.value}, yet no plan is better than {best}")
        if answer.bound is not None and sign * (answer.bound - best) > slack:
            faults.append(f"bound {answer.bound}, yet a plan has {best}")
        if answer.status is Status.OPTIMAL and sign * (answer.value - best) > slack:
            faults.append(f"optimal with {answer.value}, yet a plan has {best}")
    return answer.status.value, faults


def _faults_of_plan(task: SitingTask, answer: SitingResult) -> list[str]:
    """Whether the plan keeps the rules and is worth what is said, and what closing a site would cost."""
    town = Town(task, _between(task))
    at = {str(site.id): place for place, site in enumerate(task.sites)}
    opened = tuple(sorted(at[name] for name in answer.open))
    assigned = tuple(None if (name := answer.assigned[str(each.id)]) is None else at[name] for each in task.demand)
    faults = [] if opened in set(town.sets()) else [f"{answer.open} are not the sites asked for"]
    load = [0.0] * len(task.sites)
    for row, each, j in zip(town.metres, task.demand, assigned, strict=True):
        if j is None:
            continue
        load[j] += each.weight
        if j not in opened or not row[j] <= town.reach * (1 + 1e-12):
            faults.append(f"{each.id} is sent to {task.sites[j].id}")
    faults += [
        f"{site.id} is overfull"
        for site, held in zip(task.sites, load, strict=True)
        if site.capacity is not None and held > site.capacity + 1e-6
    ]
    value = town.value(opened, assigned)
    if value is None or abs(value - answer.value) > CLOSE * max(1.0, abs(value)):
        faults.append(f"said to be worth {answer.value}, and is worth {value}")
    if not town.crowded and task.equity is None:
        faults += _faults_of_closing(town, opened, answer)
    return faults


def _faults_of_closing(town: Town, opened: tuple[int, ...], answer: SitingResult) -> list[str]:
    """By closing each site and sending everybody to the nearest one that is left."""
    faults, task = [], town.task
    slack = CLOSE + 1e-9 * abs(answer.value)
    for j in opened:
        rest = tuple(other for other in opened if other != j)
        left = next(town.assignments(rest))
        expected: float | None
        if task.model == "set_cover":
            expected = float(left.count(None))
        elif task.model == "max_cover":
            expected = answer.value - town.value(rest, left)
        else:
            after = town.value(rest, left)
            expected = None if after is None else after - answer.value
        said = answer.closing_costs[str(task.sites[j].id)]
        if (said is None) != (expected is None) or (
            said is not None and expected is not None and abs(said - expected) > slack
        ):
            faults.append(f"closing {task.sites[j].id} is said to cost {said}, and costs {expected}")
    return faults
