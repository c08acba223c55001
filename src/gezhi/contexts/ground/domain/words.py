"""How buildings and addresses are written: 长虹花苑8栋, 檀溪路12号, Mannerheimintie 3."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

_Road = TypeVar("_Road")

# A gate stands in the fence of its compound: so far from it on either side it is the compound's.
AT_THE_FENCE_M = 10.0


def is_wide(text: str) -> bool:
    """Whether a text is written in Chinese signs, without blanks between words."""
    return any("\u3400" <= sign <= "\u9fff" for sign in text)


# What a station of coaches is called: where it stands, no train does.
_COACHES = ("客运站", "客运中心", "汽车站", "汽车总站", "公交总站", "Coach Station", "Bus Station")


def found_as(landmark: str, name: str = "") -> str:
    """The kind of place that a landmark of a kind is found as: a community's centre is not the community, coaches are no trains."""
    if landmark == "station" and name.endswith(_COACHES):
        return "coach_station"
    return "community_centre" if landmark == "community" else landmark


def in_compound(compound: str, building: str) -> str:
    """The name of a building with that of its compound before it, unless it begins with that already."""
    if not compound or building.startswith(compound):
        return building
    return f"{compound}{building}" if is_wide(compound) else f"{compound} {building}"


def in_compound_english(compound: str, building: str) -> str:
    """The same of English names; empty where either has none, since half of it would say nothing."""
    return in_compound(compound, building) if compound and building else ""


def address(street: str, number: str) -> str:
    """A street and a house number."""
    if not is_wide(street):
        return f"{street} {number}"
    return f"{street}{number}" if number.endswith("号") else f"{street}{number}号"


def in_one_order(roads: Iterable[_Road], *, name: Callable[[_Road], str]) -> list[_Road]:
    """The roads of a crossing as it is named everywhere, from wherever somebody looks at it."""
    return sorted(roads, key=name)
