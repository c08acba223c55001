"""A list of cases as CSV: what the starter sees when the run begins, narrowed as the list was, without personal data.

Reporters write numbers into their words. These are masked, but for a reason that stands on record, and then only of the cases
that the starter handles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gezhi.contexts.cases import queries as cases
from gezhi.interfaces.csv_file import CSV_TYPE, csv_file
from gezhi.interfaces.web.casework.listing import read_address, with_local_areas
from gezhi.interfaces.web.filter_words import filter_words
from gezhi.interfaces.web.words import CHANNEL, STATUS, URGENCY, local_name, of_outcome
from gezhi.kernel import clock
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.personal import masked
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import phrase
from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.record import record
from gezhi.platform.steps.inputs import asked_as, within
from gezhi.platform.work.kinds import Result, ResultFile, WorkKind
from gezhi.platform.work.progress import Progress

MOST_QUERY, MOST_REASON = 2_000, 200


@dataclass(frozen=True, slots=True)
class CaseExport:
    """``query``: the address of a list after its question mark; empty: everything that the starter sees. ``reason``: why numbers in
    the words must be legible; empty: they are masked."""

    query: str = field(
        default="", metadata=within(max_length=MOST_QUERY) | asked_as(phrase("Filters, as in the address of the list"))
    )
    reason: str = field(
        default="",
        metadata=within(max_length=MOST_REASON)
        | asked_as(
            phrase("Why numbers in the words of the cases that you handle must be legible; left empty, they are masked")
        ),
    )


@dataclass(frozen=True, slots=True)
class CasesExported:
    """What the run is told to have done."""

    rows: int = field(metadata=asked_as(phrase("Cases in the file")))
    unmasked: int = field(default=0, metadata=asked_as(phrase("Cases with legible numbers in their words")))


def _instant(value: datetime | None) -> str:
    return "" if value is None else f"{timezone.localtime(value):%Y-%m-%d %H:%M}"


# Heading → cell. Persons are not among them: neither who reported nor who handles.
_COLUMNS: tuple[tuple[str | Promise, Callable[[cases.CaseRow], object]], ...] = (
    (_("Number"), lambda row: row["number"]),
    (pgettext_lazy("column", "State"), lambda row: STATUS.get(row["status"], row["status"])),
    (_("Class code"), lambda row: row["class_code"]),
    (_("Category"), lambda row: local_name(cases.class_name(row["class_code"]))),
    (_("Urgency"), lambda row: URGENCY.get(row["urgency"], row["urgency"])),
    (_("Channel"), lambda row: CHANNEL.get(row["channel"], row["channel"])),
    (_("Description (beginning)"), lambda row: row["excerpt"]),
    (_("Address"), lambda row: row["address"]),
    (_("Street"), lambda row: row["street_name"]),
    (_("Community"), lambda row: row["community_name"]),
    (_("Grid"), lambda row: row["grid_name"]),
    (_("Body in charge"), lambda row: row["organisation_name"]),
    (_("Outcome"), lambda row: of_outcome(row["outcome"]) if row["outcome"] else ""),
    (_("Reported at"), lambda row: _instant(row["reported_at"])),
    (_("Due at"), lambda row: _instant(row["due_at"])),
    (_("Closed at"), lambda row: _instant(row["closed_at"])),
    (_("Longitude"), lambda row: row["lon"]),
    (_("Latitude"), lambda row: row["lat"]),
)


def _check(actor: Actor, given: CaseExport) -> None:
    found = read_address(QueryDict(given.query), actor, now=clock.now(), default="all")
    if found.sort not in cases.SORTS:
        raise InvalidInput("unknown_sort", filled("sort by %(sorts)s", sorts=" / ".join(cases.SORTS)), field="sort")


def export_cases(given: CaseExport, progress: Progress) -> Result:
    """Write the list, some hundred rows at a time: memory does not grow with it."""
    # "Today" and "overdue" are those of whoever asked, however long the run has waited.
    wanted = read_address(QueryDict(given.query), progress.actor, now=progress.asked_at, default="all")
    total = cases.count_cases(progress.actor, filters=wanted.filters)
    progress.report(0, total=total, words=phrase("Writing the file"))
    path = progress.folder / "cases.csv"
    done = unmasked = 0
    reason = " ".join(given.reason.split())
    with csv_file(path, head=[heading for heading, _cell in _COLUMNS]) as write:
        for rows in cases.all_cases(progress.actor, filters=wanted.filters, sort=wanted.sort):
            legible = cases.personal_open(progress.actor, [row["id"] for row in rows]) if reason else set()
            for row in map(with_local_areas, rows):
                shown = row if row["id"] in legible else with_masked_words(row)
                write(cell(shown) for _heading, cell in _COLUMNS)
            done += len(rows)
            unmasked += len(legible)
            progress.report(done)
    if reason:
        _record(progress.actor, reason=reason, legible=unmasked, rows=done)
    name = f"cases-{timezone.localtime(progress.now):%Y%m%d-%H%M}.csv"
    return Result(CasesExported(done, unmasked), (ResultFile(path, name, CSV_TYPE, personal=bool(unmasked)),))


def with_masked_words(row: cases.CaseRow) -> cases.CaseRow:
    """A row in which no telephone number, identity number or e-mail address can be read."""
    excerpt = row["excerpt"]
    return {**row, "excerpt": masked(excerpt, cut=len(excerpt) >= cases.EXCERPT), "address": masked(row["address"])}


def _record(actor: Actor, *, reason: str, legible: int, rows: int) -> None:
    """Put on record that a file with legible numbers was made, and why."""
    record(
        actor=actor,
        action="cases.exported_unmasked",
        object_type="case_list",
        object_id="csv",
        data={"reason": masked(reason), "legible": legible, "cases": rows},
        now=clock.now(),
    )


def _says(actor: Actor, given: CaseExport) -> str:
    """The list, and by what it is narrowed."""
    found = read_address(QueryDict(given.query), actor, now=clock.now(), default="all")
    return " · ".join([str(found.queue.name), *filter_words(cases.CASES, found.beyond, dated=True)])


EXPORT_CASES = WorkKind(
    name="export_cases",
    title=phrase("Export of a list of cases"),
    about=phrase(
        "A CSV file for a spreadsheet with the cases of the list that you see, narrowed by its filters, without names and "
        "numbers of reporters."
    ),
    # Whoever has a list of cases has its export; the list itself says what is in it.
    roles=frozenset({Role.STREET_DISPATCHER, Role.CHECKER, Role.DEPARTMENT_OFFICER, Role.OPERATIONS, Role.PLANNER}),
    given=CaseExport,
    result=CasesExported,
    run=export_cases,
    repeatable=True,
    check=_check,
    says=_says,
    hidden=frozenset({"query"}),
)
