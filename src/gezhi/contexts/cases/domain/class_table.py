"""The class table as data: its rows, what is wrong with them, and what a new version changes.

A class is found by its code within one scheme. The codes of CJ/T 214 and GB/T 30428.2 have a major class of three characters
(``E01``) and a minor one of five (``E0113``); a third level (``E011301``) stands under its minor class. Each class that a case
can be given has filing conditions (立案条件), each with its own limit and, where the city has written one, its closing condition
(结案条件), and may name what whoever handles it has to tell (办理要素).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gezhi.kernel.filled import Filled, filled
from gezhi.kernel.formalism import FormalismRule, names_a_recording, rule_against, said_of
from gezhi.kernel.time_limits import table_limit

MAJOR_LENGTH = 3
MAX_CODE, MAX_NAME, MAX_NAME_EN, MAX_CONDITION = 12, 60, 100, 300
MAX_ATTRIBUTE_CODE, MAX_CHOICES, MAX_WORDS = 24, 40, 600
# What a report gets when nobody could say what it is, in tables from before they told it.
FALLBACK_BEFORE_TOLD = "S0599"
_CODE = re.compile(r"[A-Z][0-9A-Z]+")
_ATTRIBUTE_CODE = re.compile(r"[a-z][a-z0-9_]*")


class AttributeKind(StrEnum):
    """What can be told of a case of a class."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"


CHOSEN = (AttributeKind.CHOICE, AttributeKind.CHOICES)


@dataclass(frozen=True, slots=True)
class Condition:
    """A filing condition. ``limit`` is written as in ``kernel.time_limits`` (``4WH``), as is ``total``, the limit from the report
    to the closing (empty: none); the texts may be empty."""

    limit: str
    text: str = ""
    closing: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a handler tells of a case of the class. ``choices``: of a choice, what can be chosen."""

    code: str
    name: str
    name_en: str
    kind: AttributeKind
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class as a table gives it.

    ``is_public``: a thing in the street, of which anybody may be told that it is open. ``is_fallback``: what a report gets
    when nobody could say what it is; one class of the table. ``words``: everyday phrases that mean it (``domain.suggest``).
    """

    code: str
    name: str
    name_en: str
    is_extension: bool = False
    conditions: tuple[Condition, ...] = ()
    is_public: bool = False
    is_fallback: bool = False
    attributes: tuple[Attribute, ...] = ()
    words: str = ""
    words_en: str = ""

    @property
    def is_minor(self) -> bool:
        """Whether a case can be given this class."""
        return is_minor(self.code)

    @property
    def limits(self) -> tuple[str, ...]:
        """The handling limit of each filing condition, in order."""
        return tuple(condition.limit for condition in self.conditions)

    def filed_under(self, condition: int | None) -> Condition | None:
        """The filing condition of this ordinal: the first where none is known, the last where there are no longer so many; None
        where the class has none."""
        return self.conditions[min(condition or 1, len(self.conditions)) - 1] if self.conditions else None


def is_minor(code: str) -> bool:
    """Whether a class of this code can be given to a case: a major class cannot."""
    return len(code) > MAJOR_LENGTH


