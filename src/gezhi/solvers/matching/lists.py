"""The lists that are matched: needs, resources, periods, what was accepted and what was proposed before."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.distinct import require_distinct


@dataclass(frozen=True, slots=True)
class Role:
    """A place in a team: ``count`` different resources with ``skill``."""

    skill: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Need:
    """Something asked for. x, y in metres; times in seconds of any clock; ``quantity`` in units of help.

    ``skills`` must all be there in one resource; ``team`` asks for several at once instead, all or none, as one unit.
    ``clearance`` is the least level that a helper must have. Without ``consent`` a need is matched with nobody and named
    nowhere; a ``sensitive`` one is matched, never explained.
    """

    id: str
    x: float
    y: float
    grid: str = ""
    kind: str = ""
    text: str = ""
    skills: tuple[str, ...] = ()
    team: tuple[Role, ...] = ()
    clearance: int = 0
    from_s: float | None = None
    to_s: float | None = None
    quantity: int = 1
    urgency: int = 0
    consent: bool = True
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """What a resource did of a kind before: how often, and how often to the asker's satisfaction."""

    done: int
    good: int


@dataclass(frozen=True, slots=True)
class Resource:
    """Somebody or something that helps within ``radius_m`` metres. ``capacity``: period id → units of help."""

    id: str
    x: float
    y: float
    radius_m: float
    capacity: Mapping[str, int]
    kinds: tuple[str, ...] = ()
    text: str = ""
    skills: tuple[str, ...] = ()
    clearance: int = 0
    past: Mapping[str, Past] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, [from_s, to_s)."""

    id: str
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Accepted:
    """A match that both sides agreed to: it stays as it is."""

    need: str
    resource: str
    period: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Weights:
    """Points of each part of a score at its best; ``stability`` is the bonus of a pair that was proposed before."""

    distance: int = 300
    text: int = 300
    success: int = 200
    urgency: int = 200
    stability: int = 100


MOST_URGENT = 3
LARGEST = 10**6


def _number(value: float, place: str, least: float = -math.inf) -> None:
    if not math.isfinite(value) or value < least:
        raise InvalidInput("match.bad_number", f"{value} is no number of at least {least:g}", field=place)


def _whole(value: int, place: str, least: int, most: int = LARGEST) -> None:
    if not least <= value <= most:
        raise InvalidInput("match.bad_number", f"{value} is not from {least} to {most}", field=place)


def _distinct(ids: Sequence[str], name: str) -> set[str]:
    require_distinct(ids, code="match.id_twice", field=name + "[{}].id")
    return set(ids)


def check(
    needs: Sequence[Need],
    resources: Sequence[Resource],
    periods: Sequence[Period],
    accepted: Sequence[Accepted],
    weights: Weights,
) -> None:
    """Raise ``InvalidInput`` with the field for anything that cannot be."""
    need_ids = _distinct([need.id for need in needs], "needs")
    resource_ids = _distinct([resource.id for resource in resources], "resources")
    period_ids = _distinct([period.id for period in periods], "periods")
    for number, period in enumerate(periods):
        _number(period.from_s, f"periods[{number}].from_s")
        _number(period.to_s, f"periods[{number}].to_s")
        if period.to_s <= period.from_s:
            raise InvalidInput("match.no_time", "ends before it begins", field=f"periods[{number}].to_s")
    for number, need in enumerate(needs):
        place = f"needs[{number}]"
        _number(need.x, f"{place}.x")
        _number(need.y, f"{place}.y")
        _whole(need.quantity, f"{place}.quantity", 1)
        _whole(need.urgency, f"{place}.urgency", 0, MOST_URGENT)
        for name in ("from_s", "to_s"):
            if getattr(need, name) is not None:
                _number(getattr(need, name), f"{place}.{name}")
        for part, role in enumerate(need.team):
            _whole(role.count, f"{place}.team[{part}].count", 1, 50)
        if need.team and need.quantity != 1:
            raise InvalidInput("match.team_quantity", "a team is one unit", field=f"{place}.quantity")
    for number, resource in enumerate(resources):
        place = f"resources[{number}]"
        _number(resource.x, f"{place}.x")
        _number(resource.y, f"{place}.y")
        _number(resource.radius_m, f"{place}.radius_m", 0)
        for period_id, units in resource.capacity.items():
            if period_id not in period_ids:
                raise InvalidInput("match.unknown_period", f"'{period_id}' is no period", field=f"{place}.capacity")
            _whole(units, f"{place}.capacity.{period_id}", 0)
        for kind, past in resource.past.items():
            _whole(past.done, f"{place}.past.{kind}.done", 0)
            _whole(past.good, f"{place}.past.{kind}.good", 0, past.done)
    for number, match in enumerate(accepted):
        place = f"accepted[{number}]"
        for name, known in (("need", need_ids), ("resource", resource_ids), ("period", period_ids)):
            if getattr(match, name) not in known:
                raise InvalidInput("match.unknown", f"'{getattr(match, name)}' is no {name}", field=f"{place}.{name}")
        _whole(match.quantity, f"{place}.quantity", 1)
    for name in ("distance", "text", "success", "urgency", "stability"):
        _whole(getattr(weights, name), f"weights.{name}", 0)
