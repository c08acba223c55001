"""How alike what was typed and a name are, compared as a whole in one spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import permutations

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Indel

from gezhi.solvers.gazetteer.words import Spelling, has_han, is_number

SIGNS, LETTERS, INITIALS = range(3)
# The most words that are put into every order; of more, each goes where it stands in the name.
_TURNED = 3
_OTHER_ORDER = 0.04
_OTHER_NUMBER, _NO_NUMBER = -0.2, -0.04
# A name that holds the signs in their order, as people shorten names: 第一医院 for 襄阳市第一人民医院.
_SHORTENED, _SHORTENED_LENGTH = 0.76, 0.12
_TAKEN = "\0"
# What somebody says of where a place is from the one that is named.
_BESIDE = re.compile("(?:附近|旁边|对面|门口|门前|边上|里面|这里|那里|处|旁|边|里|内)$")


class Typed:
    """A text in one spelling (``kind``), ready to be compared with many names."""

    def __init__(self, spelling: Spelling, kind: int) -> None:
        self._kind = kind
        self._words = [] if kind == INITIALS else [pair[kind] for pair in spelling.words]
        whole = spelling.letters if kind == INITIALS else "".join(self._words)
        self._orders = [whole]
        if 1 < len(self._words) <= _TURNED:
            self._orders = list(dict.fromkeys("".join(order) for order in permutations(self._words)))
        self._numbers = {sign for sign in whole if is_number(sign)}

    def like(self, name: str) -> float:
        """Between 0 and 1; less where their numbers differ."""
        orders: Sequence[str] = self._orders
        if len(self._words) > _TURNED:
            orders = (orders[0], self._as_in(name))
        best = max(_ends_alike(text, name) - (_OTHER_ORDER if place else 0.0) for place, text in enumerate(orders))
        if self._kind == SIGNS and best < 0.9:
            best = max(best, 0.9 * same_signs(orders[0], name), _shortened(orders[0], name))
        there = {sign for sign in name if is_number(sign)}
        return best + _OTHER_NUMBER * len(self._numbers - there) + (_NO_NUMBER if there - self._numbers else 0.0)

    def _as_in(self, name: str) -> str:
        """The words in the order in which they stand in the name, those with a fault where they are most alike."""
        places = []
        for word in self._words:
            at = name.find(word)
            if at >= 0:
                # What one word stands for is not there for another that is the same.
                name = name[:at] + _TAKEN * len(word) + name[at + len(word) :]
            else:
                found = fuzz.partial_ratio_alignment(word, name)
                at = found.dest_start if found is not None else len(name)
            places.append(at)
        return "".join(word for _, word in sorted(zip(places, self._words, strict=True), key=lambda pair: pair[0]))


def _ends_alike(text: str, name: str) -> float:
    if text == name:
        return 1.0
    if text in name:
        return (0.84 if name.startswith(text) else 0.8) + 0.15 * len(text) / len(name)
    like = max(Indel.normalized_similarity(text, name), OSA.normalized_similarity(text, name))
    if name in text:
        return max(like, 0.6 + 0.35 * len(name) / len(text))
    return like


def same_signs(text: str, name: str) -> float:
    """The share of signs that both have, in whatever order."""
    rest = list(name)
    shared = 0
    for sign in text:
        if sign in rest:
            rest.remove(sign)
            shared += 1
    return 2.0 * shared / (len(text) + len(name))


def is_called(text: str, name: str, *, in_order: bool) -> bool:
    """Whether all Chinese signs of a text stand in a name, beside words for where it is from there. What is typed beside a name
    (小学, 西门) makes it another place, however much else is shared. With ``in_order`` so do the same signs in another order
    (北苑西门, 西苑北门), but for two neighbours that a slip has turned."""
    rest = name
    text = _BESIDE.sub("", text)
    if in_order and sorted(text) == sorted(name) and OSA.distance(text, name) == 1:
        return True
    for sign in text:
        at = rest.find(sign)
        if at >= 0:
            rest = rest[at + 1 :] if in_order else rest[:at] + rest[at + 1 :]
        elif has_han(sign):
            return False
    return True


def shared_signs(text: str, name: str) -> float:
    """The share of Chinese signs that both have; of a text with letters too, which of its own stand in the name."""
    own = "".join(sign for sign in text if not sign.isascii())
    if own == text or not own:
        return same_signs(text, name)
    return sum(sign in name for sign in own) / len(own)


def _shortened(text: str, name: str) -> float:
    """What it is worth that a name holds all signs of a text in their order; 0 where it does not."""
    at = 0
    for sign in text:
        at = name.find(sign, at) + 1
        if not at:
            return 0.0
    return _SHORTENED + _SHORTENED_LENGTH * len(text) / len(name) if len(text) > 1 else 0.0
