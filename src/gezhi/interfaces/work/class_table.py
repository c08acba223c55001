"""The class table as a workbook: written for editing, checked against the version in force, installed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from django.utils import timezone

from gezhi.contexts.cases import queries as cases
from gezhi.contexts.cases.domain.class_table import ChangeKind, changes
from gezhi.contexts.cases.use_cases.install_classes import install_classes
from gezhi.interfaces import problem
from gezhi.interfaces.csv_file import CSV_TYPE, csv_file
from gezhi.interfaces.imports.class_book import read_book, write_book
from gezhi.interfaces.work.uploads import at_hand
from gezhi.interfaces.work.versions_of_tables import XLSX_TYPE, FaultRow, effective_from, local_minute, refused
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import phrase
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.inputs import asked_as, within
from gezhi.platform.work.kinds import Next, Result, ResultFile, WorkKind
from gezhi.platform.work.progress import Progress

_CHANGES_HEAD = (filled("code"), filled("name"), filled("change"), filled("what of it"))
_KIND = {
    ChangeKind.NEW: filled("new class"),
    ChangeKind.GONE: filled("no longer in the table"),
    ChangeKind.CHANGED: filled("changed"),
}
_FIELD = {
    "name": filled("name"),
    "name_en": filled("English name"),
    "is_extension": filled("local extension"),
    "is_public": filled("may be told to anybody"),
    "is_fallback": filled("what nobody could class"),
    "conditions": filled("filing conditions and limits"),
    "attributes": filled("what handlers tell"),
    "words": filled("everyday words"),
    "words_en": filled("everyday words in English"),
}


@dataclass(frozen=True, slots=True)
class TableExport:
    """``code``: of which version; empty: of the one in force."""

    code: str = field(
        default="", metadata=within(max_length=40) | asked_as(phrase("Code of the version (empty: the one in force)"))
    )


@dataclass(frozen=True, slots=True)
class TableExported:
    """What was written."""

    classes: int = field(metadata=asked_as(phrase("Classes in the file")))


@dataclass(frozen=True, slots=True)
class ClassFile:
    """A workbook, and what its version is called. ``effective``: from when it is in force; empty: at once."""

    file: UUID = field(metadata=asked_as(phrase("Class table (.xlsx, as it is exported)")))
    code: str = field(
        metadata=within(max_length=40) | asked_as(phrase("Code of the new version, such as xiangyang-2027"))
    )
    name: str = field(metadata=within(max_length=100) | asked_as(phrase("Name of the new version")))
    standard: str = field(
        default="",
        metadata=within(max_length=60) | asked_as(phrase("Standard that the codes follow, such as GB/T 30428.2")),
    )
    effective: str = field(
        default="",
        metadata=within(max_length=25) | asked_as(phrase("In force from, such as 2027-01-01 (empty: at once)")),
    )


@dataclass(frozen=True, slots=True)
class ClassesChecked:
    """What a check found. ``open_cases``: of classes that go; they keep what they were given."""

    classes: int = field(metadata=asked_as(phrase("Classes in the file")))
    can_be_installed: bool = field(metadata=asked_as(phrase("Can be put in force")))
    faults: int = field(metadata=asked_as(phrase("Cells with a fault")))
    new: int = field(metadata=asked_as(phrase("New classes")))
    gone: int = field(metadata=asked_as(phrase("Classes that go")))
    changed: int = field(metadata=asked_as(phrase("Classes that change")))
    open_cases: int = field(metadata=asked_as(phrase("Open cases of classes that go (they keep their class)")))
    wrong: tuple[FaultRow, ...] = field(default=(), metadata=asked_as(phrase("What is wrong")))


@dataclass(frozen=True, slots=True)
class ClassesInstalled:
    """What was put in force, or waits."""

    classes: int = field(metadata=asked_as(phrase("Classes in the file")))
    installed: bool = field(metadata=asked_as(phrase("Installed")))
    in_force_from: str = field(metadata=asked_as(phrase("In force from")))
    wrong: tuple[FaultRow, ...] = field(default=(), metadata=asked_as(phrase("What is wrong")))


def export_class_table(given: TableExport, progress: Progress) -> Result:
    """Write a version as a workbook."""
    rows = cases.class_rows_of(given.code or None)
    path = progress.folder / "classes.xlsx"
    write_book(path, rows)
    name = f"classes-{given.code or timezone.localtime(progress.now).strftime('%Y%m%d')}.xlsx"
    return Result(TableExported(len(rows)), (ResultFile(path, name, XLSX_TYPE),))


def check_class_file(given: ClassFile, progress: Progress) -> Result:
    """Check the workbook and tell what it changes; nothing is written."""
    book = read_book(at_hand(given.file, progress))
    if book.faults:
        return refused(ClassesChecked(len(book.rows), False, len(book.faults), 0, 0, 0, 0), book.faults, progress)
    found = changes(cases.class_rows_of(), book.rows)
    counts = {kind: sum(one.kind is kind for one in found) for kind in ChangeKind}
    gone = {one.code for one in found if one.kind is ChangeKind.GONE}
    told = ClassesChecked(
        len(book.rows),
        True,
        0,
        counts[ChangeKind.NEW],
        counts[ChangeKind.GONE],
        counts[ChangeKind.CHANGED],
        cases.open_cases_of(gone),
    )
    path = progress.folder / "changes.csv"
    with csv_file(path, head=[problem.in_words(head) for head in _CHANGES_HEAD]) as write:
        for one in found:
            fields = ", ".join(problem.in_words(_FIELD[name]) for name in one.fields)
            write([one.code, one.name, problem.in_words(_KIND[one.kind]), fields])
    return Result(told, (ResultFile(path, "changes.csv", CSV_TYPE),) if found else ())


def install_class_file(given: ClassFile, progress: Progress) -> Result:
    """Install the workbook as a new version, in one transaction."""
    book = read_book(at_hand(given.file, progress))
    if book.faults:
        return refused(ClassesInstalled(len(book.rows), False, ""), book.faults, progress)
    made = install_classes(
        actor=progress.actor,
        code=given.code,
        name=given.name,
        rows=book.rows,
        now=progress.now,
        standard=given.standard,
        effective_from=effective_from(given.effective),
    )
    start = local_minute(made.effective_from)
    return Result(ClassesInstalled(len(book.rows), True, start))


def _check(_actor: Actor, given: ClassFile) -> None:
    """Raises what is wrong before the file is read: no code or name, no date, a code that is taken."""
    for name in ("code", "name"):
        if not getattr(given, name).strip():
            raise InvalidInput("field_missing", filled("'%(name)s' is missing", name=name), field=name)
    effective_from(given.effective)
    if cases.has_class_version(given.code):
        said = filled("there is a version '%(code)s' already: give the new one another code", code=given.code)
        raise Conflict("scheme_exists", said, field="code")


EXPORT_CLASS_TABLE = WorkKind(
    name="export_class_table",
    title=phrase("Class table as a workbook"),
    about=phrase(
        "Classes, filing conditions and limits, and what handlers tell, as an Excel file to be edited and brought back."
    ),
    roles=frozenset({Role.SYSTEM_ADMIN, Role.PLANNER, Role.OPERATIONS}),
    given=TableExport,
    result=TableExported,
    run=export_class_table,
    repeatable=True,
)
CHECK_CLASS_FILE = WorkKind(
    name="check_class_file",
    title=phrase("Check of a class table"),
    about=phrase(
        "A workbook is checked cell by cell and compared with the table in force. Nothing is changed yet: the result tells what is "
        "wrong or what would change, and then offers to put it in force."
    ),
    roles=frozenset({Role.SYSTEM_ADMIN}),
    given=ClassFile,
    result=ClassesChecked,
    run=check_class_file,
    whole_city=True,
    repeatable=True,
    check=_check,
    uploads={"file": phrase("A class table has some hundred rows: take pictures and other sheets out of the file.")},
    leads_to=Next("install_class_file", phrase("Put it in force"), only_if="can_be_installed"),
    achieved="can_be_installed",
)
INSTALL_CLASS_FILE = replace(
    CHECK_CLASS_FILE,
    name="install_class_file",
    title=phrase("Installation of a class table"),
    about=phrase(
        "A workbook becomes a new version of the class table. Running cases keep the class and limits that they have."
    ),
    result=ClassesInstalled,
    run=install_class_file,
    repeatable=False,
    leads_to=None,
    achieved="installed",
)
