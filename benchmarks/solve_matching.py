"""Matching needs with resources: a city's lists with planted pairs, beside a linear program of the same task in the same run."""

from __future__ import annotations

import random
import time

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from benchmarks._report import row
from gezhi.solvers.matching import Need, Past, Period, Plan, Resource, Role, Weights, barrier, match, score

MATTERS = {
    "meal": ("给独居老人送饭", "社区食堂助餐送饭队"),
    "visit": ("陪老人聊天看病", "志愿者陪诊陪聊"),
    "repair": ("修水管换灯泡", "便民维修小队修水电"),
    "child": ("放学后看孩子作业", "大学生课后辅导作业"),
}
SIDE_M = 12_000.0
PERIODS = tuple(Period(f"p{number}", 3_600.0 * number, 3_600.0 * (number + 1)) for number in range(4))


def city(
    needs: int, resources: int, *, seed: int, team_share: float = 0.0
) -> tuple[list[Need], list[Resource], dict[str, str]]:
    """Needs of four kinds in 40 grids, resources with a radius of about 2 km; every second need has one planted beside it."""
    chance = random.Random(seed)  # noqa: S311
    kinds = sorted(MATTERS)
    offered = []
    for number in range(resources):
        kind = chance.choice(kinds)
        offered.append(
            Resource(
                f"r{number:05}",
                chance.uniform(0, SIDE_M),
                chance.uniform(0, SIDE_M),
                chance.uniform(1_000, 3_000),
                {period.id: int(chance.random() < 0.5) for period in PERIODS},
                kinds=(kind,) if chance.random() < 0.7 else (),
                text=MATTERS[kind][1],
                skills=("licence",) if chance.random() < 0.5 else (),
                clearance=chance.randint(0, 1),
                past={kind: Past(10, chance.randint(3, 10))},
            )
        )
    asked = []
    planted = {}
    for number in range(needs):
        kind = chance.choice(kinds)
        x, y = chance.uniform(0, SIDE_M), chance.uniform(0, SIDE_M)
        if number % 2 == 0:
            near = chance.choice(offered)
            kind = near.kinds[0] if near.kinds else kind
            x, y = near.x + chance.uniform(-60, 60), near.y + chance.uniform(-60, 60)
            planted[f"n{number:05}"] = near.id
        team = chance.random() < team_share
        asked.append(
            Need(
                f"n{number:05}",
                x,
                y,
                grid=f"g{int(x / SIDE_M * 8):02}{int(y / SIDE_M * 5):02}",
                kind=kind,
                text=MATTERS[kind][0],
                team=(Role("licence", 2),) if team else (),
                clearance=int(chance.random() < 0.1),
                from_s=chance.choice([None, 3_600.0]),
                quantity=1 if team else chance.choice([1, 1, 2]),
                urgency=chance.randint(0, 3),
                sensitive=chance.random() < 0.1,
            )
        )
    return asked, offered, planted


def linear_bound(needs: list[Need], resources: list[Resource]) -> tuple[float, float]:
    """The greatest sum of scores as a linear program by HiGHS, and its CPU seconds."""
    slots = {
        (resource.id, period.id): number
        for number, (resource, period) in enumerate((resource, period) for resource in resources for period in PERIODS)
    }
    rows, columns, values = [], [], []
    for place, need in enumerate(needs):
        for resource in resources:
            if barrier(need, resource, PERIODS) is None:
                points = score(need, resource, Weights(), before=False).total
                for period in PERIODS:
                    if resource.capacity[period.id] and (need.from_s is None or period.from_s >= need.from_s):
                        rows += [place, len(needs) + slots[resource.id, period.id]]
                        columns += [len(values)] * 2
                        values.append(points)
    right = [need.quantity for need in needs] + [
        resource.capacity[period.id] for resource in resources for period in PERIODS
    ]
    start = time.process_time()
    table = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(right), len(values))).tocsr()
    found = linprog(-np.array(values, dtype=float), A_ub=table, b_ub=np.array(right, dtype=float), method="highs-ipm")
    return float(-found.fun), time.process_time() - start


def recall(needs: list[Need], resources: list[Resource], planted: dict[str, str], best: int = 5) -> tuple[int, int]:
    """Planted needs whose helper is among the ``best`` scores, and all planted needs that their helper may serve."""
    hits = tried = 0
    for need in needs:
        helper = planted.get(need.id)
        able = [resource for resource in resources if barrier(need, resource, PERIODS) is None] if helper else []
        if helper in {resource.id for resource in able}:
            points = {resource.id: score(need, resource, Weights(), before=False).total for resource in able}
            tried += 1
            hits += sorted(points, key=lambda name: (-points[name], name)).index(str(helper)) < best
    return hits, tried


def worst(plan: Plan) -> float:
    """The least served share of any grid."""
    return min(grid["served"] / grid["asked"] for grid in plan.figures["grids"].values())


def run() -> None:
    """Print the table."""
    row("figure", "value", "aim", None, "CPU s")
    needs, resources, planted = city(2_000, 800, seed=1)
    start = time.process_time()
    fair = match(needs, resources, PERIODS)
    fair_s = time.process_time() - start
    start = time.process_time()
    best = match(needs, resources, PERIODS, fair=False)
    best_s = time.process_time() - start
    bound, bound_s = linear_bound(needs, resources)
    pairs = fair.figures["pairs_that_pass"]
    row("2,000 needs, 800 resources: pairs that pass", str(pairs), "", None, "")
    row("greatest sum of scores", str(best.figures["points"]), "LP bound", None, f"{best_s:.1f}")
    row(
        "  linear program by HiGHS (solving alone)",
        f"{bound:.1f}",
        "",
        abs(bound - best.figures["points"]) < 0.5,
        f"{bound_s:.1f}",
    )
    row("fair: sum of scores, part of the greatest", f"{fair.figures['points'] / bound:.4f}", "", None, f"{fair_s:.1f}")
    row(
        "  worst grid served: fair / sum alone",
        f"{worst(fair):.3f} / {worst(best):.3f}",
        "not less",
        worst(fair) >= worst(best),
        "",
    )
    served, most = fair.figures["units_served"], fair.figures["most_units_possible"]
    row("  units served of the most possible", f"{served} of {most}", "all", served == most, "")
    hits, tried = recall(needs, resources, planted)
    row("  planted helper among the five best scores, if it may help", f"{hits / tried:.3f} of {tried}", "", None, "")
    again = match(needs, resources[:-40], PERIODS, before=[(one.need, one.resource) for one in fair.proposals])
    before = {(one.need, one.resource) for one in fair.proposals}
    gone = {resource.id for resource in resources[-40:]}
    left = {pair for pair in before if pair[1] not in gone}
    stayed = len(left & {(one.need, one.resource) for one in again.proposals})
    row("  40 resources fall out: other proposals that stay", f"{stayed / len(left):.3f}", "", None, "")
    some, offered, _ = city(150, 60, seed=2, team_share=0.2)
    start = time.process_time()
    teams = match(some, offered, PERIODS)
    row("150 needs with teams, 60 resources", teams.status.value, "", None, f"{time.process_time() - start:.1f}")
    print("  " + teams.certificate.claim)
