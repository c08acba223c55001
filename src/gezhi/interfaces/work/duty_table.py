"""The duty table as a workbook: written for editing, checked with a preview of where last month's cases would go, installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from gezhi.contexts.areas.queries import areas_by_id
from gezhi.contexts.cases import queries as cases
from gezhi.contexts.cases.domain.class_table import ChangeKind
from gezhi.contexts.cases.domain.duty_table import DutyChange, DutyRow, duty_changes
from gezhi.contexts.cases.use_cases.install_duties import install_duties
from gezhi.contexts.organisations.queries import organisations_by_id
from gezhi.interfaces import problem
from gezhi.interfaces.csv_file import CSV_TYPE, csv_file
from gezhi.interfaces.imports.duty_book import DutyBook, read_duty_book, write_duty_book
from gezhi.interfaces.work.uploads import at_hand
from gezhi.interfaces.work.versions_of_tables import XLSX_TYPE, FaultRow, effective_from, local_minute, refused
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import Filled, filled
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import phrase
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.inputs import asked_as, within
from gezhi.platform.work.kinds import Next, Result, ResultFile, WorkKind
from gezhi.platform.work.progress import Progress

PREVIEW_DAYS = 30
_TELL_EVERY = 1_000
_KIND = {
    ChangeKind.NEW: filled("new row"),
    ChangeKind.GONE: filled("no longer in the table"),
    ChangeKind.CHANGED: filled("changed"),
}
_CHANGES_HEAD = (filled("class"), filled("condition"), filled("change"), filled("before"), filled("after"))
_IDLE_HEAD = (filled("cell"), filled("value"), filled("why"))
_ELSEWHERE_HEAD = (
    filled("number"),
    filled("class"),
    filled("reported"),
    filled("goes to now"),
    filled("would go to"),
)


@dataclass(frozen=True, slots=True)
class DutyExport:
    """``number``: of which version; None: of the one in force."""

    number: int | None = field(
        default=None, metadata=within(ge=1) | asked_as(phrase("Number of the version (empty: the one in force)"))
    )


@dataclass(frozen=True, slots=True)
class DutiesExported:
    """What was written."""

    rows: int = field(metadata=asked_as(phrase("Rows in the file")))


@dataclass(frozen=True, slots=True)
class DutyFile:
    """A workbook, and what its version is called. ``effective``: from when it is in force; empty: at once."""

    file: UUID = field(metadata=asked_as(phrase("Duty table (.xlsx, as it is exported)")))
    name: str = field(metadata=within(max_length=100) | asked_as(phrase("Name of the new version")))
    effective: str = field(
        default="",
        metadata=within(max_length=25) | asked_as(phrase("In force from, such as 2027-01-01 (empty: at once)")),
    )


@dataclass(frozen=True, slots=True)
class DutiesChecked:
    """What a check found: of the file, and of the cases of the last thirty days; None: it did not come to that."""

    rows: int = field(metadata=asked_as(phrase("Rows in the file")))
    can_be_installed: bool = field(metadata=asked_as(phrase("Can be put in force")))
    faults: int = field(metadata=asked_as(phrase("Cells with a fault")))
    new: int | None = field(default=None, metadata=asked_as(phrase("New rows")))
    gone: int | None = field(default=None, metadata=asked_as(phrase("Rows that go")))
    changed: int | None = field(default=None, metadata=asked_as(phrase("Rows that change")))
    idle: int | None = field(
        default=None, metadata=asked_as(phrase("Rows that reach nobody, or that nothing falls under"))
    )
    cases: int | None = field(default=None, metadata=asked_as(phrase("Cases of the last 30 days")))
    elsewhere: int | None = field(default=None, metadata=asked_as(phrase("Of these would have gone elsewhere")))
    to_hub: int | None = field(default=None, metadata=asked_as(phrase("Of these to nobody, and so to the hub")))
    wrong: tuple[FaultRow, ...] = field(default=(), metadata=asked_as(phrase("What is wrong")))


@dataclass(frozen=True, slots=True)
class DutiesInstalled:
    """What was put in force, or waits. ``number``: of the new version, 0 where there is none."""

    rows: int = field(metadata=asked_as(phrase("Rows in the file")))
    installed: bool = field(metadata=asked_as(phrase("Installed")))
    number: int = field(metadata=asked_as(phrase("Number of the new version")))
    in_force_from: str = field(metadata=asked_as(phrase("In force from")))
    wrong: tuple[FaultRow, ...] = field(default=(), metadata=asked_as(phrase("What is wrong")))


def export_duty_table(given: DutyExport, progress: Progress) -> Result:
    """Write a version as a workbook."""
    rows = cases.duty_rows_of(given.number)
    path = progress.folder / "duties.xlsx"
    write_duty_book(path, rows)
    name = f"duties-{given.number or local_minute(progress.now)[:10].replace('-', '')}.xlsx"
    return Result(DutiesExported(len(rows)), (ResultFile(path, name, XLSX_TYPE),))


def check_duty_file(given: DutyFile, progress: Progress) -> Result:
    """Check the workbook, tell what it changes and which cases it would have sent elsewhere; nothing is written."""
    book = read_duty_book(at_hand(given.file, progress))
    if book.faults:
        return refused(DutiesChecked(len(book.rows), False, len(book.faults)), book.faults, progress)
    found = duty_changes(cases.duty_rows_of(), book.rows)
    counts = {kind: sum(one.kind is kind for one in found) for kind in ChangeKind}
    files = []
    if found:
        files.append(_changes_file(found, progress))
    idle = _idle(book)
    if idle:
        files.append(_idle_file(idle, progress))
    preview, elsewhere = _elsewhere_file(book.rows, progress)
    if preview.elsewhere:
        files.append(elsewhere)
    told = DutiesChecked(
        len(book.rows),
        True,
        0,
        counts[ChangeKind.NEW],
        counts[ChangeKind.GONE],
        counts[ChangeKind.CHANGED],
        len(idle),
        preview.looked_at,
        preview.elsewhere,
        preview.to_nobody,
    )
    return Result(told, tuple(files))


def install_duty_file(given: DutyFile, progress: Progress) -> Result:
    """Install the workbook as a new version, in one transaction."""
    book = read_duty_book(at_hand(given.file, progress))
    if book.faults:
        return refused(DutiesInstalled(len(book.rows), False, 0, ""), book.faults, progress)
    made = install_duties(
        actor=progress.actor,
        name=given.name,
        rows=book.rows,
        now=progress.now,
        effective_from=effective_from(given.effective),
    )
    start = local_minute(made.effective_from)
    return Result(DutiesInstalled(len(book.rows), True, made.number, start))


def _changes_file(found: Sequence[DutyChange], progress: Progress) -> ResultFile:
    rows = [row for one in found for row in (one.before, one.after) if row is not None]
    bodies = organisations_by_id({row.organisation_id for row in rows if row.organisation_id is not None})
    lie = areas_by_id({row.area_id for row in rows if row.area_id is not None})

    def told(row: DutyRow | None) -> str:
        """A row on one line: whom it names, where, within which limits."""
        if row is None:
            return ""
        body, area = bodies.get(row.organisation_id or 0), lie.get(row.area_id or 0)
        named = f"{row.organisation_kind} ({row.organisation_level})" if body is None else body.name
        limits = " ".join(limit for limit in (row.dispatch_limit, row.handle_limit, row.check_limit) if limit)
        times = " ".join(time for time in (row.months, row.hours, row.together) if time)
        return " · ".join(part for part in (named, area.name if area else "", times, limits, row.note) if part)

    path = progress.folder / "changes.csv"
    with csv_file(path, head=[problem.in_words(head) for head in _CHANGES_HEAD]) as write:
        for one in found:
            kind = problem.in_words(_KIND[one.kind])
            write([one.row.class_prefix or "*", one.row.condition or "", kind, told(one.before), told(one.after)])
    return ResultFile(path, "changes.csv", CSV_TYPE)


def _idle(book: DutyBook) -> list[tuple[str, str, Filled]]:
    """The rows of a book that do nothing, in its order: the cell that makes it so, what stands in it, and why."""
    nobody = filled("no organisation in use is meant: what falls under it goes to the hub")
    nothing = filled("no class in force begins so, or none has so many conditions: nothing falls under it")
    found = [(place, "organisation_kind", nobody) for place in cases.reaches_nobody(book.rows)]
    found += [(place, "class_prefix", nothing) for place in cases.decides_nothing(book.rows)]
    in_order = sorted(found, key=lambda one: one[0])
    return [(book.cell(place, field), getattr(book.rows[place], field), why) for place, field, why in in_order]


def _idle_file(idle: Sequence[tuple[str, str, Filled]], progress: Progress) -> ResultFile:
    path = progress.folder / "idle-rows.csv"
    with csv_file(path, head=[problem.in_words(head) for head in _IDLE_HEAD]) as write:
        for cell, value, why in idle:
            write([cell, value, problem.in_words(why)])
    return ResultFile(path, "idle-rows.csv", CSV_TYPE)


def _elsewhere_file(rows: Sequence[DutyRow], progress: Progress) -> tuple[cases.Preview, ResultFile]:
    """The cases of the last days that would have gone elsewhere, as a file."""
    path, seen, hub = progress.folder / "cases-elsewhere.csv", cases.Preview(), problem.in_words(filled("the hub"))
    since = progress.now - timedelta(days=PREVIEW_DAYS)
    with csv_file(path, head=[problem.in_words(head) for head in _ELSEWHERE_HEAD]) as write:
        for one in cases.cases_elsewhere(rows, since=since, until=progress.now, preview=seen):
            bodies = (one.before.organisation_name or hub, one.after.organisation_name or hub)
            write([one.number, one.class_code, local_minute(one.reported_at), *bodies])
            if seen.elsewhere % _TELL_EVERY == 0:
                progress.report(seen.looked_at)
    return seen, ResultFile(path, "cases-elsewhere.csv", CSV_TYPE)


def _check(_actor: Actor, given: DutyFile) -> None:
    """Raises what is wrong before the file is read: no name, no date."""
    if not given.name.strip():
        raise InvalidInput("field_missing", filled("'%(name)s' is missing", name="name"), field="name")
    effective_from(given.effective)


EXPORT_DUTY_TABLE = WorkKind(
    name="export_duty_table",
    title=phrase("Duty table as a workbook"),
    about=phrase(
        "Which organisation settles which class of matter, where and within which limits, as an Excel file to be edited and "
        "brought back."
    ),
    roles=frozenset({Role.SYSTEM_ADMIN, Role.PLANNER, Role.OPERATIONS}),
    given=DutyExport,
    result=DutiesExported,
    run=export_duty_table,
    repeatable=True,
)
CHECK_DUTY_FILE = WorkKind(
    name="check_duty_file",
    title=phrase("Check of a duty table"),
    about=phrase(
        "A workbook is checked cell by cell and compared with the table in force; each case of the last 30 days is routed anew. "
        "Nothing is changed yet: the result tells what is wrong, or which cases would have gone elsewhere, and then offers to "
        "put it in force."
    ),
    roles=frozenset({Role.SYSTEM_ADMIN}),
    given=DutyFile,
    result=DutiesChecked,
    run=check_duty_file,
    whole_city=True,
    repeatable=True,
    check=_check,
    uploads={"file": phrase("A duty table has some thousand rows: take pictures and other sheets out of the file.")},
    leads_to=Next("install_duty_file", phrase("Put it in force"), only_if="can_be_installed"),
    achieved="can_be_installed",
)
INSTALL_DUTY_FILE = replace(
    CHECK_DUTY_FILE,
    name="install_duty_file",
    title=phrase("Installation of a duty table"),
    about=phrase(
        "A workbook becomes a new version of the duty table. Running cases stay with whoever has them and keep their limits."
    ),
    result=DutiesInstalled,
    run=install_duty_file,
    repeatable=False,
    leads_to=None,
    achieved="installed",
)
