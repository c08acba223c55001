"""The law of a vote as data: which share of whom must take part, and which share of those must agree.

A rule is a versioned JSON file beside this module, so that a change of the law is a new file and an old decision
is counted again under the version that was in force at its notice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from gezhi.kernel.errors import InvalidInput

CIVIL_CODE_278 = "cn-civil-code-278"
RULES = (CIVIL_CODE_278,)


@dataclass(frozen=True, slots=True)
class Gate:
    """A share that must be reached: numerator ÷ denominator, itself included unless ``strict``.

    Civil Code art. 1259: 'at least' (以上) includes the number. 'More than half' (过半数) is strict.
    """

    numerator: int
    denominator: int
    strict: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of matter: its number and text in the law, the text and the gate of its passing."""

    number: int
    text: str
    passing_text: str
    passing: Gate


@dataclass(frozen=True, slots=True)
class Rule:
    """A version of the law of owners' decisions."""

    id: str
    version: str
    law: str
    participation_text: str
    participation: Gate
    items: tuple[Item, ...]

    def item(self, number: int) -> Item:
        """The matter ``number``; raises ``InvalidInput`` for one that the law does not know."""
        for item in self.items:
            if item.number == number:
                return item
        first, last = self.items[0].number, self.items[-1].number
        raise InvalidInput(
            "tally.unknown_item", f"{number} is no item of {self.id}; give {first} to {last}", field="item"
        )


@cache
def rule(name: str) -> Rule:
    """The rule ``name`` in its newest version; raises ``InvalidInput`` for an unknown name."""
    if name not in RULES:
        raise InvalidInput("tally.unknown_rule", f"'{name}' is no known rule; known: {', '.join(RULES)}", field="rule")
    written = json.loads(files("gezhi.solvers.tally").joinpath(f"{name}.json").read_text("utf-8"))
    passing = {key: (entry["text"], Gate(**entry["gate"])) for key, entry in written["passing"].items()}
    return Rule(
        id=written["id"],
        version=written["version"],
        law=written["law"],
        participation_text=written["participation"]["text"],
        participation=Gate(**written["participation"]["gate"]),
        items=tuple(Item(entry["item"], entry["text"], *passing[entry["passing"]]) for entry in written["items"]),
    )
