"""What a class guess has learnt from confirmed cases, put to words that somebody writes.

The table of terms (``solvers/text/terms``) is read row by row, without its library: a sentence has some dozen terms. Chances
are calibrated as there: softmax(slope × margins), and a line through the log-odds of the likeliest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from math import exp, log, sqrt

from gezhi.contexts.cases.domain.shared_words import HAN_RUN, LATIN_WORD, terms_of
from gezhi.contexts.cases.domain.suggest import Said, praises, words_of

# A class that is less likely is no suggestion.
LEAST_CHANCE = 0.05
# From here on what was learnt stands before what the table's own words say.
LIKELY = 0.5
# The likeliest class must be this likely for what was learnt to be proposed.
ENOUGH = 0.3
_LEAST_LOG = 1e-12
# Of the terms that speak for a class those that say most.
_MOST_SPEAKING = 4
_MOST_RUNS = 3


@dataclass(frozen=True, slots=True)
class Learned:
    """What belongs to the whole table: its classes, a bias for each, the calibration."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    slope: float
    stretch: float
    shift: float


@dataclass(frozen=True, slots=True)
class Term:
    """One row of the table: the term's idf, and idf × weight for each class."""

    idf: float
    weights: Sequence[float]


@dataclass(frozen=True, slots=True)
class Guess:
    """A class, its chance (0 … 1; 1 where the table's own words say it), and the words that speak for it."""

    code: str
    chance: float
    words: tuple[str, ...] = ()


def guesses(
    text: str, learned: Learned, known: Mapping[str, Term], *, most: int = 3, told: Set[str] | None = None
) -> list[Guess]:
    """The likeliest classes of a text, best first; nothing where it shares no term with the table. ``told``: the terms that may be
    named as speaking for a class; None: all."""
    shared = {term: known[term] for term in terms_of(text) if term in known}
    if not shared:
        return []
    length = sqrt(sum(row.idf**2 for row in shared.values()))
    margins = list(learned.bias)
    for row in shared.values():
        for place, weight in enumerate(row.weights):
            margins[place] += weight / length
    chances = chances_of(margins, learned)
    best = sorted(range(len(chances)), key=lambda place: (-chances[place], place))[:most]
    return [
        Guess(learned.classes[place], chances[place], spoken(text, _speaking(shared, place, told)))
        for place in best
        if chances[place] >= LEAST_CHANCE
    ]


def chances_of(margins: Sequence[float], learned: Learned) -> list[float]:
    """Calibrated chances, as ``Calibration.chances`` has them."""
    top = max(margins)
    raised = [exp(learned.slope * (margin - top)) for margin in margins]
    whole = sum(raised)
    best = margins.index(top)
    likely = [max(one / whole, _LEAST_LOG) for one in raised]
    first = raised[best] / whole
    left = sum(likely) - likely[best]
    odds = log(max(first, _LEAST_LOG)) - log(max(1 - first, _LEAST_LOG))
    # Never below the second.
    second = max(one for place, one in enumerate(likely) if place != best)
    chance = 1 / (1 + exp(-max(learned.stretch * odds + learned.shift, log(second / left))))
    found = [one * (1 - chance) / left for one in likely]
    found[best] = chance
    return found


def _speaking(shared: Mapping[str, Term], place: int, told: Set[str] | None) -> set[str]:
    """The terms that speak most for a class: more for it than for classes in general."""
    part = {term: row.weights[place] - sum(row.weights) / len(row.weights) for term, row in shared.items()}
    ordered = sorted((term for term in part if part[term] > 0), key=lambda term: (-part[term], term))
    best = set(ordered[:_MOST_SPEAKING])
    return best if told is None else best & told


def spoken(text: str, terms: Set[str]) -> tuple[str, ...]:
    """The words of a text that terms stand for, as they are written: pairs that follow each other make one; three at most."""
    found: dict[str, None] = {}
    for run in HAN_RUN.findall(text):
        start = 0
        while start < len(run) - 1:
            end = start + 1
            while end < len(run) and run[end - 1 : end + 1] in terms:
                end += 1
            if end > start + 1:
                found[run[start:end]] = None
            start = end if end > start + 1 else start + 1
    for word in LATIN_WORD.findall(text):
        if words_of(word) & terms:
            found[word] = None
    return tuple(found)[:_MOST_RUNS]


def merged(text: str, learnt: Sequence[Guess], said: Sequence[Said], *, most: int = 3) -> list[Guess]:
    """What was learnt and what the words of the class table say, in one order, each class once.

    First what is likely by what was learnt, then the best by the table's words (of a rare class nothing was learnt), then the
    others of both. Praise is none, and where nothing that was learnt is as likely as ``ENOUGH``, it has nothing to say.
    """
    if praises(text):
        return []
    if all(guess.chance < ENOUGH for guess in learnt):
        learnt = []
    by_words = [Guess(one.code, 1.0, spoken(text, one.terms) or one.phrase) for one in said]
    sure = [guess for guess in learnt if guess.chance >= LIKELY]
    order = [*sure, *by_words[:1], *learnt, *by_words[1:]]
    found = {guess.code: guess for guess in reversed(order)}
    return list({guess.code: found[guess.code] for guess in order}.values())[:most]
