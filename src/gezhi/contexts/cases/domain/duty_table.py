"""The duty table (权责清单) as data: its rows, what is wrong with them, what a new version changes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from gezhi.contexts.areas.domain.levels import LEVELS
from gezhi.contexts.cases.domain.class_table import MAX_CODE, ChangeKind
from gezhi.contexts.cases.domain.duty_time import MAX_SPANS, hours_in, months_in, slots_in
from gezhi.contexts.cases.domain.routing import together_in
from gezhi.kernel.filled import Filled, filled
from gezhi.kernel.time_limits import table_limit

MAX_NOTE, MAX_LIMIT, MAX_TOGETHER = 200, 20, 5
_PREFIX = re.compile(r"[A-Z][0-9A-Z]*", re.ASCII)
# Filing conditions of a class are a handful.
MAX_ORDINAL = 99


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty as a table gives it: matters of these classes, filed under this condition (its ordinal; None: any), in this area
    (None: the whole city) are settled by this body, or by the body of this kind at this level of the case's own areas."""

    class_prefix: str
    dispatch_limit: str
    check_limit: str
    organisation_kind: str = ""
    organisation_level: str = ""
    organisation_id: int | None = None
    area_id: int | None = None
    condition: int | None = None
    handle_limit: str = ""
    note: str = ""
    # When it holds (``domain.duty_time``); empty: always.
    months: str = ""
    hours: str = ""
    # Kinds or codes of bodies that are proposed to be called in at the dispatch (``domain.routing.together_in``).
    together: str = ""

    @property
    def where(self) -> tuple[str, int | None, int | None, str, str]:
        """What a row decides: two rows of a table that decide the same would leave open which of them holds."""
        return *self.matter, self.months, self.hours

    @property
    def matter(self) -> tuple[str, int | None, int | None]:
        """What a row speaks of, whenever it holds. One that holds at some times goes before one that always does."""
        return self.class_prefix, self.condition, self.area_id

    @property
    def slots(self) -> frozenset[int] | None:
        """The hours of the year in which it holds; None: always; empty: at times that nobody can read."""
        try:
            return slots_in(self.months, self.hours) if self.months or self.hours else None
        except ValueError:
            return frozenset()


@dataclass(frozen=True, slots=True)
class DutyFault:
    """What is wrong with a row: its place in the table (from 0; None: the table as a whole), its field, in words."""

    place: int | None
    field: str
    said: Filled


def faults_of_duties(
    table: Sequence[DutyRow],
    *,
    city_id: int | None = None,
    numbers: Sequence[int] | None = None,
    unread: Mapping[int, Set[str]] | None = None,
) -> list[DutyFault]:
    """Everything that is wrong with a table, in its order; empty where it can be put in force. ``city_id``: the city's own area, of
    which a row says what one without an area says; ``numbers``: what the rows are called where they stand; their places from 1
    where it is left out. ``unread``: of rows by their places, the fields whose text meant nothing to whoever read them; these are
    at fault already, and what such a row decides is compared with no other."""
    if not table:
        return [DutyFault(None, "class_prefix", filled("the table has no rows"))]
    found: list[DutyFault] = []
    seen: dict[tuple[str, int | None, int | None], list[tuple[int, frozenset[int] | None]]] = defaultdict(list)
    for place, row in enumerate(table):
        blind = _blind((unread or {}).get(place, frozenset()))
        found += [DutyFault(place, field, said) for field, said in _faults_of(row) if field not in blind]
        if blind & _DECIDES:
            continue
        slots = row.slots
        of_matter = seen[row.class_prefix, row.condition, None if row.area_id == city_id else row.area_id]
        before = next((other for other, held in of_matter if _at_once(slots, held)), None)
        if before is None:
            of_matter.append((place, slots))
        else:
            row_before = before + 1 if numbers is None else numbers[before]
            found.append(DutyFault(place, *_twice(row, row_before)))
    return found


_DECIDES = frozenset({"class_prefix", "condition", "area", "months", "hours"})
_BODY = frozenset({"organisation", "organisation_kind", "organisation_level"})


def _blind(unread: Set[str]) -> Set[str]:
    """The fields of which nothing can be said: whom a row names stands in several."""
    return unread | _BODY if "organisation" in unread else unread


def _at_once(one: frozenset[int] | None, other: frozenset[int] | None) -> bool:
    """Whether two rows of a matter leave open which of them holds: both always, or both at some same time."""
    if one is None or other is None:
        return one is other
    return not one.isdisjoint(other)


