"""The rules of reminding and escalation as a workbook: written for editing, checked with what they would do at once, installed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from gezhi.contexts.escalation.queries import at_once, escalation_rows_of
from gezhi.contexts.escalation.use_cases.install_escalation import install_escalation
from gezhi.interfaces.imports.escalation_book import read_rule_book, write_rule_book
from gezhi.interfaces.work.uploads import at_hand
from gezhi.interfaces.work.versions_of_tables import XLSX_TYPE, FaultRow, effective_from, local_minute, refused
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import phrase
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.inputs import asked_as, within
from gezhi.platform.work.kinds import Next, Result, ResultFile, WorkKind
from gezhi.platform.work.progress import Progress


@dataclass(frozen=True, slots=True)
class RulesExport:
    """``number``: of which version; None: of the one in force."""

    number: int | None = field(
        default=None, metadata=within(ge=1) | asked_as(phrase("Number of the version (empty: the one in force)"))
    )


@dataclass(frozen=True, slots=True)
class RulesExported:
    """What was written."""

    rows: int = field(metadata=asked_as(phrase("Rows in the file")))


@dataclass(frozen=True, slots=True)
class RulesFile:
    """A workbook, and what its version is called. ``effective``: from when it is in force; empty: at once."""

    file: UUID = field(metadata=asked_as(phrase("Rules of reminding (.xlsx, as they are exported)")))
    name: str = field(metadata=within(max_length=100) | asked_as(phrase("Name of the new version")))
    effective: str = field(
        default="",
        metadata=within(max_length=25) | asked_as(phrase("In force from, such as 2027-01-01 (empty: at once)")),
    )


@dataclass(frozen=True, slots=True)
class RulesChecked:
    """What a check found; None: it did not come to that."""

    rows: int = field(metadata=asked_as(phrase("Rows in the file")))
    can_be_installed: bool = field(metadata=asked_as(phrase("Can be put in force")))
    faults: int = field(metadata=asked_as(phrase("Cells with a fault")))
    new: int | None = field(default=None, metadata=asked_as(phrase("New rows")))
    gone: int | None = field(default=None, metadata=asked_as(phrase("Rows that go")))
    open_deadlines: int | None = field(default=None, metadata=asked_as(phrase("Deadlines that run or have passed")))
    at_once: int | None = field(default=None, metadata=asked_as(phrase("Of these would be spoken of at once")))
    wrong: tuple[FaultRow, ...] = field(default=(), metadata=asked_as(phrase("What is wrong")))


@dataclass(frozen=True, slots=True)
class RulesInstalled:
    """What was put in force, or waits. ``number``: of the new version, 0 where there is none."""

    rows: int = field(metadata=asked_as(phrase("Rows in the file")))
    installed: bool = field(metadata=asked_as(phrase("Installed")))
    number: int = field(metadata=asked_as(phrase("Number of the new version")))
    in_force_from: str = field(metadata=asked_as(phrase("In force from")))
    wrong: tuple[FaultRow, ...] = field(default=(), metadata=asked_as(phrase("What is wrong")))


def export_rules(given: RulesExport, progress: Progress) -> Result:
    """Write a version as a workbook."""
    rows = escalation_rows_of(given.number)
    path = progress.folder / "escalation-rules.xlsx"
    write_rule_book(path, rows)
    name = f"escalation-rules-{given.number or local_minute(progress.now)[:10].replace('-', '')}.xlsx"
    return Result(RulesExported(len(rows)), (ResultFile(path, name, XLSX_TYPE),))


def check_rules(given: RulesFile, progress: Progress) -> Result:
    """Check the workbook, tell what it changes and what it would do at once; nothing is written."""
    book = read_rule_book(at_hand(given.file, progress))
    if book.faults:
        return refused(RulesChecked(len(book.rows), False, len(book.faults)), book.faults, progress)
    before, after = {row.key for row in escalation_rows_of()}, {row.key for row in book.rows}
    found = at_once(book.rows, now=progress.now, progress=progress.report)
    told = RulesChecked(
        len(book.rows), True, 0, len(after - before), len(before - after), found.looked_at, found.spoken_of
    )
    return Result(told)


def install_rules(given: RulesFile, progress: Progress) -> Result:
    """Install the workbook as a new version, in one transaction."""
    book = read_rule_book(at_hand(given.file, progress))
    if book.faults:
        return refused(RulesInstalled(len(book.rows), False, 0, ""), book.faults, progress)
    made = install_escalation(
        actor=progress.actor,
        name=given.name,
        rows=book.rows,
        now=progress.now,
        effective_from=effective_from(given.effective),
    )
    return Result(RulesInstalled(len(book.rows), True, made.number, local_minute(made.effective_from)))


def _check(_actor: Actor, given: RulesFile) -> None:
    """Raises what is wrong before the file is read: no name, no date."""
    if not given.name.strip():
        raise InvalidInput("field_missing", filled("'%(name)s' is missing", name="name"), field="name")
    effective_from(given.effective)


EXPORT_ESCALATION_RULES = WorkKind(
    name="export_escalation_rules",
    title=phrase("Rules of reminding as a workbook"),
    about=phrase("Who is told of which deadline and when, as an Excel file to be edited and brought back."),
    roles=frozenset({Role.SYSTEM_ADMIN, Role.PLANNER, Role.OPERATIONS}),
    given=RulesExport,
    result=RulesExported,
    run=export_rules,
    repeatable=True,
)
CHECK_ESCALATION_FILE = WorkKind(
    name="check_escalation_file",
    title=phrase("Check of rules of reminding"),
    about=phrase(
        "A workbook is checked cell by cell and compared with the rules in force. Nothing is changed yet: the result tells what "
        "is wrong, or of how many open deadlines the new rules would speak at once, and then offers to put them in force."
    ),
    roles=frozenset({Role.SYSTEM_ADMIN}),
    given=RulesFile,
    result=RulesChecked,
    run=check_rules,
    whole_city=True,
    repeatable=True,
    check=_check,
    uploads={
        "file": phrase("Rules of reminding have some hundred rows: take pictures and other sheets out of the file.")
    },
    leads_to=Next("install_escalation_file", phrase("Put it in force"), only_if="can_be_installed"),
    achieved="can_be_installed",
)
INSTALL_ESCALATION_FILE = replace(
    CHECK_ESCALATION_FILE,
    name="install_escalation_file",
    title=phrase("Installation of rules of reminding"),
    about=phrase(
        "A workbook becomes a new version of the rules. What was spoken of is not spoken of again by the same rule."
    ),
    result=RulesInstalled,
    run=install_rules,
    repeatable=False,
    leads_to=None,
    achieved="installed",
)
