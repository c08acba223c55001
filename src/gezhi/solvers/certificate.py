"""What a solver says of its answer: the status, the figures, and how good the answer is known to be.

A solver never says 'optimal' without a proof. Its certificate names the bound that it was measured against and where
that bound comes from, or the units, cases or people that make the task impossible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How a search ended. The values are the ``status`` of every JSON answer."""

    OPTIMAL = "optimal"  # a plan, proven to be the best one
    FEASIBLE = "feasible"  # a plan that keeps every hard rule; the certificate says how far from a bound
    PARTIAL = "partial"  # a plan that breaks rules which no plan was found to keep; the certificate lists each
    IMPOSSIBLE = "impossible"  # proven: no plan keeps the hard rules, and the certificate says why
    NONE_FOUND = "none_found"  # the time ended without a plan and without a proof


@dataclass(frozen=True, slots=True)
class Reason:
    """One cause of an impossibility or of a broken rule: a stable code, words, and those it concerns."""

    code: str
    message: str
    concerns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """How good an answer is known to be.

    ``claim`` is one sentence for a person. ``value`` is the objective of the plan, ``bound`` a proven limit of it in
    the same unit, ``gap`` = |value − bound| ÷ |value| (None where there is no bound), ``bound_from`` names the
    method that proved the bound. ``reasons`` name what makes the task impossible or which rules are broken.
    """

    claim: str
    value: float | None = None
    bound: float | None = None
    gap: float | None = None
    bound_from: str | None = None
    reasons: tuple[Reason, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


class Cancelled(Exception):
    """The caller asked the solver to stop, and it had no plan to return yet."""


# Asked often by a running solver; True means: stop and return the best plan so far. A time limit is such a function
# made by the caller, because a solver knows no clock.
ShouldStop = Callable[[], bool]

# Told by a running solver: the share done (0 … 1) and a few words.
Progress = Callable[[float, str], None]


def never() -> bool:
    """The ``ShouldStop`` of a caller who waits."""
    return False


def silent(share: float, words: str) -> None:
    """The ``Progress`` of a caller who does not look."""


def tell(progress: Progress, done: int, of: int, words: str) -> None:
    """Tell that ``done`` of ``of`` equal shares of the work are done, for callers that calculate in integers."""
    progress(done / of, words)


def relative_gap(value: float, bound: float) -> float:
    """|value − bound| ÷ |value|; 0 when both are 0, infinite when only the value is 0."""
    difference = abs(value - bound)
    if difference == 0:
        return 0.0
    return difference / abs(value) if value else float("inf")
