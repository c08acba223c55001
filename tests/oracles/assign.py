"""Every way to send a few workers to a few cases, priced pair by pair as the terms are written down."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import dataclass

import numpy as np

from gezhi.solvers.assign import Cases, DispatchCost, Objective, Workers, solve_assignment
from gezhi.solvers.certificate import Status

SKILLS = ("water", "power")


@dataclass(frozen=True)
class Task:
    """A snapshot in plain lists."""

    workers: list[dict[str, object]]
    cases: list[dict[str, object]]
    travel: list[list[float]]
    objective: Objective
    costs: DispatchCost


def random_task(seed: int) -> Task:
    """A task with any combination of the optional fields."""
    draw = random.Random(seed)  # noqa: S311
    objective = draw.choice([Objective.TRAVEL, Objective.DISPATCH, Objective.DISPATCH])
    m, n = draw.randint(0, 5), draw.randint(0, 4)
    workers: list[dict[str, object]] = []
    for number in range(m):
        rest = draw.choice([(math.inf, math.inf), (math.inf, math.inf), (50.0, 90.0)])
        workers.append(
            {
                "id": f"w{draw.randint(0, 99)}-{number}",
                "skills": frozenset(skill for skill in SKILLS if draw.random() < 0.6),
                "free_at": draw.choice([0.0, 0.0, 30.0]),
                "shift_end": draw.choice([math.inf, math.inf, 120.0]),
                "rest": rest,
                "on_way_to": -1,
                "swaps": draw.choice([0, 0, 1, 3]),
                "worked": draw.choice([0.0, 0.0, 4_000.0]),
            }
        )
    cases: list[dict[str, object]] = [
        {
            "id": f"c{draw.randint(0, 99)}-{number}",
            "needs": frozenset(skill for skill in SKILLS if draw.random() < 0.25),
            "due": draw.choice([math.inf, math.inf, 40.0, -20.0]),
            "waiting": draw.choice([0.0, 500.0]),
            "urgency": draw.choice([1.0, 1.0, 5.0, 0.0]),
            "people": 1 if objective is Objective.TRAVEL else draw.choice([1, 1, 2, 3]),
            "service": draw.choice([0.0, 20.0]),
            "owner": draw.choice([-1, draw.randrange(m)]) if m else -1,
        }
        for number in range(n)
    ]
    for worker in workers:
        free = [place for place, case in enumerate(cases) if _on_way(workers, place) < case["people"]]
        if free and draw.random() < 0.3:
            worker["on_way_to"] = draw.choice(free)
    travel = [[draw.choice([math.inf, *[float(draw.randint(0, 80))] * 5]) for _ in range(m)] for _ in range(n)]
    costs = DispatchCost(
        late_weight=draw.choice([3.0, 0.0]), ageing=draw.choice([0.2, 0.0]), swap_s=draw.choice([60.0, 5.0]),
        most_swaps=draw.choice([2, 1]), fairness=draw.choice([0.02, 0.0]), owner_s=draw.choice([120.0, 10.0]),
        owner_cap_s=draw.choice([900.0, 30.0]), leave_s=draw.choice([14_400.0, 60.0]),
        most_travel_s=draw.choice([math.inf, math.inf, 40.0]),
    )  # fmt: skip
    return Task(workers, cases, travel, objective, costs)


def _on_way(workers: list[dict[str, object]], case: int) -> int:
    return sum(worker["on_way_to"] == case for worker in workers)


def _arrival(task: Task, i: int, j: int) -> float:
    """Seconds until worker j is at case i; infinite where j may not go."""
    worker, case, way = task.workers[j], task.cases[i], task.travel[i][j]
    far = task.costs.most_travel_s if task.objective is Objective.DISPATCH else math.inf
    if not math.isfinite(way) or way > far or not case["needs"] <= worker["skills"]:
        return math.inf
    at, (rest_from, rest_to) = worker["free_at"] + way, worker["rest"]
    if at + case["service"] > rest_from and worker["free_at"] < rest_to:
        at = max(rest_to + way, at)
    return at if at + case["service"] <= worker["shift_end"] else math.inf


def _price(task: Task, i: int, j: int) -> float:
    """What it costs to send j to i; infinite where that may not be."""
    worker, case, costs = task.workers[j], task.cases[i], task.costs
    at = _arrival(task, i, j)
    if task.objective is Objective.TRAVEL:
        return task.travel[i][j] if math.isfinite(at) else math.inf
    if not math.isfinite(at):
        return math.inf
    mean = sum(float(other["worked"]) for other in task.workers) / len(task.workers)
    price = case["urgency"] * (at + costs.late_weight * max(0.0, at - case["due"]))
    price += costs.fairness * max(0.0, worker["worked"] - mean)
    price += costs.swap_s * (worker["on_way_to"] not in (-1, i))
    price -= costs.owner_s * (case["owner"] == j and at <= costs.owner_cap_s)
    return price


def _left_open(task: Task, i: int) -> float:
    case, costs = task.cases[i], task.costs
    late = max(0.0, costs.leave_s - case["due"])
    return case["urgency"] * (costs.leave_s + costs.ageing * case["waiting"] + costs.late_weight * late)


def _may_be(task: Task, sent: tuple[int, ...]) -> bool:
    """Whether a plan (case of each worker, −1 for none) keeps the rules beside the pairs."""
    for i, case in enumerate(task.cases):
        if sent.count(i) not in (0, case["people"]):
            return False
    for j, worker in enumerate(task.workers):
        aim = worker["on_way_to"]
        if task.objective is Objective.TRAVEL or aim == -1 or worker["swaps"] < task.costs.most_swaps:
            continue
        if not math.isfinite(_price(task, aim, j)):
            continue  # May not go there at all: free for another.
        # Alone on the way to it: it is not left open. In a team the others may not be had.
        allowed = {aim} if task.cases[aim]["people"] == 1 else {aim, -1}
        if sent[j] not in allowed:
            return False
    return True


def best(task: Task) -> tuple[int, float]:
    """Cases served (0 where it does not count first) and cost of the best plan."""
    found: list[tuple[int, float]] = []
    prices = [[_price(task, i, j) for j in range(len(task.workers))] for i in range(len(task.cases))]
    for sent in itertools.product(range(-1, len(task.cases)), repeat=len(task.workers)):
        if not _may_be(task, sent):
            continue
        cost = sum(prices[i][j] for j, i in enumerate(sent) if i >= 0)
        if not math.isfinite(cost):
            continue
        served = len(set(sent) - {-1})
        if task.objective is Objective.DISPATCH:
            open_ones = [i for i in range(len(task.cases)) if i not in sent]
            cost += sum(task.cases[i]["people"] * _left_open(task, i) for i in open_ones)
            served = 0
        found.append((-served, cost))
    return min(found)


def faults_of(task: Task) -> tuple[str, list[str]]:
    """The status that the solver gives, and everything in its answer that is not so."""
    workers = Workers.of(
        ids=[one["id"] for one in task.workers], x=np.zeros(len(task.workers)), y=np.zeros(len(task.workers)),
        skills=[one["skills"] for one in task.workers], free_at_s=[one["free_at"] for one in task.workers],
        shift_end_s=[one["shift_end"] for one in task.workers], break_from_s=[one["rest"][0] for one in task.workers],
        break_to_s=[one["rest"][1] for one in task.workers], on_way_to=[one["on_way_to"] for one in task.workers],
        swaps=[one["swaps"] for one in task.workers], worked_s=[one["worked"] for one in task.workers],
    )  # fmt: skip
    cases = Cases.of(
        ids=[one["id"] for one in task.cases], x=np.zeros(len(task.cases)), y=np.zeros(len(task.cases)),
        needs=[one["needs"] for one in task.cases], due_s=[one["due"] for one in task.cases],
        waiting_s=[one["waiting"] for one in task.cases], urgency=[one["urgency"] for one in task.cases],
        people=[one["people"] for one in task.cases], service_s=[one["service"] for one in task.cases],
        owner=[one["owner"] for one in task.cases],
    )  # fmt: skip
    travel = np.array(task.travel, dtype=np.float64).reshape(len(task.cases), len(task.workers))
    answer = solve_assignment(cases=cases, workers=workers, travel_s=travel, objective=task.objective, costs=task.costs)
    served, cost = best(task)
    faults = []
    if task.objective is Objective.TRAVEL and len(answer.assignment) != -served:
        faults.append(f"{len(answer.assignment)} served, {-served} can be")
    if answer.cost < cost - 1e-6:
        faults.append(f"cost {answer.cost}, yet no plan is below {cost}")
    if answer.status is Status.OPTIMAL and answer.cost > cost + 1e-6:
        faults.append(f"optimal with {answer.cost}, yet a plan has {cost}")
    if answer.bound > cost + 1e-6:
        faults.append(f"bound {answer.bound}, yet a plan has {cost}")
    places = {one["id"]: place for place, one in enumerate(task.workers)}
    sent = [-1] * len(task.workers)
    for i, one in enumerate(task.cases):
        for who in answer.assignment.get(one["id"], ()):
            sent[places[who]] = i
    if sum(map(len, answer.assignment.values())) != len(sent) - sent.count(-1) or not _may_be(task, tuple(sent)):
        faults.append(f"the plan {dict(answer.assignment)} breaks a rule")
    if set(answer.unassigned) != {one["id"] for one in task.cases} - set(answer.assignment):
        faults.append("a case is neither served nor named")
    return answer.status.value, faults
