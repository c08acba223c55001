"""The rules beside equal shares: greedy by satisfaction per money, Phragmén's sequential rule, greatest welfare."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import highspy
import numpy as np

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.choice.budget import Task


def greedy(task: Task, *, chosen: Sequence[str] = ()) -> list[str]:
    """Add projects by total satisfaction per money, highest first, skipping what does not fit. O(n log n).

    A project with no supporter comes last, and is taken where money is left: ``least_support`` 1 in the task forbids it.
    """
    taken = list(chosen)
    value = {name: Fraction(task.satisfaction(name), cost) for name, cost in task.costs.items()}
    left = task.budget - task.cost(taken)
    for name in sorted(set(task.costs) - set(taken), key=lambda name: (-value[name], task.rank[name])):
        if task.costs[name] <= left and not task.apart[name] & set(taken):
            taken.append(name)
            left -= task.costs[name]
    return taken


def phragmen(task: Task) -> list[str]:
    """Phragmén's sequential rule: money flows to all voters alike; a project is bought when its supporters can pay.

    Needs approvals (each satisfaction counts as 1). Stops at the first project whose turn it is and that the budget cannot
    pay. O(n² m). Brill, Freeman, Janson, Lackner: Phragmén's Voting Methods and Justified Representation, AAAI 2017.
    """
    load = [Fraction(0)] * len(task.groups)
    supporters = {
        name: [place for place, group in enumerate(task.groups) if group.utility.get(name)] for name in task.costs
    }
    number = {name: sum(task.groups[place].size for place in places) for name, places in supporters.items()}
    taken: list[str] = []
    left = {name for name, cost in task.costs.items() if cost <= task.budget and number[name]}
    while left:
        reached = {
            name: Fraction(
                sum((load[place] * task.groups[place].size for place in supporters[name]), Fraction(0))
                + task.costs[name]
            )
            / number[name]
            for name in left
        }
        soonest = min(reached.values())
        tied = [name for name in left if reached[name] == soonest]
        money = task.budget - task.cost(taken)
        if any(task.costs[name] > money for name in tied):
            break
        winner = min(tied, key=lambda name: task.rank[name])
        taken.append(winner)
        for place in supporters[winner]:
            load[place] = soonest
        left -= {winner} | task.apart[winner]
    return taken


def greatest_welfare(task: Task) -> list[str]:
    """The set with the most satisfaction within the budget: an integer program solved to proven optimality by HiGHS.

    maximise Σ v_p x_p, Σ cost_p x_p ≤ budget, x_p + x_q ≤ 1 for pairs that exclude each other, x binary. Among equal
    optima the one that holds the first project of the tie order, then the second, and so on. Raises ``InvalidInput``
    when a number is too large for the solver to be exact, ``ArithmeticError`` when it brings no proof.
    """
    names = sorted(task.costs, key=lambda name: task.rank[name])
    if not names:
        return []  # no project has the least support
    value = [task.satisfaction(name) for name in names]
    if max(sum(value), task.budget, *task.costs.values()) >= 2**50:
        raise InvalidInput("budget.too_large", "money and satisfaction must stay below 2**50 in sum", field="budget")
    best, chosen = _solve(task, names, value, fixed={})
    fixed: dict[str, int] = {}
    for name in names:
        if name not in chosen:
            # Could it be in as well, at no loss, with all that is fixed so far?
            other_value, other = _solve(task, names, value, fixed={**fixed, name: 1})
            if other_value == best:
                chosen = other
        fixed[name] = int(name in chosen)
    return [name for name in names if name in chosen]


def _solve(task: Task, names: list[str], value: list[int], *, fixed: dict[str, int]) -> tuple[int, set[str]]:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.5)
    place = {name: number for number, name in enumerate(names)}
    for name, worth in zip(names, value, strict=True):
        low = fixed.get(name, 0)
        solver.addCol(-float(worth), float(low), float(fixed.get(name, 1)), 0, np.array([]), np.array([]))
        solver.changeColIntegrality(place[name], highspy.HighsVarType.kInteger)
    rows = [(task.budget, [(place[name], task.costs[name]) for name in names])]
    rows += [
        (1, [(place[one], 1), (place[other], 1)]) for one in names for other in sorted(task.apart[one]) if one < other
    ]
    for limit, entries in rows:
        index = np.array([column for column, _ in entries], dtype=np.int32)
        solver.addRow(-highspy.kHighsInf, float(limit), len(entries), index, np.array([float(n) for _, n in entries]))
    solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return -1, set()
    if status != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError(f"no proven optimum: {solver.modelStatusToString(status)}")
    levels = solver.getSolution().col_value
    chosen = {name for name in names if levels[place[name]] > 0.5}
    # What the solver says is checked in integers.
    if task.cost(chosen) > task.budget or any(task.apart[name] & chosen for name in chosen):
        raise ArithmeticError("the solver's answer breaks the budget or a pair")
    return sum(worth for name, worth in zip(names, value, strict=True) if name in chosen), chosen
