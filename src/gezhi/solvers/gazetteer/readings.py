"""The ways in which what somebody typed may be meant: as it stands, inside an area named before or behind it, without a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gezhi.solvers.gazetteer.index import PlaceIndex
from gezhi.solvers.gazetteer.words import Spelling, spelled, without_crossing

# Of more readings the rest is left aside: each is looked for.
_MOST_READINGS = 7
_LONGEST_AREA = 12
# A number at an end, with what it counts: '99栋', '2单元', '301室', ' 12a'.
_NUMBER_BEHIND = re.compile(r"\s*(\d+)\s?[a-z]?\s?(?:栋|号门|号|单元|室|户|门|楼|层)?\s*$")
_NUMBER_BEFORE = re.compile(r"^\s*(\d+)[a-z]?(?:栋\s*|单元\s*|号\s*|,?\s+)(?=\S)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reading of what was typed: the spelling looked for, inside which areas (empty: anywhere)."""

    spelling: Spelling
    areas: frozenset[int]


def readings(index: PlaceIndex, plain: str) -> Iterator[Wanted]:
    """A folded text as it stands, then without names of areas before and behind the rest: the longest names first."""
    whole = _spelled(index, plain)
    if not whole.signs:
        return
    yield Wanted(whole, frozenset())
    open_ends = [(plain, frozenset[int]())]
    seen = {open_ends[0]}
    while open_ends:
        text, areas = open_ends.pop()
        for rest, named in reversed(list(_without_area(index, text))):
            within = _both(index, areas, named)
            if within is None:
                continue
            if (rest, within) not in seen and len(seen) < _MOST_READINGS:
                seen.add((rest, within))
                open_ends.append((rest, within))
        if open_ends:
            rest, within = open_ends[-1]
            yield Wanted(_spelled(index, rest), within)


def _both(index: PlaceIndex, areas: frozenset[int], named: frozenset[int]) -> frozenset[int] | None:
    """Where areas named one after another mean the same ground: the inner ones; None where they have nothing to do with each
    other, and one of the words is no area here."""
    if not areas:
        return named
    inner = frozenset(area for area in named if area in areas or areas.intersection(index.around(area)))
    outer = frozenset(area for area in areas if named.intersection(index.around(area)))
    return inner or outer or None


def _spelled(index: PlaceIndex, plain: str) -> Spelling:
    return spelled(without_crossing(plain), index.read)


def _without_area(index: PlaceIndex, plain: str) -> Iterator[tuple[str, frozenset[int]]]:
    """The text without the longest name of an area that it begins with, and that it ends with, each with the areas of the name."""
    found = list(_areas_between_blanks(index, plain.split())) or list(_areas_without_blanks(index, plain.strip()))
    yield from sorted(found, key=lambda pair: len(pair[0]))


def _areas_between_blanks(index: PlaceIndex, words: list[str]) -> Iterator[tuple[str, frozenset[int]]]:
    for behind in (False, True):
        for count in range(len(words) - 1, 0, -1):
            some, rest = (words[-count:], words[:-count]) if behind else (words[:count], words[count:])
            # Whole words, whichever script they are in.
            if named := index.areas.get(spelled(" ".join(some), index.read).signs):
                yield " ".join(rest), frozenset(named)
                break


def _areas_without_blanks(index: PlaceIndex, joined: str) -> Iterator[tuple[str, frozenset[int]]]:
    for behind in (False, True):
        for size in range(min(_LONGEST_AREA, len(joined) - 2), 1, -1):
            part, rest = (joined[-size:], joined[:-size]) if behind else (joined[:size], joined[size:])
            if (named := index.areas.get(part)) and len(spelled(rest, index.read).signs) > 1:
                yield rest, frozenset(named)
                break


def without_number(plain: str) -> tuple[str, str] | None:
    """A folded text without a number at one of its ends, and the number; None where no name would be left."""
    found = _NUMBER_BEHIND.search(plain) or _NUMBER_BEFORE.search(plain)
    if found is None:
        return None
    rest = (plain[: found.start()] + plain[found.end() :]).strip(" ,-")
    return (rest, found[1]) if len(rest) > 1 and not rest.isdecimal() else None
