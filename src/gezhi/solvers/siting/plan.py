"""What the searches hand on: a plan with a bound, and the efforts that they may spend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.certificate import Progress, ShouldStop
from gezhi.solvers.siting.prove import Effort

Ints = NDArray[np.int64]

SEARCH = "Lagrangian relaxation and branch and bound"
PROGRAM = "mixed-integer program (HiGHS)"


@dataclass(frozen=True, slots=True)
class Search:
    """How to search: seed, share of the usual effort, and the caller's two functions."""

    seed: int
    effort: float
    stop: ShouldStop
    progress: Progress

    def entries(self, usual: int) -> int:
        """A number of list entries, nodes or steps, by the effort asked for."""
        return max(1, int(usual * self.effort))

    def core(self, share: float = 1.0) -> Effort:
        """The effort for one core."""
        return Effort(
            search=self.entries(int(60_000_000 * share)),
            steps=self.entries(int(1_500 * share)),
            proof=self.entries(int(1_200_000_000 * share)),
            program=self.entries(12_000),
            nodes=self.entries(int(2_000 * share)),
        )

    def covering(self) -> Effort:
        """The effort for one covering core: its steps are cheap, and good plans need many."""
        return Effort(
            search=self.entries(7_200_000_000),
            steps=self.entries(1_500),
            proof=self.entries(100_000_000),
            program=self.entries(45_000),
            nodes=self.entries(2_000),
            saddle=self.entries(1_200_000_000),
            rounds=self.entries(1),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """``opened``: sites. ``assigned``: the site of each demand, NONE where it has none.

    ``value`` and ``bound`` are costs: never below ``bound`` can any plan be; both in the unit of the model's objective,
    for covering the weight left out.
    """

    opened: Ints
    assigned: Ints
    value: float
    bound: float
    bound_from: str
    nodes: int = 0
    steps: int = 0


@dataclass(frozen=True, slots=True)
class NoPlan:
    """No plan was found; ``proven``: there is none, because of ``why``."""

    proven: bool
    why: str
