"""Which class do these words speak of? A first guess by shared pairs of characters, for the reporter to confirm.

Chinese has no blanks between words, and a pair of characters is most often a word: so a text and a class name are
compared by the pairs they share, each pair weighted by how few class names have it (``1 / names``). English text is
compared by words of four letters and more. Linear in the length of the text for each class; some hundred classes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[a-z]{4,}")


@dataclass(frozen=True, slots=True)
class Named:
    """A class as the guess sees it."""

    code: str
    name: str
    name_en: str


def terms(text: str) -> set[str]:
    """Pairs of neighbouring Chinese characters, and the stems of English words."""
    lowered = text.lower()
    pairs = {run[i : i + 2] for run in _HAN.findall(lowered) for i in range(len(run) - 1)}
    return pairs | {word.rstrip("s") for word in _WORD.findall(lowered)}


def suggest(text: str, classes: Sequence[Named], *, limit: int = 4) -> list[str]:
    """Codes of the classes that the text speaks of, best first; empty where no term is shared."""
    wanted = terms(text)
    if not wanted:
        return []
    names = [(entry.code, terms(entry.name) | terms(entry.name_en)) for entry in classes]
    spread: Counter[str] = Counter(term for _, own in names for term in own)
    scored: Iterable[tuple[float, int]] = (
        (sum(1 / spread[term] for term in own & wanted) / (1 + len(own)) ** 0.5, -place)
        for place, (_, own) in enumerate(names)
    )
    best = sorted((score for score in scored if score[0] > 0), reverse=True)[:limit]
    return [names[-place][0] for _, place in best]