def _twice(row: DutyRow, before: int) -> tuple[str, Filled]:
    if row.slots is None:
        return "class_prefix", filled("says of the same class, condition and area what row %(row)s says", row=before)
    said = filled("holds at a time at which row %(row)s holds, for the same class, condition and area", row=before)
    return "hours" if row.hours else "months", said


def _faults_of(row: DutyRow) -> list[tuple[str, Filled]]:
    found = []
    if len(row.class_prefix) > MAX_CODE:
        found.append(("class_prefix", filled("at most %(most)s characters", most=MAX_CODE)))
    elif row.class_prefix and not _PREFIX.fullmatch(row.class_prefix):
        said = filled("no code of a class begins with '%(text)s': a capital letter, then digits", text=row.class_prefix)
        found.append(("class_prefix", said))
    if row.condition is not None and not 1 <= row.condition <= MAX_ORDINAL:
        found.append(("condition", filled("filing conditions are counted from 1 to %(most)s", most=MAX_ORDINAL)))
    if row.organisation_id is None:
        if not row.organisation_kind:
            found.append(("organisation_kind", filled("names neither an organisation nor a kind of organisation")))
        elif row.organisation_level not in LEVELS:
            said = filled(
                "'%(level)s' is no level: one of %(levels)s", level=row.organisation_level, levels=" / ".join(LEVELS)
            )
            found.append(("organisation_level", said))
    for field in ("dispatch_limit", "check_limit", "handle_limit"):
        limit = getattr(row, field)
        if not limit and field != "handle_limit":
            found.append((field, filled("the limit is missing: write 4WH, 2UH, 5WD or 7ND")))
        elif limit:
            try:
                table_limit(limit)
            except ValueError:
                said = filled(
                    "'%(limit)s' is no time limit of up to two years: write 4WH, 2UH, 5WD or 7ND", limit=limit
                )
                found.append((field, said))
            if len(limit) > MAX_LIMIT:
                found.append((field, filled("at most %(most)s characters", most=MAX_LIMIT)))
    found += _faults_of_times(row)
    found += _faults_of_together(row)
    if len(row.note) > MAX_NOTE:
        found.append(("note", filled("at most %(most)s characters", most=MAX_NOTE)))
    return found


def _faults_of_together(row: DutyRow) -> list[tuple[str, Filled]]:
    if len(together_in(row.together)) <= MAX_TOGETHER and len(row.together) <= MAX_NOTE:
        return []
    return [("together", filled("at most %(most)s bodies are called in at once", most=MAX_TOGETHER))]


def _faults_of_times(row: DutyRow) -> list[tuple[str, Filled]]:
    found = []
    for field, text, read, said in (
        (
            "months",
            row.months,
            months_in,
            filled("'%(text)s' does not name months: write 5-10 or 11-2", text=row.months),
        ),
        ("hours", row.hours, hours_in, filled("'%(text)s' does not name hours: write 18-24 or 22-6", text=row.hours)),
    ):
        try:
            read(text)
        except ValueError:
            found.append((field, said))
        if len(text) > MAX_SPANS:
            found.append((field, filled("at most %(most)s characters", most=MAX_SPANS)))
    return found


@dataclass(frozen=True, slots=True)
class DutyChange:
    """What a new version says of a class, condition and area that the one before did not say, or no longer."""

    kind: ChangeKind
    before: DutyRow | None
    after: DutyRow | None

    @property
    def row(self) -> DutyRow:
        """The row as it is, or as it was."""
        row = self.after or self.before
        if row is None:
            raise ValueError("a change of nothing")
        return row


def duty_changes(before: Sequence[DutyRow], after: Sequence[DutyRow]) -> list[DutyChange]:
    """What ``after`` changes of ``before``, by class. Of rows that decide the same the last one counts."""
    old, new = {row.where: row for row in before}, {row.where: row for row in after}
    found = []
    for where in sorted(old.keys() | new.keys(), key=lambda one: (one[0], one[1] or 0, one[2] or 0, *one[3:])):
        was, becomes = old.get(where), new.get(where)
        if was != becomes:
            kind = ChangeKind.NEW if was is None else ChangeKind.GONE if becomes is None else ChangeKind.CHANGED
            found.append(DutyChange(kind, was, becomes))
    return found
