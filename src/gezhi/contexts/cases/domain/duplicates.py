"""Which reports are of the same matter? Class, place, time and words each say how much more often they agree so in two
reports of one matter than in two that merely came up near each other; the logarithms of these ratios add up.

* **Place.** The marks of two reports of one matter lie a normal error apart in each direction, strangers lie anywhere in
  reach: ln(reach² / 2σ²) − metres² / 2σ².
* **Time.** A matter is told again soon: ln(horizon / mean) − gap / mean, where the mean is short for an event, longer for a thing
  that stays broken, and longer still while the earlier case is open. What comes after the earlier case was closed counts less.
* **Class.** The rarer a class is, the more it says that both are of it. Classes of which a third of the sentences that one
  everyday phrase stands for speak as well are mixed up by reporters, and so is a class that the words of either report speak
  of; another class of the same major one is possible, and so is any for what nobody could class.
* **Words.** The cosine of what both say (``shared_words``) beside that of strangers, by how much the shorter one says, without the
  words of the classes themselves. Different numbers of a house speak against.

Within 50 metres and 24 hours the same class says most, as the practice of the standard has it, and the less the more of a city's
reports are of it; farther, the words weigh more than the place, and two spots that each names itself by speak against it.
The chance is 1 / (1 + e^−sum). After Fellegi and Sunter (1969), A theory for record linkage; the agreements are taken as
independent. O(candidates × length of their texts).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from math import exp, log

from gezhi.contexts.cases.domain.class_table import MAJOR_LENGTH
from gezhi.contexts.cases.domain.photos import metres_between
from gezhi.contexts.cases.domain.shared_words import (
    Rarity,
    Told,
    alike,
    doors_of,
    shared_phrases,
    spots_clash,
    streets_clash,
    terms_of,
    units_clash,
)
from gezhi.contexts.cases.domain.suggest import Named, share_that_says, suggest

_MOST_MIXED_UP = 8
# Of the sentences that one phrase of a class stands for, so many speak of a class that is taken for it.
_MIXED_UP = 1 / 3
_TEXTS_KEPT = 1_000
# More are never proposed of one place, and words take the most time.
_MOST_COMPARED = 40
# Gaps fall off exponentially, and all but one in twenty lie in the window.
_MEANS_IN_WINDOW = 3


@dataclass(frozen=True, slots=True)
class Weights:
    """The parameters of the matcher. Lengths in metres; every weight is a natural logarithm of a ratio of frequencies.

    The window of an event and the distance behind ``spread_m`` are the practice of the standard (50 m, 24 h); errors of phones
    reach 100 m between high buildings, hence ``reach_m``. What is marked 'fitted' was set on made-up streams of reports and is
    judged on others (``benchmarks/duplicates.py``).
    """

    reach_m: float = 110.0
    # The difference of two marks of one thing, in each direction.
    spread_m: float = 30.0
    horizon: timedelta = timedelta(days=30)
    event_window: timedelta = timedelta(hours=24)
    component_window: timedelta = timedelta(days=7)
    # While the earlier case is open, the thing is still there.
    open_event_window: timedelta = timedelta(days=3)
    open_component_window: timedelta = timedelta(days=14)
    # Closed ones are proposed for so long, and count less: the thing may have come back.
    closed_within: timedelta = timedelta(days=7)
    closed: float = -1.0
    # Fitted, as are all below: how rarely a case in reach and horizon is of the same matter.
    before_all: float = -4.0
    mixed_up: float = 0.5
    same_major: float = -3.5
    unknown: float = -2.0
    rarest_class: float = 3.0
    # What a cosine of 0 and each part of 1 say, where both say a lot (``full_weight``), and the most either way.
    words_at_nothing: float = -1.5
    words_each: float = 10.0
    words_most: float = 4.0
    # Where the classes differ, that both name the place says less: it may be another matter there.
    words_most_mixed_up: float = 3.0
    words_most_same_major: float = 2.0
    full_weight: float = 8.0
    # Beyond this distance two spots, each of which one of the reports names, speak against it.
    alone_m: float = 50.0
    spots_clash: float = -2.0
    # Other numbers of buildings or flats; houses on other streets or farther along, where both can be right.
    units_clash: float = -6.0
    streets_clash: float = -2.5
    # From this chance on a case is proposed.
    least_chance: float = 0.5

    def window(self, class_code: str) -> timedelta:
        """Within which nearly all repetitions of a matter of this class come."""
        return self.component_window if _is_component(class_code) else self.event_window

    def open_window(self, class_code: str) -> timedelta:
        """The same while the earlier case is open."""
        return self.open_component_window if _is_component(class_code) else self.open_event_window


def _is_component(class_code: str) -> bool:
    return class_code.startswith("C")


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Matter:
    """A report as far as it can be compared: WGS84 degrees, aware instants."""

    class_code: str
    lon: float
    lat: float
    reported_at: datetime
    closed_at: datetime | None
    words: str
    address: str = ""

    @property
    def all_words(self) -> str:
        """Its words and those that lead to its place."""
        return f"{self.words} {self.address}" if self.address else self.words


class Tie(StrEnum):
    """How two classes stand to each other, as far as reporters can tell."""

    SAME = "same"
    MIXED_UP = "mixed_up"
    SAME_MAJOR = "same_major"
    UNKNOWN = "unknown"


class Ties:
    """The ties of all classes of a table. ``fallback``: the class of what nobody could class."""

    def __init__(self, classes: Sequence[Named], *, fallback: str) -> None:
        self._classes, self._fallback = tuple(classes), fallback
        self._named = {entry.code: entry for entry in classes}
        self.spoken_of = lru_cache(maxsize=_TEXTS_KEPT)(self._spoken_of)
        self.between = lru_cache(maxsize=_TEXTS_KEPT)(self._between)
        self.words_of = cache(self._words_of)
        self._taken_for = cache(self._classes_taken_for)

    def _between(self, one: str, other: str) -> Tie | None:
        """How two classes stand to each other; None: by their names nobody takes the one for the other."""
        if self._fallback in {one, other}:
            return Tie.UNKNOWN
        if one == other:
            return Tie.SAME
        if other in self._taken_for(one) or one in self._taken_for(other):
            return Tie.MIXED_UP
        return Tie.SAME_MAJOR if one[:MAJOR_LENGTH] == other[:MAJOR_LENGTH] else None

    def _words_of(self, code: str) -> frozenset[str]:
        """The terms of a class's own names and everyday words: that two reports of it share them says nothing more."""
        return terms_of(self._words_for(code))

    def _spoken_of(self, text: str) -> frozenset[str]:
        """The classes that come to mind with some words."""
        return frozenset(suggest(text, self._classes, limit=_MOST_MIXED_UP))

    def _classes_taken_for(self, code: str) -> frozenset[str]:
        """The classes that come to mind with the name of one, or with many of the sentences that people say for it."""
        entry = self._named.get(code)
        if entry is None:
            return frozenset()
        by_phrase = {other.code for other in self._classes if share_that_says(entry, other) >= _MIXED_UP}
        return self.spoken_of(f"{entry.name} {entry.name_en}") | by_phrase

    def _words_for(self, code: str) -> str:
        entry = self._named.get(code)
        if entry is None:
            return ""
        phrases = f"{entry.name} {entry.name_en} {entry.chinese} {entry.english}"
        return phrases.replace("/", " ").replace(";", " ")


