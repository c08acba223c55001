"""Rules of reminding and escalation (督办规则) as data: of which matters, when, to whom, with which mark; what is wrong with them.

A rule stands at a moment of a stage's clock: ``75%`` when that share of its time is used, ``-4WH`` so long before its deadline,
``0`` at the deadline, ``+1WD`` so long after it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum

from gezhi.contexts.cases.domain.class_table import MAX_CODE
from gezhi.contexts.cases.domain.duty_table import MAX_ORDINAL
from gezhi.kernel.filled import Filled, filled
from gezhi.kernel.formalism import rule_against, said_of
from gezhi.kernel.reading import whole_number
from gezhi.kernel.time_limits import Limit, table_limit

MAX_NOTE, MAX_MOMENT = 200, 20
_PREFIX = re.compile(r"[A-Z][0-9A-Z]*", re.ASCII)


class ClockStage(StrEnum):
    """Whose deadline a rule speaks of."""

    VERIFY = "verify"
    """Before a report is filed: whether the matter is there."""
    DISPATCH = "dispatch"
    ANSWER = "answer"
    """A body that was called in signs for its part."""
    HANDLE = "handle"
    CHECK = "check"
    TOTAL = "total"
    """From the report to the closing, where the class sets a limit of that."""


class Told(StrEnum):
    """To whom a rule speaks: always people who hold a role, or have the case, at that moment."""

    HANDLER = "handler"
    """Whoever has the case; where nobody has it yet, the officers of its body."""
    BODY = "body"
    DISPATCHERS = "dispatchers"
    CHECKERS = "checkers"
    OPERATIONS = "operations"


class Mark(StrEnum):
    """What a rule leaves on the case beside telling people."""

    NONE = "none"
    NOTE = "note"
    """A note in its history."""
    ATTENTION = "attention"
    """A reminder in its history, and the mark that it needs attention."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as a table gives it. An empty prefix: any class; ``condition`` None: any; ``area_id`` None: the whole city."""

    stage: str
    moment: str
    told: str
    mark: str = Mark.NONE.value
    class_prefix: str = ""
    condition: int | None = None
    area_id: int | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """What the rule says, as one word: a new version that says it again is the same rule, and tells nobody twice."""
        parts = (self.stage, self.moment, self.told, self.mark, self.class_prefix, self.condition, self.area_id)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Moment:
    """When a rule speaks: at a ``share`` (0 to 1) of the time, or ``limit`` before or after the deadline; neither: at it."""

    share: float | None = None
    limit: Limit | None = None
    after: bool = False


# How else a clerk writes a moment: full-width signs, and words, since a spreadsheet takes a sign for a formula.
_AS_SIGNS = str.maketrans({"％": "%", "＋": "+", "－": "-", "−": "-", "前": "-", "后": "+"})


def plain_moment(text: str) -> str:
    """A moment in the signs of the table, whichever way it was written: ``前4WH`` is ``-4WH``."""
    return text.strip().translate(_AS_SIGNS)


def read_moment(text: str) -> Moment:
    """``75%``, ``-4WH``, ``0``, ``+1WD``. Raises ``ValueError``."""
    written = plain_moment(text)
    if written == "0":
        return Moment()
    if written.endswith("%"):
        percent = whole_number(written[:-1], least=1, most=99)
        if percent is None:
            raise ValueError(f"'{text}' is no share of a time: write 1% to 99%")
        return Moment(share=percent / 100)
    if written[:1] not in {"+", "-"}:
        raise ValueError(f"'{text}' is no moment")
    return Moment(limit=table_limit(written[1:]), after=written[0] == "+")


@dataclass(frozen=True, slots=True)
class RuleFault:
    """What is wrong with a rule: its place in the table (from 0; None: the table as a whole), its field, in words."""

    place: int | None
    field: str
    said: Filled


