"""Why this resource, why not another, why nobody: in parts and words, and never of a need that is not for other eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gezhi.solvers.matching.lists import Need
from gezhi.solvers.matching.score import Pair, Score

WITHHELD = "withheld: a sensitive need is not explained"


@dataclass(frozen=True, slots=True)
class Other:
    """A resource that could have served and does not: its points, and why it lost."""

    resource: str
    total: int
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Of one need: the score of each that serves it, the next best with why they lost, and how many each filter kept out."""

    served_by: dict[str, Score]
    others: tuple[Other, ...]
    kept_out: dict[str, int]


def explanation(
    need: Need,
    candidates: Sequence[Pair],
    serving: Mapping[str, Score],
    room_left: Mapping[tuple[str, str], int],
    clients: Mapping[str, Sequence[Need]],
    out: dict[str, int],
    *,
    most: int = 3,
) -> Explanation:
    """Explain one need that is not sensitive.

    ``room_left``: units that remain of (resource, period) under the plan; ``clients``: the needs that a resource serves, of
    which the sensitive ones are counted, not named.
    """
    least = min((score.total for score in serving.values()), default=0)
    others = []
    losers = sorted(
        (pair for pair in candidates if pair.resource.id not in serving),
        key=lambda pair: (-pair.score.total, pair.resource.id),
    )
    for pair in losers[:most]:
        name = pair.resource.id
        free = any(room_left[name, period] > 0 for period in pair.periods)
        if free and serving and pair.score.total <= least:
            why = f"{least - pair.score.total} points less"
        elif free:
            why = "has room; what is served elsewhere makes more of the whole"
        else:
            named = sorted(other.id for other in clients.get(name, ()) if not other.sensitive and other.id != need.id)
            hidden = sum(1 for other in clients.get(name, ()) if other.sensitive)
            whom = [*named[:most], *([f"{len(named) - most} more"] if len(named) > most else [])]
            whom += [f"{hidden} not named"] if hidden else []
            why = f"no room left: serves {', '.join(whom)}"
        others.append(Other(name, pair.score.total, why))
    return Explanation(dict(sorted(serving.items())), tuple(others), out)


def why_unmatched(need: Need, candidates: Sequence[Pair], out: Mapping[str, int], left: int) -> str:
    """One line for a need that is not served, or not in full."""
    if need.sensitive:
        return WITHHELD
    if not candidates:
        if not out:
            return "there are no resources"
        barred = ", ".join(f"{name} {number}" for name, number in out.items())
        return f"no resource passes the filters: {barred}"
    if need.team:
        missing = [
            f"{role.count} × {role.skill}"
            for role in need.team
            if sum(role.skill in pair.resource.skills for pair in candidates) < role.count
        ]
        if missing:
            return f"the team cannot be made up: {', '.join(missing)}"
    return f"{left} of {need.quantity} not served: all that could help are taken up by other needs"