_NOTHING = Told()


class Usual:
    """What is usual in a city: which classes some of its messages are of, and how rare words are in them."""

    def __init__(self, messages: Iterable[tuple[str, str]]) -> None:
        """``messages``: the class and the words of each."""
        self._everywhere = Told()
        self._classes: defaultdict[str, Told] = defaultdict(Told)
        for code, words in messages:
            terms = terms_of(words)
            self._everywhere.add(terms)
            self._classes[code].add(terms)

    def share(self, code: str) -> float:
        """The share of a class among the messages; of one that none has, half of one's."""
        told = self._classes.get(code)
        return max(0.5, float(told.texts if told else 0)) / max(1, self._everywhere.texts)

    def rarity(self, codes: Iterable[str], here: Told) -> Rarity:
        """How rare words are where matters are of these classes. ``here``: what was told of other matters at their place."""
        return Rarity(self._everywhere, tuple(self._classes.get(code, _NOTHING) for code in dict.fromkeys(codes)), here)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why two reports may be of the same matter. ``chance``: 0 … 1. ``gap``: from the earlier report to the later.

    ``still_open``: the earlier case was open when the later report came. ``phrases``: what both say, the rarest first.
    """

    chance: float
    metres: float
    tie: Tie
    gap: timedelta
    still_open: bool
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What two reports are compared by: the ties of classes, what is usual in the city, and what is told of other matters at
    their place."""

    ties: Ties
    usual: Usual
    here: Told = field(default_factory=Told)
    weights: Weights = WEIGHTS


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two reports as far as class, place and time tell. ``total``: the sum of these."""

    one: Matter
    other: Matter
    tie: Tie
    metres: float
    gap: timedelta
    still_open: bool
    total: float


def likeness(one: Matter, other: Matter, known: Known) -> Likeness | None:
    """How likely two reports are of the same matter, and why; None where class, place or time rule it out, whatever the words."""
    pair = _paired(one, other, known)
    return None if pair is None else _judged(pair, known)


def same_matters(matter: Matter, others: Sequence[Matter], known: Known) -> list[tuple[int, Likeness]]:
    """Which of ``others``, all that is known near by, are likely of the same matter: their places in the list and why, the
    likeliest first."""
    pairs = [(place, _paired(matter, other, known)) for place, other in enumerate(others)]
    hopeful = [(place, pair) for place, pair in pairs if pair is not None]
    if not hopeful:
        return []
    here = Told()
    for other in others:
        if known.ties.between(matter.class_code, other.class_code) in {None, Tie.SAME_MAJOR}:
            here.add(terms_of(other.all_words))
    known = replace(known, here=here)
    hopeful.sort(key=lambda one: -one[1].total)
    judged = [(place, _judged(pair, known)) for place, pair in hopeful[:_MOST_COMPARED]]
    found = [(place, why) for place, why in judged if why.chance >= known.weights.least_chance]
    return sorted(found, key=lambda one: (-one[1].chance, one[0]))


def _paired(one: Matter, other: Matter, known: Known) -> _Pair | None:
    """None where class, place or time rule it out: most are ruled out here, and words take the most time."""
    weights = known.weights
    metres = metres_between(one.lon, one.lat, other.lon, other.lat)
    gap = abs(other.reported_at - one.reported_at)
    if metres > weights.reach_m or gap > weights.horizon:
        return None
    earlier, later = (one, other) if one.reported_at <= other.reported_at else (other, one)
    closed_for = timedelta(0) if earlier.closed_at is None else later.reported_at - earlier.closed_at
    if closed_for > weights.closed_within:
        return None
    still_open = closed_for <= timedelta(0)
    total = weights.before_all + _of_place(metres, weights) + _of_time(earlier, gap, still_open, weights)
    hopeless = _log_odds(weights.least_chance) - weights.words_most
    if total + weights.rarest_class < hopeless:
        return None
    tie = _tie(one, other, known.ties)
    if tie is None:
        return None
    total += _of_class(tie, one.class_code, known)
    return None if total < hopeless else _Pair(one, other, tie, metres, gap, still_open, total)


def _judged(pair: _Pair, known: Known) -> Likeness:
    one, other = pair.one, pair.other
    rarity = known.usual.rarity((one.class_code, other.class_code), known.here)
    without = known.ties.words_of(one.class_code) | known.ties.words_of(other.class_code)
    chance = 1 / (1 + exp(-pair.total - _of_words(pair, without, rarity, known.weights)))
    phrases = tuple(shared_phrases(one.all_words, other.all_words, rarity, without=without))
    return Likeness(chance, pair.metres, pair.tie, pair.gap, pair.still_open, phrases)


def _tie(one: Matter, other: Matter, ties: Ties) -> Tie | None:
    """How the classes of two reports stand to each other, by their names or by what either reporter wrote."""
    tie = ties.between(one.class_code, other.class_code)
    if tie not in {None, Tie.SAME_MAJOR}:
        return tie
    of_one, of_other = ties.spoken_of(one.words), ties.spoken_of(other.words)
    if other.class_code in of_one or one.class_code in of_other:
        return Tie.MIXED_UP
    # Where each reporter's words say that the class is right, they are two matters.
    return None if one.class_code in of_one and other.class_code in of_other else tie


def _log_odds(chance: float) -> float:
    return log(chance / (1 - chance))


def _of_place(metres: float, weights: Weights) -> float:
    twice = 2 * weights.spread_m**2
    return log(weights.reach_m**2 / twice) - metres**2 / twice


def _of_time(earlier: Matter, gap: timedelta, still_open: bool, weights: Weights) -> float:
    mean = weights.window(earlier.class_code) / _MEANS_IN_WINDOW
    soon = log(weights.horizon / mean) - gap / mean
    if not still_open:
        return soon + weights.closed
    long = weights.open_window(earlier.class_code) / _MEANS_IN_WINDOW
    return max(soon, log(weights.horizon / long) - gap / long)


def _of_class(tie: Tie, code: str, known: Known) -> float:
    weights = known.weights
    if tie is Tie.SAME:
        return min(weights.rarest_class, -log(known.usual.share(code)))
    return {Tie.MIXED_UP: weights.mixed_up, Tie.SAME_MAJOR: weights.same_major, Tie.UNKNOWN: weights.unknown}[tie]


def _of_words(pair: _Pair, without: frozenset[str], rarity: Rarity, weights: Weights) -> float:
    one, other = pair.one, pair.other
    # Where the classes differ, the same address is no sign that it is the same matter.
    texts = (one.all_words, other.all_words) if pair.tie is Tie.SAME else (one.words, other.words)
    compared = alike(terms_of(texts[0]), terms_of(texts[1]), rarity, without=without)
    full = min(1.0, compared.weight / weights.full_weight)
    most = {
        Tie.SAME: weights.words_most,
        Tie.SAME_MAJOR: weights.words_most_same_major,
    }.get(pair.tie, weights.words_most_mixed_up)
    found = full * min(most, weights.words_at_nothing + weights.words_each * compared.cosine)
    if pair.metres > weights.alone_m and spots_clash(one.all_words, other.all_words):
        found += weights.spots_clash
    doors, other_doors = doors_of(one.all_words), doors_of(other.all_words)
    # Two buildings of an estate, and two houses of a street, share all words but their number.
    if units_clash(doors, other_doors):
        return min(0.0, found) + weights.units_clash
    if streets_clash(doors, other_doors):
        return min(0.0, found) + weights.streets_clash
    return found
