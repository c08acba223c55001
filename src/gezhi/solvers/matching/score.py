"""Who may help whom, and how well: hard filters with their reason, and a score whose parts can be read."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gezhi.solvers.matching.lists import MOST_URGENT, Need, Period, Resource, Weights

_WORD = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]+")


class Barrier(StrEnum):
    """Why a resource may not serve a need: the first of these that holds."""

    CLEARANCE = "clearance"
    KIND = "kind"
    SKILL = "skill"
    PLACE = "place"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Score:
    """Points of one pair, whole numbers: the parts and their sum. ``distance_m`` straight line; ``shared`` word pieces."""

    distance: int
    text: int
    success: int
    urgency: int
    stability: int
    distance_m: float
    shared: tuple[str, ...]

    @property
    def total(self) -> int:
        """The sum; at least 1, so that help is always better than none."""
        return 1 + self.distance + self.text + self.success + self.urgency + self.stability


@dataclass(frozen=True, slots=True)
class Pair:
    """A need that a resource may serve, the periods in which it could, and the score."""

    need: Need
    resource: Resource
    periods: tuple[str, ...]
    score: Score


def pieces(text: str) -> frozenset[str]:
    """Pairs of neighbouring Chinese characters and whole Latin words: what two texts can share without a dictionary."""
    found = set()
    for run in _WORD.findall(text.lower()):
        found |= {run} if run[0].isascii() else {run[place : place + 2] for place in range(max(1, len(run) - 1))}
    return frozenset(found)


def open_periods(need: Need, resource: Resource, periods: Sequence[Period]) -> tuple[str, ...]:
    """Periods inside the need's time in which the resource has any capacity."""
    return tuple(
        period.id
        for period in periods
        if resource.capacity.get(period.id, 0) > 0
        and (need.from_s is None or period.from_s >= need.from_s)
        and (need.to_s is None or period.to_s <= need.to_s)
    )


def barrier(need: Need, resource: Resource, periods: Sequence[Period]) -> Barrier | None:
    """The first hard rule that keeps them apart; of a team's needs a resource must have the skill of one role."""
    if resource.clearance < need.clearance:
        return Barrier.CLEARANCE
    if resource.kinds and need.kind not in resource.kinds:
        return Barrier.KIND
    roles = {role.skill for role in need.team}
    if not set(need.skills) <= set(resource.skills) or (roles and not roles & set(resource.skills)):
        return Barrier.SKILL
    if math.hypot(need.x - resource.x, need.y - resource.y) > resource.radius_m:
        return Barrier.PLACE
    if not open_periods(need, resource, periods):
        return Barrier.TIME
    return None


def score(need: Need, resource: Resource, weights: Weights, *, before: bool) -> Score:
    """The points of a pair. It depends on these two alone, so that a further resource changes no other pair's score.

    Distance falls linearly to 0 at the resource's radius; text is Dice's coefficient of word pieces; success is
    (good + 1) ÷ (done + 2) for the need's kind (1/2 where nothing is known); urgency is a third for each level.
    """
    metres = math.hypot(need.x - resource.x, need.y - resource.y)
    near = 1.0 if metres == 0 else max(0.0, 1 - metres / resource.radius_m) if resource.radius_m else 0.0
    asked, offered = pieces(need.text), pieces(resource.text)
    shared = asked & offered
    past = resource.past.get(need.kind)
    good, done = (past.good, past.done) if past else (0, 0)
    both = len(asked) + len(offered)
    return Score(
        distance=round(weights.distance * near),
        text=2 * weights.text * len(shared) // both if both else 0,
        success=weights.success * (good + 1) // (done + 2),
        urgency=weights.urgency * need.urgency // MOST_URGENT,
        stability=weights.stability if before else 0,
        distance_m=metres,
        shared=tuple(sorted(shared)),
    )
