"""Elections counted with each ballot on its own, from the words of the how-to; and what each method promises.

Nothing is grouped or kept from one count to the next but the value of each ballot paper. Ties: the smaller rank is served
first and leaves last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

from gezhi.solvers.choice import Elected, approval, instant_runoff, tie_order, transferable_vote

METHODS = ("instant_runoff", "transferable_vote", "approval")


@dataclass(frozen=True)
class Election:
    """An election as it is written down."""

    method: str
    candidates: tuple[str, ...]
    ballots: tuple[tuple[str, ...], ...]
    seats: int
    rank: dict[str, int]


def random_election(seed: int) -> Election:
    """Few candidates and few ballots, so that ties, blank papers and exhausted ones are common."""
    chance = Random(seed)  # noqa: S311 - the same instances in each run
    candidates = tuple("abcdef"[: chance.randint(1, 6)])
    camps = [chance.sample(candidates, len(candidates)) for _ in range(chance.choice((1, 2, 3, 9)))]
    ballots = []
    for _ in range(chance.randint(0, 14)):
        order = list(chance.choice(camps))
        if len(order) > 1 and chance.random() < 0.3:
            one, other = chance.sample(range(len(order)), 2)
            order[one], order[other] = order[other], order[one]
        ballots.append(tuple(order[: chance.choice((0, 1, 2, 3, 6, 6))]))
    method = METHODS[seed % 3]
    return Election(
        method,
        candidates,
        tuple(ballots),
        1 if method == "instant_runoff" else chance.randint(1, len(candidates)),
        tie_order(candidates, seed=chance.choice((None, str(seed)))),
    )


def answer(election: Election) -> Elected:
    """What the solver says."""
    told: Any = (election.candidates, election.ballots)
    if election.method == "instant_runoff":
        return instant_runoff(*told, election.rank)
    count = transferable_vote if election.method == "transferable_vote" else approval
    return count(*told, election.seats, election.rank)


def _tallies(election: Election, values: Sequence[Fraction], gone: set[str]) -> dict[str, Fraction]:
    left = [name for name in election.candidates if name not in gone]
    return {
        name: sum(
            (
                value
                for paper, value in zip(election.ballots, values, strict=True)
                if [one for one in paper if one not in gone][:1] == [name]
            ),
            Fraction(0),
        )
        for name in left
    }


def _by_rank(election: Election, names: Sequence[str]) -> list[str]:
    return sorted(names, key=election.rank.__getitem__)


def runoff_winner(election: Election) -> str:
    """The one who has more than half of what is still in, weakest after weakest leaving."""
    gone: set[str] = set()
    while True:
        tallies = _tallies(election, [Fraction(1)] * len(election.ballots), gone)
        for name, votes in tallies.items():
            if len(tallies) == 1 or votes > sum(tallies.values()) / 2:
                return name
        weakest = [name for name, votes in tallies.items() if votes == min(tallies.values())]
        gone.add(_by_rank(election, weakest)[-1])


def transferable_winners(election: Election) -> list[str]:
    """Droop quota of the papers that name somebody; surpluses go on in the proportion in which they are one."""
    quota = sum(1 for paper in election.ballots if paper) // (election.seats + 1) + 1
    values, gone, winners = [Fraction(1)] * len(election.ballots), set(), []
    while len(winners) < election.seats:
        tallies = _tallies(election, values, gone)
        if len(tallies) + len(winners) <= election.seats:
            for votes in sorted(set(tallies.values()), reverse=True):
                winners += _by_rank(election, [name for name in tallies if tallies[name] == votes])
            break
        most = max(tallies.values())
        if most < quota:
            weakest = [name for name, votes in tallies.items() if votes == min(tallies.values())]
            gone.add(_by_rank(election, weakest)[-1])
            continue
        elected = _by_rank(election, [name for name, votes in tallies.items() if votes == most])[0]
        for place, paper in enumerate(election.ballots):
            if [one for one in paper if one not in gone][:1] == [elected]:
                values[place] = values[place] * (most - quota) / most
        winners.append(elected)
        gone.add(elected)
    return winners


def approved(election: Election) -> list[str]:
    """Those whom most papers name."""
    support = {name: sum(name in paper for paper in election.ballots) for name in election.candidates}
    order: list[str] = []
    for votes in sorted(set(support.values()), reverse=True):
        order += _by_rank(election, [name for name, has in support.items() if has == votes])
    return order[: election.seats]


def _solid(election: Election) -> Iterator[tuple[frozenset[str], int]]:
    """Each set of candidates with the number of papers that put all of it before everybody else."""
    for size in range(1, len(election.candidates) + 1):
        for names in combinations(election.candidates, size):
            together = frozenset(names)
            yield together, sum(frozenset(paper[:size]) == together for paper in election.ballots)


def broken_promises(election: Election, winners: Sequence[str]) -> list[str]:
    """Proportionality for solid coalitions (single seats: of a majority), which both ranked methods promise."""
    quota = sum(1 for paper in election.ballots if paper) // (election.seats + 1) + 1
    broken = []
    for together, papers in _solid(election):
        due = min(papers // quota, len(together), election.seats)
        if len(together & set(winners)) < due:
            broken.append(f"{sorted(together)} are due {due} seats")
    return broken


def faults_of(election: Election) -> tuple[str, list[str]]:
    """The method, and what is not so of the answer."""
    found = answer(election)
    right = {
        "instant_runoff": lambda: [runoff_winner(election)],
        "transferable_vote": lambda: transferable_winners(election),
        "approval": lambda: approved(election),
    }[election.method]()
    faults = [] if list(found.winners) == right else [f"{found.winners}, by hand {right}"]
    papers = sum(1 for paper in election.ballots if paper)
    if election.method == "transferable_vote" and found.quota != papers // (election.seats + 1) + 1:
        faults.append(f"quota {found.quota}")
    if election.method != "approval":
        faults += broken_promises(election, found.winners)
        spent = 0
        for one in found.rounds:
            if sum(one.votes.values()) + one.exhausted + spent * (found.quota or 0) != len(election.ballots):
                faults.append("papers come or go between the counts")
            spent += len(one.elected)
    named = [name for one in found.rounds for name in one.elected]
    if named != list(found.winners):
        faults.append("the rounds elect others")
    return election.method, faults
