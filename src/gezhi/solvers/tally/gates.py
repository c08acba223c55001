"""From six integers to an outcome: the participation gate, then the passing gate, each by area and by heads."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.tally.rules import Gate, Rule


class Outcome(StrEnum):
    """How a vote ended."""

    PASSED = "passed"
    REJECTED = "rejected"
    NO_QUORUM = "no_quorum"


@dataclass(frozen=True, slots=True)
class Totals:
    """All that decides: areas in 0.01 m², heads in persons, both as integers."""

    total_area: int
    total_heads: int
    participating_area: int
    participating_heads: int
    yes_area: int
    yes_heads: int

    def checked(self, field: str = "totals") -> Totals:
        """These totals, or ``InvalidInput`` that names the number which cannot be."""
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, bool) or not isinstance(value, int):
                raise InvalidInput("tally.no_integer", f"{value!r} is no integer", field=f"{field}.{entry.name}")
            if value < 0:
                raise InvalidInput("tally.negative", f"{value} is negative", field=f"{field}.{entry.name}")
        for unit in ("area", "heads"):
            total, part, yes = (getattr(self, f"{whom}_{unit}") for whom in ("total", "participating", "yes"))
            if total == 0:
                raise InvalidInput("tally.empty_roll", "is 0: nobody may vote", field=f"{field}.total_{unit}")
            if part > total:
                raise InvalidInput(
                    "tally.more_than_all",
                    f"{part} is more than total_{unit} {total}",
                    field=f"{field}.participating_{unit}",
                )
            if yes > part:
                raise InvalidInput(
                    "tally.more_than_all",
                    f"{yes} is more than participating_{unit} {part}",
                    field=f"{field}.yes_{unit}",
                )
        return self


@dataclass(frozen=True, slots=True)
class GateTest:
    """One gate as it was tried: ``left`` = part × denominator against ``right`` = whole × numerator.

    ``missing`` is the least number (0.01 m² or heads) by which ``part`` is short of the gate; 0 when it is met.
    """

    name: str
    part: int
    whole: int
    numerator: int
    denominator: int
    strict: bool
    left: int
    right: int
    met: bool
    missing: int


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome with each of its four tests; the passing tests are shown even where participation failed."""

    outcome: Outcome
    tests: tuple[GateTest, ...]


def try_gate(name: str, part: int, whole: int, gate: Gate) -> GateTest:
    """Compare part ÷ whole with the gate by cross-multiplication: integers only, so that no rounding decides."""
    left, right = part * gate.denominator, whole * gate.numerator
    met = left > right if gate.strict else left >= right
    # The least part that is enough: floor(right ÷ denominator) + 1 when strict, ceil(right ÷ denominator) otherwise.
    enough = right // gate.denominator + 1 if gate.strict else -(-right // gate.denominator)
    return GateTest(
        name=name,
        part=part,
        whole=whole,
        numerator=gate.numerator,
        denominator=gate.denominator,
        strict=gate.strict,
        left=left,
        right=right,
        met=met,
        missing=0 if met else enough - part,
    )


def decide(rule: Rule, item: int, totals: Totals) -> Decision:
    """Try both gates by area and by heads. Linear in nothing: four comparisons of integers.

    Raises ``InvalidInput`` for an unknown item or totals that cannot be.
    """
    passing = rule.item(item).passing
    totals.checked()
    took_part = (
        try_gate("participation_area", totals.participating_area, totals.total_area, rule.participation),
        try_gate("participation_heads", totals.participating_heads, totals.total_heads, rule.participation),
    )
    agreed = (
        try_gate("passing_area", totals.yes_area, totals.participating_area, passing),
        try_gate("passing_heads", totals.yes_heads, totals.participating_heads, passing),
    )
    if not all(test.met for test in took_part):
        outcome = Outcome.NO_QUORUM
    elif all(test.met for test in agreed):
        outcome = Outcome.PASSED
    else:
        outcome = Outcome.REJECTED
    return Decision(outcome, (*took_part, *agreed))
