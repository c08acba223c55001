"""The policies that are compared, and the parameters of ours."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from enum import StrEnum

from gezhi.kernel.errors import InvalidInput

# A parameter beyond this is a slip of the pen; one that is divided by may not vanish.
MOST, LEAST = 10_000, 0.1
# Changes of aim in an hour are remembered one by one.
MOST_SWAPS = 100


class Policy(StrEnum):
    """Who goes where, in one line each."""

    FIXED_OWNER = "fixed-owner"  # each case waits for the worker of its grid (for a skill: the nearest who has it)
    NEAREST_FIFO = "nearest-fifo"  # the nearest idle worker; who becomes free takes the oldest waiting case
    NEAREST_AGED = "nearest-aged"  # the nearest idle worker; who becomes free takes the nearest, less 0.2 of its wait
    GEZHI = "gezhi"  # the least-cost snapshot at every event, workers under way included

    @property
    def number(self) -> int:
        """The policy's place, for compiled code."""
        return list(Policy).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The parameters of the policy 'gezhi', minutes unless said otherwise.

    Whom to send. ``swap``: what it costs to take a worker off the way. ``scarcity``: what it costs to send somebody who
    has a skill that the case does not need, ÷ the share of workers with the skill, relative to a share of 10 %.
    ``owner`` and ``owner_cap``: what it is worth that the worker of the grid comes, where they are there within the cap.

    How often people are redirected. ``most_swaps``: changes of aim of a worker within an hour. ``most_case_swaps``: how
    often a case may lose the person on the way to it. Whoever has reached the cap, worker or case, keeps the other.

    Whether to wait. A case is left waiting where every way costs more than ``patience`` + ``patience_queue`` × the mean
    minutes of work × cases for each worker at work nearby (at most ``most_patience``) + ``ageing`` × minutes waited.
    ``plain_share``: share of the cases without a skill that count as rivals for the workers with one.

    Where to be. ``stay`` × how short of workers a place is, what it costs to take somebody away from it, and
    ``stay_idle`` more of it when all are idle; ``go`` × the same, what it is worth to send somebody there. Short means
    ln(share of today's cases near the place ÷ share of the fleet near it). ``reach_km``: how far 'near' fades.
    ``prior``: cases spread evenly that today's are mixed with.

    Who has had more. ``even``: what it costs to send somebody who has been used longer today than the fleet on average, for
    each mean time of work that they are ahead.

    Quiet hours. All that is done for later (``scarcity``, ``stay``, ``stay_idle``, ``go``, ``even``) counts in full once
    work and open cases take the share ``calm`` of the fleet, and in proportion below: while most are idle, the nearest
    goes.
    """

    swap: float = 0.9
    scarcity: float = 4.3
    owner: float = 0.0
    owner_cap: float = 15.0
    most_swaps: int = 4
    most_case_swaps: int = 4
    patience: float = 9.0
    patience_queue: float = 0.7
    most_patience: float = 29.0
    ageing: float = 0.14
    plain_share: float = 0.03
    stay: float = 6.0
    stay_idle: float = 28.0
    go: float = 7.3
    reach_km: float = 2.0
    prior: float = 33.0
    even: float = 1.0
    calm: float = 0.8

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not (math.isfinite(value) and 0 <= value <= MOST):
                raise InvalidInput("dispatch.bad_number", f"is {value}, must be a number from 0 to {MOST}", field=name)
        for name in ("reach_km", "prior"):
            if getattr(self, name) < LEAST:
                raise InvalidInput("dispatch.bad_number", f"must be at least {LEAST}", field=name)
        if self.most_swaps > MOST_SWAPS:
            raise InvalidInput("dispatch.bad_number", f"must be at most {MOST_SWAPS}", field="most_swaps")