def faults_of_rules(
    table: Sequence[RuleRow],
    *,
    city_id: int | None = None,
    numbers: Sequence[int] | None = None,
    unread: Set[int] = frozenset(),
) -> list[RuleFault]:
    """Everything that is wrong with a table, in its order; one without rules reminds nobody, and can be put in force.

    ``city_id``: the city's own area, of which a row says what one without an area says; ``numbers``: what the rows are called where
    they stand; their places from 1 where it is left out. ``unread``: the places of rows with a text that meant nothing to whoever
    read them; what these say is compared with no other.
    """
    found: list[RuleFault] = []
    first: dict[str, int] = {}
    for place, row in enumerate(table):
        found += [RuleFault(place, field, said) for field, said in _faults_of(row)]
        if place in unread:
            continue
        meant = replace(row, area_id=None) if row.area_id == city_id else row
        before = first.setdefault(meant.key, place)
        if before != place:
            row_before = before + 1 if numbers is None else numbers[before]
            found.append(RuleFault(place, "stage", filled("says what row %(row)s says", row=row_before)))
    return found


def _faults_of(row: RuleRow) -> list[tuple[str, Filled]]:
    found = []
    for field, value, kinds in (("stage", row.stage, ClockStage), ("told", row.told, Told), ("mark", row.mark, Mark)):
        if value not in set(kinds):
            choices = " / ".join(kinds)
            said = filled("'%(text)s' is none of %(choices)s", text=value[:40], choices=choices)
            found.append((field, said))
    if row.stage == ClockStage.DISPATCH and row.told in {Told.HANDLER, Told.BODY}:
        found.append(("told", filled("before the dispatch nobody has the case: tell dispatchers or operations")))
    if len(row.class_prefix) > MAX_CODE or (row.class_prefix and not _PREFIX.fullmatch(row.class_prefix)):
        said = filled("no code of a class begins with '%(text)s': a capital letter, then digits", text=row.class_prefix)
        found.append(("class_prefix", said))
    if row.condition is not None and not 1 <= row.condition <= MAX_ORDINAL:
        found.append(("condition", filled("filing conditions are counted from 1 to %(most)s", most=MAX_ORDINAL)))
    try:
        read_moment(row.moment)
    except ValueError:
        said = filled("'%(text)s' is no moment: write 75%%, -4WH, 0 or +1WD", text=row.moment[:40])
        found.append(("moment", said))
    if len(row.moment) > MAX_MOMENT:
        found.append(("moment", filled("at most %(most)s characters", most=MAX_MOMENT)))
    if len(row.note) > MAX_NOTE:
        found.append(("note", filled("at most %(most)s characters", most=MAX_NOTE)))
    if (rule := rule_against(row.note)) is not None:
        found.append(("note", said_of(rule)))
    return found


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in force. ``line``: its line in the table, from 1."""

    id: int
    line: int
    row: RuleRow


def rules_for(
    rules: Iterable[Rule], stage: ClockStage, *, class_code: str, area_ids: Sequence[int], condition: int | None
) -> list[Rule]:
    """The rules that hold for a stage of a case, in the order of the table. ``area_ids``: the areas of the case from the city
    down; ``condition``: that of its class, the first where none is known.

    Rules of the smallest area decide, of these those of the longest prefix, of these those that name the condition: a class
    that has rules of its own for a stage follows none of the general ones there.
    """
    depth = {area_id: rank for rank, area_id in enumerate(area_ids)}
    filed_under = condition or 1
    fitting = [
        rule
        for rule in rules
        if rule.row.stage == stage
        and class_code.startswith(rule.row.class_prefix)
        and (rule.row.area_id is None or rule.row.area_id in depth)
        and rule.row.condition in (None, filed_under)
    ]

    def speciality(rule: Rule) -> tuple[int, int, bool]:
        area = 0 if rule.row.area_id is None else depth[rule.row.area_id]
        return area, len(rule.row.class_prefix), rule.row.condition is not None

    decides = max(map(speciality, fitting), default=None)
    return [rule for rule in fitting if speciality(rule) == decides]
