"""A dishonest counter: every way of telling a vote otherwise after it, with the counters' secret and all of our functions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from random import Random
from typing import Any

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.tally import CIVIL_CODE_278, Ballot, Owner, Procedure, Proxy, Roll, Unit, rule, verify_tally
from tests.factories.votes import MATTERS, SECRET, papers_file, prove, roll_file

Vote = dict[str, Any]
LATER_VERSION = "2031-01-01"


@dataclass(frozen=True)
class Forgery:
    """What the counter shows: a proof with roll and papers, and how it was told otherwise.

    ``whole``: consistent in itself, so that only what was published can give it away.
    """

    how: str
    proof: bytes
    roll: bytes
    papers: bytes
    whole: bool = True


def _with(vote: Vote, **parts: Any) -> Vote:
    return {**vote, **parts}


def _other(chance: Random, one: Any, choices: Any) -> Any:
    return chance.choice([choice for choice in choices if choice != one])


def _changed_ballot(vote: Vote, chance: Random, **parts: Any) -> Vote:
    place = chance.randrange(len(vote["ballots"]))
    ballots = list(vote["ballots"])
    ballots[place] = replace(ballots[place], **parts)
    return _with(vote, ballots=ballots)


def _flip(vote: Vote, chance: Random) -> Vote:
    place = chance.randrange(len(vote["ballots"]))
    ballots = list(vote["ballots"])
    ballots[place] = replace(ballots[place], choice=_other(chance, ballots[place].choice, ("yes", "no", "abstain")))
    return _with(vote, ballots=ballots)


def _flip_all(vote: Vote, _: Random) -> Vote:
    turned = {"yes": "no", "no": "yes"}
    ballots = [replace(ballot, choice=turned.get(ballot.choice, "yes")) for ballot in vote["ballots"]]
    return _with(vote, ballots=ballots or [Ballot("x", "A", "yes", "online", 1)])


def _drop(vote: Vote, chance: Random) -> Vote:
    place = chance.randrange(len(vote["ballots"]))
    return _with(vote, ballots=[*vote["ballots"][:place], *vote["ballots"][place + 1 :]])


def _add(vote: Vote, chance: Random) -> Vote:
    owners = sorted({owner.id for unit in vote["roll"].units for owner in unit.owners})
    more = Ballot("x", chance.choice(owners), chance.choice(("yes", "no")), "online", vote["handling"].close_at)
    return _with(vote, ballots=[*vote["ballots"], more])


def _replace_id(vote: Vote, chance: Random) -> Vote:
    return _changed_ballot(vote, chance, id="renamed")


def _other_owner(vote: Vote, chance: Random) -> Vote:
    place = chance.randrange(len(vote["ballots"]))
    ballots = list(vote["ballots"])
    ballots[place] = replace(ballots[place], owner=_other(chance, ballots[place].owner, ("A", *_owners(vote))))
    return _with(vote, ballots=ballots)


def _owners(vote: Vote) -> list[str]:
    return sorted({owner.id for unit in vote["roll"].units for owner in unit.owners} | {"A"})


def _other_cast_at(vote: Vote, chance: Random) -> Vote:
    place = chance.randrange(len(vote["ballots"]))
    ballots = list(vote["ballots"])
    ballot = ballots[place]
    ballots[place] = replace(ballot, cast_at=_other(chance, ballot.cast_at, (0, 3, 20)), opened_at=None)
    return _with(vote, ballots=ballots)


def _other_opening_of_paper(vote: Vote, chance: Random) -> Vote:
    place = next(place for place, ballot in enumerate(vote["ballots"]) if ballot.channel == "paper")
    ballots = list(vote["ballots"])
    ballot = ballots[place]
    ballots[place] = replace(ballot, opened_at=ballot.cast_at if ballot.opened_at is None else None)
    return _with(vote, ballots=ballots)


def _other_item(vote: Vote, chance: Random) -> Vote:
    return _with(vote, item=_other(chance, vote["item"], range(1, 10)))


def _other_area(vote: Vote, chance: Random) -> Vote:
    units = list(vote["roll"].units)
    place = chance.randrange(len(units))
    units[place] = replace(units[place], area=units[place].area + 1)
    return _with(vote, roll=replace(vote["roll"], units=tuple(units)))


def _more_units(vote: Vote, _: Random) -> Vote:
    more = Unit("x", 900, (Owner("A"),), building="1", stairwell="1")
    return _with(vote, roll=Roll((*vote["roll"].units, more), vote["roll"].developer))


def _fewer_units(vote: Vote, _: Random) -> Vote:
    names = {ballot.unit for ballot in vote["ballots"]}
    kept = tuple(unit for unit in vote["roll"].units if unit.id in names or unit.id.startswith("sure"))
    if len(kept) == len(vote["roll"].units):
        raise ValueError("no unit that nobody misses")
    return _with(vote, roll=replace(vote["roll"], units=kept))


def _other_handling(**parts: Any) -> Callable[[Vote, Random], Vote]:
    def change(vote: Vote, _: Random) -> Vote:
        return _with(vote, handling=replace(vote["handling"], **parts))

    return change


def _other_cap(vote: Vote, chance: Random) -> Vote:
    cap = _other(chance, vote["handling"].proxy_cap, (None, 0, 1, 2))
    return _with(vote, handling=replace(vote["handling"], proxy_cap=cap))


def _other_attendance(vote: Vote, chance: Random) -> Vote:
    present = _other(chance, vote["handling"].attendance, (None, (), ("H",), ("A", "B")))
    return _with(vote, handling=replace(vote["handling"], attendance=present))


def _other_procedure(vote: Vote, chance: Random) -> Vote:
    choices = [Procedure(one, two) for one in (True, False) for two in (True, False)]
    return _with(vote, procedure=_other(chance, vote["procedure"], choices))


def _other_scope(vote: Vote, chance: Random) -> Vote:
    scope = vote["scope"]
    changes = [replace(scope, building=one, stairwell=None) for one in (None, "1", "2")]
    return _with(vote, scope=_other(chance, scope, changes))


def _drop_letter(vote: Vote, _: Random) -> Vote:
    _, *rest = vote["proxies"]
    return _with(vote, proxies=rest)


def _add_letter(vote: Vote, _: Random) -> Vote:
    gave = {proxy.principal for proxy in vote["proxies"]}
    who = next(owner for owner in _owners(vote) if owner not in gave)
    return _with(vote, proxies=[*vote["proxies"], Proxy(who, "H", 0)])


def _earlier_letter(vote: Vote, _: Random) -> Vote:
    first, *rest = vote["proxies"]
    return _with(vote, proxies=[replace(first, given_at=first.given_at - 1), *rest])


def _other_holder(vote: Vote, _: Random) -> Vote:
    first, *rest = vote["proxies"]
    return _with(vote, proxies=[replace(first, holder="Z"), *rest])


RETELLINGS: dict[str, Callable[[Vote, Random], Vote]] = {
    "flip": _flip,
    "flip all": _flip_all,
    "drop": _drop,
    "add": _add,
    "another id": _replace_id,
    "another owner": _other_owner,
    "another hour": _other_cast_at,
    "paper opened or not": _other_opening_of_paper,
    "another item": _other_item,
    "another area": _other_area,
    "more units": _more_units,
    "fewer units": _fewer_units,
    "closes earlier": _other_handling(close_at=5),
    "closes later": _other_handling(close_at=12),
    # Eight hours, as between the clocks of China and of Greenwich.
    "another clock zone": _other_handling(close_at=10 + 8 * 3600),
    "another cap": _other_cap,
    "others present": _other_attendance,
    "another procedure": _other_procedure,
    "another scope": _other_scope,
    "a letter dropped": _drop_letter,
    "a letter added": _add_letter,
    "a letter dated back": _earlier_letter,
    "another holder": _other_holder,
}


def first_format(proof: bytes, vote: Vote) -> bytes:
    """The same count as a proof of the first format, which binds nothing before the vote."""
    body = json.loads(proof)
    salts = [f"ballot:{ballot.id}" for ballot in vote["ballots"]]
    present = vote["handling"].attendance
    body["ballots"] = sorted(
        verify_tally.sha256({"ballot": asdict(ballot), "salt": _salt(name)})
        for ballot, name in zip(vote["ballots"], salts, strict=True)
    )
    body["papers"] = verify_tally.sha256(
        {
            "proxies": [asdict(one) for one in sorted(vote["proxies"], key=lambda one: one.principal)],
            "attendance": None if present is None else sorted(set(present)),
            "salt": _salt("papers"),
        }
    )
    body["format"] = "gezhi-tally-proof-1"
    del body["opening"], body["closing"], body["procedure"]["in_presence"]
    return digested(body)


def _salt(name: str) -> str:
    return verify_tally.hmac.new(bytes.fromhex(SECRET), name.encode(), "sha256").hexdigest()


def digested(body: dict[str, Any]) -> bytes:
    """A proof with a digest that fits again."""
    body = {key: value for key, value in body.items() if key != "digest"}
    return verify_tally.canonical({**body, "digest": verify_tally.sha256(body)}) + b"\n"


def _grafts(how: str, vote: Vote, other: Vote, true: dict[str, Any], proof: bytes) -> Iterator[Forgery]:
    """The re-told vote with parts of the true proof in it, or the true one with parts of it."""
    roll, papers = roll_file(other), papers_file(other)
    told = json.loads(proof)
    yield Forgery(f"{how}, in the first format", first_format(proof, other), roll, papers)
    for parts in (("opening", "closing"), ("closing",), ("opening", "closing", "ballots")):
        grafted = digested({**told, **{name: true[name] for name in parts}})
        yield Forgery(f"{how}, with the true {' and '.join(parts)}", grafted, roll, papers, whole=False)
    counts = {name: told[name] for name in ("counts", "abstentions_to", "plain", "joined", "outcome")}
    if any(true[name] != value for name, value in counts.items()):
        grafted = digested({**true, **counts})
        yield Forgery(f"{how}, the counts alone", grafted, roll_file(vote), papers_file(vote), whole=False)


def forgeries(vote: Vote, chance: Random, *, all_grafts: bool) -> Iterator[Forgery]:
    """Every re-telling that is possible of this vote, each also grafted onto the true proof (in one way or in all)."""
    true = json.loads(prove(vote))
    for how, retell in RETELLINGS.items():
        try:
            other = retell(vote, chance)
            proof = prove(other)
        except (InvalidInput, StopIteration, IndexError, ValueError):
            continue  # this vote has no such part, or the counter's own program refuses it
        if other == vote:
            continue
        yield Forgery(how, proof, roll_file(other), papers_file(other))
        grafts = list(_grafts(how, vote, other, true, proof))
        yield from grafts if all_grafts else [chance.choice(grafts)]
    for how, more in (
        ("another text", {"matter": MATTERS[1]}),
        ("no text", {"matter": None}),
        ("a text that looks the same", {"matter": f"{MATTERS[0]}\u200b"}),
        ("another secret", {"secret": "77" * 32}),
        ("another version of the rule", {"law": replace(rule(CIVIL_CODE_278), version=LATER_VERSION)}),
    ):
        papers = papers_file(vote, secret=more.get("secret", SECRET))
        # A sign that nobody sees gives itself away.
        yield Forgery(how, prove(vote, **more), roll_file(vote), papers, whole=how != "a text that looks the same")
