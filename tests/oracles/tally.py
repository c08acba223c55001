"""An owners' vote counted by hand, from the text of the law and of the how-to: nothing is shared with the solver but its data.

Each question is asked anew of everything (is this letter good for that ballot? does a later ballot replace this one?),
so that no order, index or running total can go wrong. Shares are fractions, compared as the law writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

THREE_QUARTERS = {6, 7, 8}
SIDES = ("yes", "no", "abstain", "invalid", "absent")


@dataclass(frozen=True)
class Truth:
    """What the vote must come to: outcomes with and without abstentions, (area, heads) of each side, the ballots that count."""

    outcome: str
    plain: str
    joined: str
    counts: dict[str, tuple[int, int]]
    used: frozenset[str]
    disagreeing: int


def _who_votes(unit: Any, roll: Any) -> frozenset[str]:
    if unit.status in {"unsold", "undelivered"}:
        return frozenset([roll.developer])
    return frozenset(owner.id for owner in unit.owners)


def _inside(unit: Any, scope: Any) -> bool:
    return (scope.building is None or unit.building == scope.building) and (
        scope.stairwell is None or unit.stairwell == scope.stairwell
    )


def _letter_is_good(letter: Any, ballot: Any, vote: dict[str, Any]) -> bool:
    """Whether this letter lets its holder cast this ballot."""
    close, cap = vote["handling"].close_at, vote["handling"].proxy_cap
    if (letter.principal, letter.holder) != (ballot.owner, ballot.cast_by):
        return False
    if letter.given_at > min(ballot.cast_at, close):
        return False
    there = [other for other in vote["proxies"] if other.given_at <= close]
    if any(other.principal == letter.holder for other in there):
        return False  # he has handed on his own voice
    earlier = [
        other
        for other in there
        if other.holder == letter.holder and (other.given_at, other.principal) < (letter.given_at, letter.principal)
    ]
    return cap is None or len(earlier) < cap


def _counts_at_all(ballot: Any, vote: dict[str, Any]) -> bool:
    if ballot.cast_at > vote["handling"].close_at:
        return False
    if ballot.cast_by in {None, ballot.owner}:
        return True
    present = vote["handling"].attendance
    if present is not None and ballot.cast_by not in present:
        return False
    return any(_letter_is_good(letter, ballot, vote) for letter in vote["proxies"])


def _standing(ballots: list[Any]) -> Any:
    """The ballot that stands of one owner's: the box is gone through in time, own ballots before the holder's."""
    for own in (True, False):
        stands = None
        for ballot in sorted(ballots, key=lambda one: (one.cast_at, one.channel == "paper", one.id)):
            if ballot.choice == "invalid" or (ballot.cast_by in {None, ballot.owner}) != own:
                continue
            sealed = stands is not None and stands.opened_at is not None and stands.opened_at <= ballot.cast_at
            if not sealed:
                stands = ballot
        if stands is not None:
            return stands
    spoilt = [ballot for ballot in ballots if ballot.choice == "invalid"]
    return max(spoilt, key=lambda one: (one.cast_at, one.channel == "paper", one.id), default=None)


def _decide(item: int, counts: dict[str, tuple[int, int]], *, join: bool) -> str:
    quorum, consent = True, True
    for kind in (0, 1):
        took_part = sum(counts[side][kind] for side in SIDES if side != "absent")
        everybody = took_part + counts["absent"][kind]
        agreed = counts["yes"][kind] + (counts["abstain"][kind] if join else 0)
        quorum = quorum and Fraction(took_part, everybody) >= Fraction(2, 3)
        if took_part:
            share = Fraction(agreed, took_part)
            consent = consent and (share >= Fraction(3, 4) if item in THREE_QUARTERS else share > Fraction(1, 2))
    if not quorum:
        return "no_quorum"
    return "passed" if consent else "rejected"


def truth(vote: dict[str, Any]) -> Truth:
    """Count a vote as ``tests.factories.votes`` makes it."""
    roll, scope, procedure = vote["roll"], vote["scope"], vote["procedure"]
    units = [unit for unit in roll.units if _inside(unit, scope)]
    heads = {_who_votes(unit, roll) for unit in units}
    counts = dict.fromkeys(SIDES, (0, 0))
    used: set[str] = set()
    disagreeing = 0
    for head in heads:
        mine = [unit for unit in units if _who_votes(unit, roll) == head]
        area = sum(unit.area for unit in mine if unit.kind in scope.area_kinds)
        number = 1 if any(unit.kind in scope.head_kinds for unit in mine) else 0
        if not area and not number:
            continue
        named = {unit.voter for unit in mine if unit.voter is not None and len(head) > 1}
        stand = []
        for owner in named or head:
            box = [
                ballot
                for ballot in vote["ballots"]
                if ballot.owner == owner
                and ballot.unit in {None, *(unit.id for unit in mine)}
                and _counts_at_all(ballot, vote)
            ]
            stand += [one for one in [_standing(box)] if one is not None]
        clear = [ballot for ballot in stand if ballot.choice != "invalid"]
        voices = {ballot.choice for ballot in clear}
        disagreeing += len(voices) > 1
        side = "absent"
        if len(voices) == 1:
            side = voices.pop()
            used |= {ballot.id for ballot in clear}
        elif not clear and stand:
            side = "invalid" if procedure.invalid_paper_participates else "absent"
            used |= {ballot.id for ballot in stand}
        counts[side] = (counts[side][0] + area, counts[side][1] + number)
    ahead = all(counts["yes"][kind] > counts["no"][kind] for kind in (0, 1))
    plain, joined = (_decide(vote["item"], counts, join=join) for join in (False, ahead))
    return Truth(
        outcome=joined if procedure.abstentions_join_majority else plain,
        plain=plain,
        joined=joined,
        counts=counts,
        used=frozenset(used),
        disagreeing=disagreeing,
    )
