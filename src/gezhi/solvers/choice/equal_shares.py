"""The method of equal shares, in exact integers.

Every voter starts with the same share of the budget. A project p is q-affordable when its supporters can pay its cost
with nobody paying more than q per unit of satisfaction: Σ min(b_i, q·u_ip) = cost. The project with the least q is
bought, its supporters pay, and so on until none is affordable. Purses are integers over one common denominator, so
that no rounding decides a tie. O(rounds × projects × ballots log ballots) at worst; a project's q never falls within a run,
so most are not looked at again. Peters, Pierczyński, Skowron: Proportional Participatory Budgeting with Additive
Utilities, NeurIPS 2021.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from gezhi.solvers.certificate import ShouldStop, never
from gezhi.solvers.choice.budget import Task


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    supporters: list[int]
    utility: list[int]  # of each supporter
    weight: list[int]  # lcm of the utilities ÷ utility: purse × weight sorts supporters by purse ÷ utility


def _candidates(task: Task) -> list[_Candidate]:
    found = []
    for name in task.costs:
        supporters = [place for place, group in enumerate(task.groups) if group.utility.get(name)]
        if supporters:
            utility = [task.groups[place].utility[name] for place in supporters]
            whole = math.lcm(*set(utility))
            found.append(_Candidate(name, supporters, utility, [whole // one for one in utility]))
    return found


def _price(task: Task, candidate: _Candidate, purses: list[int], denominator: int) -> tuple[int, int] | None:
    """The least q of a candidate as numerator ÷ denominator in units of the purses; None if it is not affordable."""
    sizes = [task.groups[place].size for place in candidate.supporters]
    owed = task.costs[candidate.name] * denominator
    if sum(purses[place] * size for place, size in zip(candidate.supporters, sizes, strict=True)) < owed:
        return None
    order = sorted(
        range(len(sizes)), key=lambda number: purses[candidate.supporters[number]] * candidate.weight[number]
    )
    whole = sum(size * utility for size, utility in zip(sizes, candidate.utility, strict=True))
    for number in order:
        purse, utility = purses[candidate.supporters[number]], candidate.utility[number]
        if owed * utility <= purse * whole:
            return owed, whole
        # Too poor for an equal part: gives all there is, the others share the rest.
        owed -= purse * sizes[number]
        whole -= utility * sizes[number]
    return None


def equal_shares(
    task: Task, *, purse_budget: Fraction | None = None, chosen: Sequence[str] = (), should_stop: ShouldStop = never
) -> list[str]:
    """Projects in the order in which they are bought, after ``chosen``.

    ``purse_budget`` is what all purses hold together at the start (the budget if None): completion raises it. The outcome
    may cost more than the budget when it is raised. A project that one already chosen excludes is not bought.
    """
    bought = list(chosen)
    if not task.voters:
        return bought
    share = Fraction(task.budget if purse_budget is None else purse_budget) / task.voters
    denominator = share.denominator
    purses = [share.numerator] * len(task.groups)
    least: dict[str, Fraction] = {}
    left = [candidate for candidate in _candidates(task) if candidate.name not in set(bought)]
    while left and not should_stop():
        left = [one for one in left if not task.apart[one.name] & set(bought)]
        best: Fraction | None = None
        tied: list[tuple[_Candidate, tuple[int, int]]] = []
        affordable = []
        for candidate in sorted(left, key=lambda one: least.get(one.name, Fraction(0))):
            if best is not None and least.get(candidate.name, Fraction(0)) > best:
                affordable.append(candidate)
                continue
            price = _price(task, candidate, purses, denominator)
            if price is None:
                continue
            affordable.append(candidate)
            q = Fraction(price[0], price[1] * denominator)
            least[candidate.name] = q
            if best is None or q < best:
                best, tied = q, []
            if q == best:
                tied.append((candidate, price))
        if not tied:
            break
        winner, (top, bottom) = min(tied, key=lambda pair: task.rank[pair[0].name])
        bought.append(winner.name)
        left = [one for one in affordable if one is not winner]
        purses = [purse * bottom for purse in purses]
        denominator *= bottom
        for place, utility in zip(winner.supporters, winner.utility, strict=True):
            purses[place] -= min(purses[place], top * utility)
        shared = math.gcd(denominator, *purses)
        purses, denominator = [purse // shared for purse in purses], denominator // shared
    return bought


def raised_equal_shares(task: Task, *, step: Fraction, should_stop: ShouldStop = never) -> list[str]:
    """Equal shares with purses raised by ``step`` (money for all voters together) until the next outcome costs too much.

    Ends at purses of (voters + 1) budgets, and at once when nothing more can be added within the true budget or all
    that anybody supports is bought.
    """
    purse = Fraction(task.budget)
    supported = {name for group in task.groups for name in group.utility}
    before: list[str] = []
    # With so much, a single supporter could pay for whatever the budget can pay for.
    most = task.budget * (task.voters + 1)
    while purse <= most and not should_stop():
        outcome = equal_shares(task, purse_budget=purse, should_stop=should_stop)
        if task.cost(outcome) > task.budget:
            return before
        taken = set(outcome)
        rest = [name for name in supported - taken if not task.apart[name] & taken]
        if not task.open_to(outcome) or not rest:
            return outcome
        before = outcome
        purse += step
    return before
