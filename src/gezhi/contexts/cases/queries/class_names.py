"""The class table in force: its entries, their names, and guesses at the class of a description."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from gezhi.contexts.cases.catalogue import Catalogue, catalogue
from gezhi.contexts.cases.domain.class_table import Attribute, ClassRow
from gezhi.contexts.cases.domain.duplicates import Ties
from gezhi.contexts.cases.domain.guess import Guess, merged
from gezhi.contexts.cases.domain.rules import LEARNED
from gezhi.contexts.cases.domain.suggest import Named, said_of, words_of_table
from gezhi.contexts.cases.everyday import everyday_words
from gezhi.contexts.cases.learned import learned_guesses


@dataclass(frozen=True, slots=True)
class ClassName:
    """A class by its code and its names."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class ClassGroup:
    """A major class with its minor classes."""

    major: ClassName
    minors: tuple[ClassName, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ClassTable:
    """All minor classes by major class; the same object as long as the same table is in force."""

    groups: tuple[ClassGroup, ...]


def classes() -> list[ClassRow]:
    """The class table in force, majors and minors, by code."""
    return list(catalogue().classes.values())


def class_name(code: str) -> ClassName:
    """The names of a class; a class that is no longer in force keeps its code as its name."""
    entry = catalogue().classes.get(code)
    return ClassName(code, code, code) if entry is None else ClassName(entry.code, entry.name, entry.name_en)


def attributes_of(code: str) -> tuple[Attribute, ...]:
    """What a class asks its handlers for; nothing of one that is no longer in force."""
    entry = catalogue().classes.get(code)
    return () if entry is None else entry.attributes


def is_class(code: str) -> bool:
    """Whether a report may be of this class: a minor class of the table in force."""
    entry = catalogue().classes.get(code)
    return entry is not None and entry.is_minor


def is_public_class(code: str) -> bool:
    """Whether matters of this class are anybody's to see: things in the street, no quarrels and no families."""
    entry = catalogue().classes.get(code)
    return entry is not None and entry.is_public


def class_table() -> ClassTable:
    """The whole table in force."""
    return _table_of(catalogue())


@lru_cache(maxsize=1)
def _table_of(in_force: Catalogue) -> ClassTable:
    groups: dict[str, list[ClassName]] = {}
    for entry in in_force.classes.values():
        if entry.is_minor:
            groups.setdefault(entry.code[:3], []).append(ClassName(entry.code, entry.name, entry.name_en))
    return ClassTable(tuple(ClassGroup(class_name(major), tuple(minors)) for major, minors in groups.items()))


@dataclass(frozen=True, slots=True)
class Suggested:
    """A class that a description speaks of, and the words of it that say so."""

    code: str
    name: str
    name_en: str
    words: tuple[str, ...]


def suggest_classes(text: str, *, limit: int = 3) -> list[Suggested]:
    """The classes that a description speaks of, best first: by what was learnt from confirmed cases, where the city wants that,
    and by the words of the class table. At most one query."""
    in_force = catalogue()
    return _suggested(text, in_force, _learnt(text, in_force), limit=limit)


def suggest_classes_to_anybody(text: str, *, limit: int = 3) -> list[Suggested]:
    """As ``suggest_classes``, for whoever asks from outside: what was learnt speaks of public classes only, and no word of it is
    named that does not stand in the class table. Otherwise the guess would tell of what others reported."""
    in_force = catalogue()
    own = words_of_table(named_classes(in_force))
    learnt = _learnt(text, in_force, most=len(in_force.classes), told=own)
    public = [guess for guess in learnt if in_force.classes[guess.code].is_public]
    return _suggested(text, in_force, public[:limit], limit=limit)


def _learnt(text: str, in_force: Catalogue, *, most: int = 3, told: Set[str] | None = None) -> list[Guess]:
    if in_force.rules.class_guess != LEARNED:
        return []
    found = learned_guesses(text, scheme_code=in_force.scheme_code, most=most, told=told)
    return [guess for guess in found if is_class(guess.code)]


def _suggested(text: str, in_force: Catalogue, learnt: Sequence[Guess], *, limit: int) -> list[Suggested]:
    found = []
    for guess in merged(text, learnt, said_of(text, named_classes(in_force), limit=limit), most=limit):
        name = class_name(guess.code)
        found.append(Suggested(name.code, name.name, name.name_en, guess.words))
    return found


@lru_cache(maxsize=1)
def named_classes(in_force: Catalogue) -> tuple[Named, ...]:
    """The minor classes of a table as the guess by words sees them."""
    # A table from before a city could write them has none of its own.
    everyday = {} if any(entry.words for entry in in_force.classes.values()) else everyday_words()
    return tuple(
        Named(entry.code, entry.name, entry.name_en, *everyday.get(entry.name, (entry.words, entry.words_en)))
        for entry in in_force.classes.values()
        if entry.is_minor
    )


def class_ties() -> Ties:
    """How the classes of the table in force stand to each other, as far as reporters can tell."""
    return _ties_of(catalogue())


@lru_cache(maxsize=1)
def _ties_of(in_force: Catalogue) -> Ties:
    return Ties(named_classes(in_force), fallback=in_force.fallback_class)


def fallback_class() -> str:
    """The code of what a report gets when nobody could say what it is: the hub classes it."""
    return catalogue().fallback_class


def guess_class(text: str) -> str:
    """The best guess for a description, or the class for what nobody could class."""
    found = suggest_classes(text, limit=1)
    return found[0].code if found else fallback_class()
