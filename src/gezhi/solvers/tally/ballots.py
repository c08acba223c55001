"""Which of the ballots counts: over channels, over duplicates, for absent principals and for co-owners, once each.

The rule is fixed before the vote: of one owner's ballots for one head, the last valid one cast before the close
counts, unless a paper ballot has been opened already, which nothing replaces. An owner's own ballot goes before
that of a proxy. A spoilt paper ballot never replaces a valid one. A holder speaks for nobody before he has the
letter: it must be given when the ballot is cast, and before the close.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.distinct import require_distinct
from gezhi.solvers.tally.roll import Head, Roll, voters_of

Choice = Literal["yes", "no", "abstain", "invalid"]


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot as it came in. Times are Unix seconds.

    ``owner`` is whose voice it is, ``cast_by`` who handed it in (a proxy holder) if not the owner. ``unit`` limits
    it to the head that holds that unit. ``opened_at``: when a paper ballot was opened. Choice 'invalid' is a spoilt
    paper ballot.
    """

    id: str
    owner: str
    choice: Choice
    channel: Literal["paper", "online"]
    cast_at: int
    opened_at: int | None = None
    cast_by: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Proxy:
    """``principal`` lets ``holder`` (an owner or not) vote in his place, since ``given_at`` (Unix seconds)."""

    principal: str
    holder: str
    given_at: int


@dataclass(frozen=True, slots=True)
class Handling:
    """The rules of procedure for ballots, fixed before the vote.

    ``close_at``: the last second that counts, Unix seconds. ``proxy_cap``: how many principals one holder may speak
    for, None for no cap. ``attendance``: who is present; a holder who is not there votes for nobody (None: not a
    meeting in presence, nobody need be there).
    """

    close_at: int
    proxy_cap: int | None = None
    attendance: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The voice of each head (None: took no part), in the order of the heads, and the ballots that do not count.

    ``refused`` maps a ballot's id to why. ``disagreeing`` counts heads whose co-owners voted against each other
    without a named voter.
    """

    voices: tuple[Choice | None, ...]
    refused: dict[str, str]
    disagreeing: int


def _checked(ballots: Sequence[Ballot], owners: Collection[str], units: Collection[str]) -> None:
    names = [ballot.id for ballot in ballots]
    require_distinct(names, code="tally.ballot_twice", field="ballots[{}].id", kind="ballot")
    for number, ballot in enumerate(ballots):
        place = f"ballots[{number}]"
        if ballot.owner not in owners:
            raise InvalidInput(
                "tally.unknown_owner", f"'{ballot.owner}' is no owner on the roll", field=f"{place}.owner"
            )
        if ballot.unit is not None and ballot.unit not in units:
            raise InvalidInput("tally.unknown_unit", f"'{ballot.unit}' is no unit on the roll", field=f"{place}.unit")
        if ballot.channel == "online" and (ballot.choice == "invalid" or ballot.opened_at is not None):
            raise InvalidInput(
                "tally.not_paper", "only a paper ballot can be opened or spoilt", field=f"{place}.channel"
            )
        if ballot.opened_at is not None and ballot.opened_at < ballot.cast_at:
            raise InvalidInput("tally.opened_early", "opened before it was cast", field=f"{place}.opened_at")


def valid_proxies(proxies: Sequence[Proxy], owners: Collection[str], handling: Handling) -> dict[str, Proxy]:
    """Principal → the letter that lets somebody speak for him.

    A letter given after the close is none, and takes nobody's place. Of the others: a holder who has handed on his own
    voice, at whatever time, holds none; over the cap the earlier given stay. Whether a letter was there in time for a
    ballot is asked of each ballot.

    Raises ``InvalidInput`` for an unknown principal, a proxy to oneself and a second proxy of one principal.
    """
    cap = handling.proxy_cap
    if cap is not None and cap < 0:
        raise InvalidInput("tally.negative", f"{cap} is negative", field="proxy_cap")
    given: dict[str, Proxy] = {}
    for number, proxy in enumerate(proxies):
        place = f"proxies[{number}]"
        if proxy.principal not in owners:
            raise InvalidInput(
                "tally.unknown_owner", f"'{proxy.principal}' is no owner on the roll", field=f"{place}.principal"
            )
        if proxy.holder == proxy.principal:
            raise InvalidInput("tally.own_proxy", "an owner needs no proxy of his own", field=f"{place}.holder")
        if proxy.principal in given:
            raise InvalidInput(
                "tally.proxy_twice", f"'{proxy.principal}' gave two proxies: keep one", field=f"{place}.principal"
            )
        given[proxy.principal] = proxy
    in_time = {name: proxy for name, proxy in given.items() if proxy.given_at <= handling.close_at}
    held: Counter[str] = Counter()
    valid: dict[str, Proxy] = {}
    for proxy in sorted(in_time.values(), key=lambda proxy: (proxy.given_at, proxy.principal)):
        if proxy.holder in in_time:
            continue
        held[proxy.holder] += 1
        if cap is None or held[proxy.holder] <= cap:
            valid[proxy.principal] = proxy
    return valid


def checked_papers(
    roll: Roll, ballots: Sequence[Ballot], proxies: Sequence[Proxy], handling: Handling
) -> dict[str, Proxy]:
    """Principal → valid letter; raises ``InvalidInput`` for ballots and proxies that cannot be."""
    owners = voters_of(roll)
    _checked(ballots, owners, {unit.id for unit in roll.units})
    return valid_proxies(proxies, owners, handling)


def _why_not(ballot: Ballot, held: Mapping[str, Proxy], handling: Handling) -> str | None:
    if ballot.cast_at > handling.close_at:
        return "late"
    if ballot.cast_by is not None and ballot.cast_by != ballot.owner:
        letter = held.get(ballot.owner)
        if letter is None or letter.holder != ballot.cast_by:
            return "no_valid_proxy"
        if letter.given_at > ballot.cast_at:
            return "proxy_given_later"
        if handling.attendance is not None and ballot.cast_by not in handling.attendance:
            return "proxy_holder_absent"
    return None


def _effective(ballots: Iterable[Ballot]) -> Ballot | None:
    """The one ballot that counts among an owner's ballots for one head."""
    # At one and the same second paper goes after online, and then the larger id: any fixed order will do.
    ordered = sorted(ballots, key=lambda ballot: (ballot.cast_at, ballot.channel == "paper", ballot.id))
    for own in (True, False):
        chosen: Ballot | None = None
        for ballot in ordered:
            if (ballot.cast_by in {None, ballot.owner}) is not own or ballot.choice == "invalid":
                continue
            opened = chosen is not None and chosen.opened_at is not None and chosen.opened_at <= ballot.cast_at
            if not opened:
                chosen = ballot
        if chosen is not None:
            return chosen
    return ordered[-1] if ordered else None


