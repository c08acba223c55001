"""Random owners' votes over every optional field, small enough to count by hand, and their files."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import msgspec

from gezhi.solvers.tally import (
    CIVIL_CODE_278,
    Ballot,
    Handling,
    Owner,
    Procedure,
    Proxy,
    Roll,
    Scope,
    Unit,
    proof_file,
    rule,
    secret_of,
    tally,
)

SECRET = "5e" * 32
OWNERS = ("A", "B", "C", "D", "E")
KINDS = ("dwelling", "commercial", "office", "parking", "storage", "other")
MATTERS = ("加装电梯", "续聘物业服务企业", "使用维修资金更换水泵")


def _unit(chance: Random, number: int) -> Unit:
    owners = sorted(chance.sample(OWNERS, chance.choice((1, 1, 1, 2, 3))))
    return Unit(
        f"u{number}",
        chance.choice((100, 100, chance.randint(1, 500))),
        tuple(Owner(owner, f"1/{len(owners)}") for owner in owners),
        kind=chance.choice(("dwelling", "dwelling", "dwelling", *KINDS)),
        building=chance.choice(("1", "2")),
        stairwell=chance.choice((None, "1", "2")),
        status=chance.choice(("owned", "owned", "owned", "owned", "unsold", "undelivered")),
    )


def random_roll(chance: Random) -> Roll:
    """Up to nine units; in either building at least one dwelling of an owner, in stairwell 1."""
    units = [Unit(f"sure{one}", 70, (Owner("A"),), building=one, stairwell="1") for one in ("1", "2")]
    named: dict[frozenset[str], str | None] = {}
    for number in range(chance.randint(0, 7)):
        unit = _unit(chance, number)
        together = frozenset(owner.id for owner in unit.owners)
        if len(together) > 1 and unit.status == "owned":
            # The same co-owners are one head, and name one voter or none.
            unit = replace(unit, voter=named.setdefault(together, chance.choice((None, *sorted(together)))))
        units.append(unit)
    unsold = any(unit.status != "owned" for unit in units)
    return Roll(tuple(units), developer=chance.choice(("DEV", "A")) if unsold else chance.choice((None, "DEV")))


def _ballot(chance: Random, number: int, voters: list[str], roll: Roll, holders: dict[str, str]) -> Ballot:
    channel = chance.choice(("paper", "online"))
    at = chance.choice((chance.randint(0, 8), chance.randint(0, 12)))
    paper = channel == "paper"
    owner = chance.choice(voters)
    return Ballot(
        f"b{number}",
        owner,
        chance.choice(("yes", "yes", "yes", "no", "abstain", *(["invalid"] if paper else []))),
        channel,
        at,
        opened_at=chance.randint(at, 14) if paper and chance.random() < 0.4 else None,
        cast_by=chance.choice((None, None, None, "H", "A", holders.get(owner), holders.get(owner))),
        unit=chance.choice((None,) * 8 + tuple(unit.id for unit in roll.units)),
    )


def random_vote(chance: Random) -> dict[str, Any]:
    """Everything that ``tally`` takes but the rule: each optional field there or not, times around each other."""
    roll = random_roll(chance)
    voters = sorted({owner.id for unit in roll.units for owner in unit.owners} | ({roll.developer} - {None}))
    building = chance.choice((None, None, None, "1", "2"))
    kinds = (("dwelling", "commercial", "office", "other"), ("dwelling",), KINDS)
    proxies = [
        Proxy(one, chance.choice([holder for holder in ("H", "H", "A", "B") if holder != one]), chance.randint(0, 13))
        for one in chance.sample(voters, chance.randint(0, min(4, len(voters))))
    ]
    holders = {proxy.principal: proxy.holder for proxy in proxies}
    return {
        "item": chance.randint(1, 9),
        "roll": roll,
        "scope": Scope(
            building=building,
            stairwell=chance.choice((None, "1")) if building else None,
            area_kinds=chance.choice(kinds),
            head_kinds=chance.choice(kinds),
        ),
        "ballots": [_ballot(chance, number, voters, roll, holders) for number in range(chance.randint(0, 16))],
        "proxies": proxies,
        "handling": Handling(
            close_at=chance.choice((8, 10, 11)),
            proxy_cap=chance.choice((None, None, 0, 1, 2)),
            attendance=chance.choice((None, None, None, ("H",), ("A", "H"), ())),
        ),
        "procedure": Procedure(chance.random() < 0.7, chance.random() < 0.4),
    }


def prove(vote: dict[str, Any], *, matter: str | None = MATTERS[0], secret: str = SECRET, law: Any = None) -> bytes:
    """The proof file of a vote."""
    law = law or rule(CIVIL_CODE_278)
    result = tally(rule=law, **vote)
    rest = {key: value for key, value in vote.items() if key != "roll"}
    return proof_file(rule=law, matter=matter, result=result, secret=secret_of(secret), **rest)


def papers_file(vote: dict[str, Any], *, secret: str = SECRET) -> bytes:
    """What ``verify_tally`` takes as --ballots."""
    return msgspec.json.encode(
        {
            "ballots": vote["ballots"],
            "proxies": vote["proxies"],
            "attendance": vote["handling"].attendance,
            "close_at": vote["handling"].close_at,
            "secret": secret,
        }
    )


def roll_file(vote: dict[str, Any]) -> bytes:
    """What ``verify_tally`` takes as --roll."""
    return msgspec.json.encode({"roll": vote["roll"]})
