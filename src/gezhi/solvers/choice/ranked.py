"""Elections of people or options: instant run-off, single transferable vote, approval. Exact fractions throughout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gezhi.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Round:
    """One count: the votes of each who was still in it, those exhausted, who won a seat and who left."""

    votes: Mapping[str, Fraction]
    exhausted: Fraction
    elected: tuple[str, ...]
    eliminated: str | None
    tied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elected:
    """Winners in the order of their election, and every round that led there; ``quota`` of the transferable vote."""

    winners: tuple[str, ...]
    rounds: tuple[Round, ...]
    quota: int | None = None


def checked(candidates: Sequence[str], ballots: Sequence[Sequence[str]], seats: int) -> None:
    """Raise ``InvalidInput`` for an unknown or repeated candidate and for seats that cannot be filled."""
    known = set(candidates)
    if len(known) != len(candidates):
        raise InvalidInput("choice.candidate_twice", "a candidate stands twice", field="candidates")
    if not known:
        raise InvalidInput("choice.no_candidates", "is empty", field="candidates")
    if not 1 <= seats <= len(known):
        raise InvalidInput("choice.bad_seats", f"{seats} is not from 1 to {len(known)}", field="seats")
    for number, ballot in enumerate(ballots):
        for name in ballot:
            if name not in known:
                raise InvalidInput("choice.unknown_candidate", f"'{name}' does not stand", field=f"ballots[{number}]")
        if len(set(ballot)) != len(ballot):
            raise InvalidInput("choice.named_twice", "names a candidate twice", field=f"ballots[{number}]")


def _first(ballot: Sequence[str], hopeful: Collection[str]) -> str | None:
    return next((name for name in ballot if name in hopeful), None)


def instant_runoff(candidates: Sequence[str], ballots: Sequence[Sequence[str]], rank: Mapping[str, int]) -> Elected:
    """Count first choices; until one has more than half of the ballots still in, the weakest leaves.

    Among equally weak ones the one with the larger rank leaves. Raises ``InvalidInput`` (see ``checked``).
    """
    checked(candidates, ballots, 1)
    papers = Counter(tuple(ballot) for ballot in ballots)
    hopeful = set(candidates)
    rounds: list[Round] = []
    while True:
        votes = dict.fromkeys(sorted(hopeful), Fraction(0))
        exhausted = Fraction(0)
        for ballot, size in papers.items():
            name = _first(ballot, hopeful)
            if name is None:
                exhausted += size
            else:
                votes[name] += size
        leader = min(hopeful, key=lambda name: (-votes[name], rank[name]))
        if len(hopeful) == 1 or 2 * votes[leader] > sum(votes.values()):
            rounds.append(Round(votes, exhausted, (leader,), None))
            return Elected((leader,), tuple(rounds))
        least = min(votes.values())
        tied = tuple(sorted(name for name in hopeful if votes[name] == least))
        leaves = max(tied, key=lambda name: rank[name])
        rounds.append(Round(votes, exhausted, (), leaves, tied if len(tied) > 1 else ()))
        hopeful.discard(leaves)


def transferable_vote(
    candidates: Sequence[str], ballots: Sequence[Sequence[str]], seats: int, rank: Mapping[str, int]
) -> Elected:
    """Single transferable vote: Droop quota ⌊n ÷ (seats + 1)⌋ + 1, weighted inclusive Gregory transfer of a surplus.

    n counts the ballots that name somebody. A ballot that helped to elect keeps surplus ÷ votes of its value. Whoever
    reaches the quota is elected, the largest first (ties: smaller rank); if none does, the weakest leaves (ties: larger
    rank). Raises ``InvalidInput`` (see ``checked``).
    """
    checked(candidates, ballots, seats)
    quota = sum(1 for ballot in ballots if ballot) // (seats + 1) + 1
    papers = [(ballot, Fraction(size)) for ballot, size in sorted(Counter(tuple(one) for one in ballots).items())]
    hopeful = set(candidates)
    winners: list[str] = []
    rounds: list[Round] = []
    while len(winners) < seats:
        votes = dict.fromkeys(sorted(hopeful), Fraction(0))
        exhausted = Fraction(0)
        for ballot, value in papers:
            name = _first(ballot, hopeful)
            if name is None:
                exhausted += value
            else:
                votes[name] += value
        if len(hopeful) <= seats - len(winners):
            last = sorted(hopeful, key=lambda name: (-votes[name], rank[name]))
            rounds.append(Round(votes, exhausted, tuple(last), None))
            winners += last
            break
        leader = min(hopeful, key=lambda name: (-votes[name], rank[name]))
        if votes[leader] >= quota:
            keep = (votes[leader] - quota) / votes[leader]
            papers = [
                (ballot, value * keep if _first(ballot, hopeful) == leader else value) for ballot, value in papers
            ]
            tied = tuple(sorted(name for name in hopeful if votes[name] == votes[leader]))
            rounds.append(Round(votes, exhausted, (leader,), None, tied if len(tied) > 1 else ()))
            winners.append(leader)
            hopeful.discard(leader)
            continue
        least = min(votes.values())
        tied = tuple(sorted(name for name in hopeful if votes[name] == least))
        leaves = max(tied, key=lambda name: rank[name])
        rounds.append(Round(votes, exhausted, (), leaves, tied if len(tied) > 1 else ()))
        hopeful.discard(leaves)
    return Elected(tuple(winners), tuple(rounds), quota)


def approval(
    candidates: Sequence[str], ballots: Sequence[Sequence[str]], seats: int, rank: Mapping[str, int]
) -> Elected:
    """Those with the most approvals win; among equals the smaller rank. Raises ``InvalidInput`` (see ``checked``)."""
    checked(candidates, ballots, seats)
    support = Counter(name for ballot in ballots for name in ballot)
    votes = {name: Fraction(support[name]) for name in sorted(candidates)}
    order = sorted(candidates, key=lambda name: (-votes[name], rank[name]))
    edge = votes[order[seats - 1]]
    tied = tuple(name for name in order if votes[name] == edge)
    split = len(order) > seats and votes[order[seats]] == edge
    return Elected(
        tuple(order[:seats]), (Round(votes, Fraction(0), tuple(order[:seats]), None, tied if split else ()),)
    )
