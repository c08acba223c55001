"""A whole vote: roll and ballots in, counts, gates and the outcome out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gezhi.solvers.certificate import Cancelled, Certificate, Progress, ShouldStop, never, silent, tell
from gezhi.solvers.tally.ballots import Ballot, Choice, Counted, Handling, Proxy, count
from gezhi.solvers.tally.gates import Decision, Outcome, Totals, decide
from gezhi.solvers.tally.roll import Head, Roll, Scope, heads_of, roll_hash, voters_of
from gezhi.solvers.tally.rules import Rule


@dataclass(frozen=True, slots=True)
class Side:
    """One row of the count: area in 0.01 m², and heads."""

    area: int
    heads: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Everybody on the roll, once: yes + no + abstain + invalid took part, the rest is absent."""

    yes: Side
    no: Side
    abstain: Side
    invalid: Side
    absent: Side

    @property
    def participating(self) -> Side:
        """Those who took part, whatever they chose."""
        sides = (self.yes, self.no, self.abstain, self.invalid)
        return Side(sum(side.area for side in sides), sum(side.heads for side in sides))

    def totals(self, *, abstentions_to: str | None = None) -> Totals:
        """The six numbers that decide; with ``abstentions_to`` 'yes' the abstentions are added to the yes side."""
        part = self.participating
        joined = abstentions_to == "yes"
        return Totals(
            total_area=part.area + self.absent.area,
            total_heads=part.heads + self.absent.heads,
            participating_area=part.area,
            participating_heads=part.heads,
            yes_area=self.yes.area + (self.abstain.area if joined else 0),
            yes_heads=self.yes.heads + (self.abstain.heads if joined else 0),
        )


@dataclass(frozen=True, slots=True)
class Procedure:
    """What the rules of procedure say of the doubtful ones.

    ``invalid_paper_participates``: a spoilt paper ballot is participation, not a choice (otherwise absent).
    ``abstentions_join_majority``: those who took part and abstained are added to the majority (从众). It never
    adds anybody who took no part.
    """

    invalid_paper_participates: bool = True
    abstentions_join_majority: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """A counted vote. ``plain`` and ``joined`` are the decisions without and with abstentions in the majority.

    ``abstentions_to`` is the side that the abstentions join: the one with more area and more heads, or None.
    ``refused`` names ballots and ``owners`` everybody on the roll: not for the public; all else is an aggregate.
    """

    outcome: Outcome
    counts: Counts
    plain: Decision
    joined: Decision
    abstentions_to: str | None
    roll_hash: str
    heads: int
    disagreeing: int
    not_counted: dict[str, int]
    refused: dict[str, str]
    owners: frozenset[str]
    certificate: Certificate


def _majority(counts: Counts) -> str | None:
    yes, no = counts.yes, counts.no
    if yes.area > no.area and yes.heads > no.heads:
        return "yes"
    if no.area > yes.area and no.heads > yes.heads:
        return "no"
    return None


def _sum(heads: Sequence[Head], counted: Counted, procedure: Procedure) -> Counts:
    area: Counter[Choice | None] = Counter()
    number: Counter[Choice | None] = Counter()
    for head, said in zip(heads, counted.voices, strict=True):
        voice = None if said == "invalid" and not procedure.invalid_paper_participates else said
        area[voice] += head.area
        number[voice] += head.heads
    return Counts(
        yes=Side(area["yes"], number["yes"]),
        no=Side(area["no"], number["no"]),
        abstain=Side(area["abstain"], number["abstain"]),
        invalid=Side(area["invalid"], number["invalid"]),
        absent=Side(area[None], number[None]),
    )


WORDS = {
    Outcome.PASSED: "passed: participation and consent reach both gates by area and by heads",
    Outcome.REJECTED: "rejected: enough took part, too few agreed",
    Outcome.NO_QUORUM: "no quorum: too few took part, so nothing is decided",
}


def certify(decision: Decision) -> Certificate:
    """The outcome in words with the integers that were compared."""
    failed = [
        f"{test.name}: {test.left} {'≤' if test.strict else '<'} {test.right}, {test.missing} missing"
        for test in decision.tests
        if not test.met
    ]
    return Certificate(
        claim="; ".join([WORDS[decision.outcome], *failed]),
        details={"method": "exact integer count; every gate by cross-multiplication"},
    )


def tally(
    *,
    rule: Rule,
    item: int,
    roll: Roll,
    scope: Scope,
    ballots: Sequence[Ballot],
    proxies: Sequence[Proxy],
    handling: Handling,
    procedure: Procedure,
    should_stop: ShouldStop = never,
    progress: Progress = silent,
) -> Result:
    """Count a vote. O(n log n) in units and ballots; the order of neither matters.

    Raises ``InvalidInput`` that names the field for a roll, a ballot, a proxy or an item that cannot be, ``Cancelled``:
    half a count is no count.
    """
    rule.item(item)
    tell(progress, 0, 5, "roll")
    heads = heads_of(roll, scope)
    if should_stop():
        raise Cancelled
    tell(progress, 2, 5, "ballots")
    counted = count(roll, heads, ballots, proxies, handling)
    counts = _sum(heads, counted, procedure)
    side = _majority(counts)
    plain = decide(rule, item, counts.totals())
    joined = decide(rule, item, counts.totals(abstentions_to=side))
    ruling = joined if procedure.abstentions_join_majority else plain
    if should_stop():
        raise Cancelled
    tell(progress, 4, 5, "hash of the roll")
    return Result(
        outcome=ruling.outcome,
        counts=counts,
        plain=plain,
        joined=joined,
        abstentions_to=side,
        roll_hash=roll_hash(roll),
        heads=len(heads),
        disagreeing=counted.disagreeing,
        not_counted=dict(sorted(Counter(counted.refused.values()).items())),
        refused=counted.refused,
        owners=voters_of(roll),
        certificate=certify(ruling),
    )
