"""A place and the words that lead to it, said once: 东湖家园2栋内 needs no 东湖家园附近 behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

# How a place follows the areas that it lies in.
WITHIN = " · "
# What is said of a name, and is no part of it.
_ABOUT = re.compile(
    r"^(?:in|near|at|on|by|beside|around) |(?:附近|旁边|旁|周边|一带|门口|门前|对面|之内|内|里面|里|上|处)$",
    re.IGNORECASE,
)
# A number or a single sign stands in other names by chance.
_SAYS_SOMETHING = re.compile(r"(?=.*\D).{2,}", re.DOTALL)
# What a numbered part has of its own behind the name of the whole.
_NUMBERED = re.compile(r" \D*\d+")


def in_order(names: Sequence[str], *, english: bool) -> list[str]:
    """Areas that lie in each other, given from large to small, in the order in which they are said: English from small to large.

    A name that begins with that of the area around it says both, 檀溪社区第3网格; in English a numbered part has its own name and
    stands before the whole: Grid 3, Tanxi Community.
    """
    own = list(names)
    if english:
        for at, (whole, part) in enumerate(pairwise(names), 1):
            rest = part.removeprefix(whole)
            if rest != part and _NUMBERED.fullmatch(rest):
                own[at] = rest.strip()
    said = [name for name, finer in zip(own, [*own[1:], ""], strict=False) if not finer.startswith(name)]
    return said[::-1] if english else said


def place_with_address(place: str, address: str, *, between: str) -> str:
    """Both, without what of either the other says too. ``between``: what stands between them."""
    around, _, beside = place.rpartition(WITHIN)
    if not says_more(address, than=place):
        return place
    named = _name_in(beside)
    if around and _says_something(named) and named in address:
        return between.join((around, address))
    return between.join(filter(None, (place, address)))


def says_more(address: str, *, than: str) -> bool:
    """Whether an address names anything that a place in the same language does not."""
    told = _name_in(address)
    return not (_says_something(told) and told in than)


def _name_in(words: str) -> str:
    return _ABOUT.sub("", words.strip()).strip()


def _says_something(name: str) -> bool:
    return _SAYS_SOMETHING.fullmatch(name) is not None
