"""Participatory budgets by their definitions: voters one by one, every subset tried, nothing grouped, sorted once or kept.

``Case`` is a task as it is written down. Ties go to the smaller rank. What a rule promises is looked at as well: money,
pairs, nothing left that fits, and for equal shares extended justified representation up to one project.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations

Set = tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """A budget as it is written down: points of each voter for projects, pairs that exclude each other, ranks for ties."""

    budget: int
    costs: dict[str, int]
    ballots: tuple[dict[str, int], ...]
    satisfaction: str
    rank: dict[str, int]
    least_support: int
    incompatible: tuple[tuple[str, str], ...]

    @property
    def racing(self) -> list[str]:
        """Projects with enough supporters."""
        return [name for name in self.costs if sum(self.likes(one, name) for one in self.ballots) >= self.least_support]

    @staticmethod
    def likes(ballot: dict[str, int], name: str) -> bool:
        """Whether a voter supports a project."""
        return ballot.get(name, 0) > 0

    def joy(self, ballot: dict[str, int], name: str) -> int:
        """What a voter has of a project."""
        if not self.likes(ballot, name):
            return 0
        return {"cost": self.costs[name], "count": 1, "points": ballot[name]}[self.satisfaction]

    def welfare(self, chosen: Iterable[str]) -> int:
        """What all voters have of what is chosen."""
        return sum(self.joy(ballot, name) for name in chosen for ballot in self.ballots)

    def cost(self, chosen: Iterable[str]) -> int:
        """What it costs."""
        return sum(self.costs[name] for name in chosen)

    def apart(self, name: str, chosen: Iterable[str]) -> bool:
        """Whether something that is chosen excludes a project."""
        return any({name, other} == set(pair) for other in chosen for pair in self.incompatible)

    def allowed(self, chosen: Sequence[str]) -> bool:
        """Within the budget, without excluded pairs, each project racing and once."""
        return (
            self.cost(chosen) <= self.budget
            and len(set(chosen)) == len(chosen)
            and set(chosen) <= set(self.racing)
            and not any(self.apart(name, chosen) for name in chosen)
        )

    def fits(self, chosen: Sequence[str]) -> list[str]:
        """What could be added."""
        return [name for name in self.racing if name not in chosen and self.allowed([*chosen, name])]


def _subsets(names: Sequence[str]) -> Iterator[Set]:
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


def greedy(case: Case, chosen: Sequence[str] = ()) -> list[str]:
    """Again and again the best for its money of what still fits."""
    taken = list(chosen)
    while some := case.fits(taken):
        taken.append(min(some, key=lambda name: (-Fraction(case.welfare([name]), case.costs[name]), case.rank[name])))
    return taken


def welfare(case: Case) -> set[str]:
    """The best of all sets; of equal ones that with the first project in the tie order, then with the second, …"""
    order = sorted(case.costs, key=case.rank.__getitem__)
    possible = [some for some in _subsets(case.racing) if case.allowed(some)]
    return set(max(possible, key=lambda some: (case.welfare(some), [name in some for name in order])))


def _price(case: Case, name: str, purses: Sequence[Fraction]) -> Fraction | None:
    """The least q at which Σ min(purse, q × joy) is the cost: every set of those who give all they have is tried."""
    fans = [
        (purse, case.joy(one, name)) for purse, one in zip(purses, case.ballots, strict=True) if case.likes(one, name)
    ]
    found = []
    for poor in _subsets([str(place) for place in range(len(fans))]):
        rich = [fan for place, fan in enumerate(fans) if str(place) not in poor]
        rest = case.costs[name] - sum((fans[int(place)][0] for place in poor), Fraction(0))
        if rich and rest >= 0:
            q = rest / sum(joy for _, joy in rich)
            if all(q * joy <= purse for purse, joy in rich) and all(
                q * fans[int(n)][1] >= fans[int(n)][0] for n in poor
            ):
                found.append(q)
    return min(found, default=None)


def equal_shares(case: Case, money: Fraction) -> list[str]:
    """Every voter owns the same part of ``money``; the project with the least price for its joy is bought, and so on."""
    if not case.ballots:
        return []
    purses = [money / len(case.ballots)] * len(case.ballots)
    bought: list[str] = []
    while True:
        prices = {}
        for name in case.racing:
            if name not in bought and not case.apart(name, bought) and case.welfare([name]):
                price = _price(case, name, purses)
                if price is not None:
                    prices[name] = price
        if not prices:
            return bought
        name = min(prices, key=lambda one: (prices[one], case.rank[one]))
        bought.append(name)
        purses = [
            purse - min(purse, prices[name] * case.joy(one, name))
            for purse, one in zip(purses, case.ballots, strict=True)
        ]


def raised(case: Case, percent: int) -> list[str]:
    """Equal shares with more and more in the purses, as long as the true budget pays for the outcome."""
    before: list[str] = []
    for step in range(10**6):
        money = case.budget * (1 + Fraction(step * percent, 100))
        if money > case.budget * (len(case.ballots) + 1):
            return before
        found = equal_shares(case, money)
        if case.cost(found) > case.budget:
            return before
        wanted = [n for n in case.racing if n not in found and case.welfare([n]) and not case.apart(n, found)]
        if not case.fits(found) or not wanted:
            return found
        before = found
    raise AssertionError("the purses were raised for ever")


def phragmen(case: Case) -> list[str]:
    """Money flows to all voters alike; whoever's project can be paid first is served; the first beyond the budget ends it."""
    purses = [Fraction(0)] * len(case.ballots)
    taken: list[str] = []
    out = {name for name in case.racing if case.costs[name] > case.budget}
    while True:
        waits = {}
        for name in case.racing:
            fans = [place for place, one in enumerate(case.ballots) if case.likes(one, name)]
            if fans and name not in out and name not in taken and not case.apart(name, taken):
                lacking = case.costs[name] - sum(purses[place] for place in fans)
                waits[name] = Fraction(lacking) / len(fans)
        if not waits:
            return taken
        soonest = min(waits.values())
        now = [name for name, wait in waits.items() if wait == soonest]
        if any(case.cost([*taken, name]) > case.budget for name in now):
            return taken
        name = min(now, key=case.rank.__getitem__)
        taken.append(name)
        purses = [
            Fraction(0) if case.likes(one, name) else purse + soonest
            for purse, one in zip(purses, case.ballots, strict=True)
        ]


def unserved(case: Case, chosen: Sequence[str]) -> tuple[Set, Set] | None:
    """A group of voters (by number) and projects that break extended justified representation up to one project.

    The group is as large a share of the voters as its projects are of the budget, and no member has as much joy of the
    chosen, even with one of those projects more, as the group agrees that it could have.
    """
    everybody = [str(place) for place in range(len(case.ballots))]
    for projects in _subsets(case.racing):
        for group in _subsets(everybody):
            members = [case.ballots[int(place)] for place in group]
            if not projects or not members or case.cost(projects) * len(everybody) > case.budget * len(members):
                continue
            due = sum(min(case.joy(one, name) for one in members) for name in projects)
            served = any(
                (have := sum(case.joy(one, name) for name in chosen)) >= due
                or any(have + case.joy(one, name) > due for name in projects if name not in chosen)
                for one in members
            )
            if not served:
                return group, projects
    return None