def conditions_of(limits: str) -> tuple[Condition, ...]:
    """Conditions of which only the limits are known, written with blanks between: ``2UH 15WD``."""
    return tuple(Condition(limit) for limit in limits.split())


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a class: which, in which field, in words. ``condition``: of which of its conditions, from 1; 0: none."""

    code: str
    field: str
    said: Filled
    condition: int = 0


def faults_of(table: Sequence[ClassRow]) -> list[Fault]:
    """Everything that is wrong with a table, in its order; empty where it can be put in force."""
    if not table:
        return [Fault("", "code", filled("the table has no classes"))]
    found = []
    times, majors = Counter(row.code for row in table), {row.code for row in table if not row.is_minor}
    for row in table:
        found += [Fault(row.code, field, said) for field, said in _faults_of_row(row, times, majors)]
        for ordinal, condition in enumerate(row.conditions, start=1):
            found += [Fault(row.code, field, said, ordinal) for field, said in _faults_of_condition(condition)]
    marked = [row.code for row in table if row.is_fallback and row.is_minor]
    if len(marked) != 1 and not (not marked and FALLBACK_BEFORE_TOLD in times):
        said = filled(
            "mark one minor class as what a report gets when nobody could say what it is: 1 in the column 'fallback'"
        )
        found.append(Fault("", "fallback", said))
    return found


def fallback_of(table: Sequence[ClassRow]) -> str:
    """The class of what nobody could class, of a table without faults."""
    return next((row.code for row in table if row.is_fallback), FALLBACK_BEFORE_TOLD)


def _faults_of_row(row: ClassRow, times: Counter[str], majors: set[str]) -> Iterator[tuple[str, Filled]]:
    if not _CODE.fullmatch(row.code) or not MAJOR_LENGTH <= len(row.code) <= MAX_CODE:
        yield "code", filled("a code has 3 to 12 characters: a capital letter, then digits and capital letters")
    if times[row.code] > 1:
        yield "code", filled("this code stands twice in the table")
    if row.is_minor and row.code[:MAJOR_LENGTH] not in majors:
        yield "code", filled("there is no major class %(code)s", code=row.code[:MAJOR_LENGTH])
    if not row.name:
        yield "name", filled("the class has no name")
    for field, text, most in (
        ("name", row.name, MAX_NAME),
        ("name_en", row.name_en, MAX_NAME_EN),
        ("words", row.words, MAX_WORDS),
        ("words_en", row.words_en, MAX_WORDS),
    ):
        if len(text) > most:
            yield field, filled("at most %(most)s characters", most=most)
    if row.is_fallback and not row.is_minor:
        yield "fallback", filled("a case cannot be given a major class")
    if not row.is_minor and (row.conditions or row.attributes):
        yield "limits", filled("a major class has no conditions of its own: its minor classes have")
    if row.is_minor and not row.conditions:
        yield "limits", filled("the class has no filing condition, and so no time limit")
    yield from _faults_of_attributes(row.attributes)
    yield from _formalism_in(row)


def _faults_of_condition(condition: Condition) -> Iterator[tuple[str, Filled]]:
    try:
        table_limit(condition.limit)
    except ValueError:
        yield (
            "limits",
            filled("'%(limit)s' is no time limit: write 4WH, 2UH, 5WD or 7ND", limit=condition.limit),
        )
    yield from _faults_of_total(condition)
    for field, text in (("condition", condition.text), ("closing", condition.closing)):
        if len(text) > MAX_CONDITION:
            yield field, filled("at most %(most)s characters", most=MAX_CONDITION)


def _faults_of_total(condition: Condition) -> Iterator[tuple[str, Filled]]:
    if not condition.total:
        return
    try:
        total = table_limit(condition.total)
    except ValueError:
        said = filled("'%(limit)s' is no time limit: write 4WH, 2UH, 5WD or 7ND", limit=condition.total)
        yield "total", said
        return
    try:
        limit = table_limit(condition.limit)
    except ValueError:
        return
    if total.kind is limit.kind and total.amount < limit.amount:
        told = {"total": condition.total, "limit": condition.limit}
        yield "total", filled("the whole, %(total)s, is shorter than the handling in it, %(limit)s", **told)


def _formalism_in(row: ClassRow) -> Iterator[tuple[str, Filled]]:
    """What the guard against formalism refuses: of the words, and where a handler must hand in a photo for nothing."""
    for condition in row.conditions:
        for field, text in (("condition", condition.text), ("closing", condition.closing)):
            if (rule := rule_against(text)) is not None:
                yield field, said_of(rule)
    named = any(names_a_recording(condition.closing) for condition in row.conditions)
    for one in row.attributes:
        texts = (one.name, one.name_en, one.code.replace("_", " "), *one.choices)
        if (rule := next(filter(None, map(rule_against, texts)), None)) is not None:
            yield "attribute", said_of(rule)
        if one.required and not named and any(map(names_a_recording, texts[:3])):
            yield "attribute", said_of(FormalismRule.FORCED_PHOTO)


def _faults_of_attributes(attributes: Sequence[Attribute]) -> Iterator[tuple[str, Filled]]:
    times = Counter(one.code for one in attributes)
    for one in attributes:
        if not _ATTRIBUTE_CODE.fullmatch(one.code) or len(one.code) > MAX_ATTRIBUTE_CODE:
            yield (
                "attribute",
                filled(
                    "'%(code)s': small letters, digits and _ only, at most %(most)s",
                    code=one.code,
                    most=MAX_ATTRIBUTE_CODE,
                ),
            )
        if times[one.code] > 1:
            yield "attribute", filled("'%(code)s' stands twice at this class", code=one.code)
        if not one.name or len(one.name) > MAX_NAME or len(one.name_en) > MAX_NAME_EN:
            yield "attribute", filled("'%(code)s' has no name, or one that is too long", code=one.code)
        if one.kind in CHOSEN and not 2 <= len(one.choices) <= MAX_CHOICES:
            yield "choices", filled("'%(code)s': a choice has 2 to %(most)s choices", code=one.code, most=MAX_CHOICES)
        if one.kind not in CHOSEN and one.choices:
            yield "choices", filled("'%(code)s' is no choice, and has choices", code=one.code)
        if len(set(one.choices)) != len(one.choices):
            yield "choices", filled("'%(code)s': a choice stands twice", code=one.code)


class ChangeKind(StrEnum):
    """What becomes of a class in a new version."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ClassChange:
    """What a new version changes of a class. ``fields``: of one that is changed, each field that is another."""

    code: str
    name: str
    kind: ChangeKind
    fields: tuple[str, ...] = ()


_FIELDS = (
    "name",
    "name_en",
    "is_extension",
    "is_public",
    "is_fallback",
    "conditions",
    "attributes",
    "words",
    "words_en",
)


def changes(before: Sequence[ClassRow], after: Sequence[ClassRow]) -> list[ClassChange]:
    """What ``after`` changes of ``before``, by code."""
    old, new = {row.code: row for row in before}, {row.code: row for row in after}
    found = []
    for code in sorted(old.keys() | new.keys()):
        if code not in old:
            found.append(ClassChange(code, new[code].name, ChangeKind.NEW))
        elif code not in new:
            found.append(ClassChange(code, old[code].name, ChangeKind.GONE))
        elif other := tuple(field for field in _FIELDS if getattr(old[code], field) != getattr(new[code], field)):
            found.append(ClassChange(code, new[code].name, ChangeKind.CHANGED, other))
    return found
