"""The policies that are compared, and the parameters of ours."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from enum import StrEnum

from gezhi.kernel.errors import InvalidInput


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

    ``ageing``: minutes of way that a minute of waiting outweighs when not all can be served. ``scarcity``: what it costs
    to send somebody who has a skill that the case does not need, ÷ the share of workers with the skill, relative to
    a share of 10 %. ``swap``: what it costs to take a worker off the way. ``most_swaps``: how often that may happen to
    a worker before they reach a case. ``owner`` and ``owner_cap``: what it is worth that the worker of the grid comes,
    where they are there within the cap. ``leave``: what it costs to leave a case waiting though somebody could go.
    """

    ageing: float = 0.3
    scarcity: float = 2.5
    swap: float = 1.5
    most_swaps: int = 10
    owner: float = 0.0
    owner_cap: float = 15.0
    leave: float = 10_000.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not (math.isfinite(value) and value >= 0):
                raise InvalidInput("dispatch.bad_number", f"is {value}, must be a number ≥ 0", field=name)