def count(
    roll: Roll, heads: Sequence[Head], ballots: Sequence[Ballot], proxies: Sequence[Proxy], handling: Handling
) -> Counted:
    """Find the voice of each head. O(n log n) in units and ballots.

    Co-owners who named a voter speak through him alone. Those who named none count while all that voted agree;
    when they do not, the unit is invalid and counts as absent. Raises ``InvalidInput`` for ballots and proxies that
    cannot be.
    """
    held = checked_papers(roll, ballots, proxies, handling)
    heads_by_owner: dict[str, list[int]] = {}
    for place, head in enumerate(heads):
        for owner in head.owners if head.voter is None else (head.voter,):
            heads_by_owner.setdefault(owner, []).append(place)

    refused: dict[str, str] = {}
    inbox: list[dict[str, list[Ballot]]] = [{} for _ in heads]
    for ballot in ballots:
        why = _why_not(ballot, held, handling)
        mine = heads_by_owner.get(ballot.owner, [])
        aimed = [place for place in mine if ballot.unit is None or ballot.unit in heads[place].units]
        if why is None and not aimed:
            why = "no_voice_in_scope"
        if why is not None:
            refused[ballot.id] = why
            continue
        for place in aimed:
            inbox[place].setdefault(ballot.owner, []).append(ballot)

    voices: list[Choice | None] = []
    used: set[str] = set()
    disagreeing = 0
    for letters in inbox:
        chosen = [ballot for ballot in map(_effective, letters.values()) if ballot is not None]
        valid = [ballot for ballot in chosen if ballot.choice != "invalid"]
        choices = {ballot.choice for ballot in valid or chosen}
        if len(choices) > 1:
            disagreeing += 1
            refused.update({ballot.id: "co_owners_disagree" for ballot in valid if ballot.id not in used})
        else:
            used.update(ballot.id for ballot in valid or chosen)
        voices.append(next(iter(choices)) if len(choices) == 1 else None)
    refused = {ballot: why for ballot, why in refused.items() if ballot not in used}
    for ballot in ballots:
        if ballot.id not in used:
            refused.setdefault(ballot.id, "replaced")
    return Counted(tuple(voices), refused, disagreeing)
