"""A case file of another register, sent by an administrator: first checked row by row, then taken over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from gezhi.contexts.cases.use_cases.install_shipped_tables import install_shipped_tables
from gezhi.interfaces import problem
from gezhi.interfaces.csv_file import CSV_TYPE
from gezhi.interfaces.imports.case_rows import CaseReader
from gezhi.interfaces.imports.mapping import LoadedMapping, load_mapping, shipped_mappings
from gezhi.interfaces.imports.run import Survey, foretell, reader_of, survey, write
from gezhi.interfaces.work.uploads import at_hand
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import phrase
from gezhi.platform.access.actor import Actor, system_actor
from gezhi.platform.steps.inputs import Choice, asked_as, offered
from gezhi.platform.work.kinds import Next, Result, ResultFile, WorkKind
from gezhi.platform.work.progress import Progress

MOST_REASONS = 20
_SHIPPED_AS = {
    "baltimore": phrase("Baltimore 311"),
    "boston": phrase("Boston 311"),
    "new-york": phrase("New York 311"),
    "san-francisco": phrase("San Francisco 311"),
}


def shipped(_actor: Actor) -> list[Choice]:
    """The mappings that ship, by the registers that they read. The same for everybody."""
    return [Choice(name, _SHIPPED_AS.get(name, name)) for name in shipped_mappings()]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file and how it is read: a mapping that ships, or one of the administrator's own."""

    file: UUID = field(metadata=asked_as(phrase("Case file (CSV, XLSX, JSON or JSON lines; larger ones as .gz)")))
    mapping: str = field(default="", metadata=asked_as(phrase("Mapping of the columns")) | offered(shipped))
    own_mapping: UUID | None = field(default=None, metadata=asked_as(phrase("Mapping of your own (.toml)")))


@dataclass(frozen=True, slots=True)
class CaseFileChecked:
    """What a check found, in the figures with which the import would end. ``reasons``: column and fault → rows."""

    rows: int = field(metadata=asked_as(phrase("Rows in the file")))
    good: int = field(metadata=asked_as(phrase("Rows that can be imported")))
    new: int = field(metadata=asked_as(phrase("Of these, new cases")))
    existing: int = field(metadata=asked_as(phrase("There already")))
    doubtful: int = field(metadata=asked_as(phrase("Location doubtful")))
    unlocated: int = field(metadata=asked_as(phrase("Without location")))
    rejected: int = field(metadata=asked_as(phrase("Bad rows")))
    reasons: dict[str, int] = field(metadata=asked_as(phrase("What is wrong with them")))


@dataclass(frozen=True, slots=True)
class CaseFileImported:
    """What an import did."""

    imported: int = field(metadata=asked_as(phrase("Cases imported")))
    existing: int = field(metadata=asked_as(phrase("There already")))
    rejected: int = field(metadata=asked_as(phrase("Bad rows")))
    doubtful: int = field(metadata=asked_as(phrase("Location doubtful")))
    unlocated: int = field(metadata=asked_as(phrase("Without location")))


def _check(_actor: Actor, given: CaseFile) -> None:
    if bool(given.mapping) == (given.own_mapping is not None):
        raise InvalidInput("mapping_choice", "choose a mapping that ships, or send one of your own", field="mapping")


def _mapping(given: CaseFile, progress: Progress) -> LoadedMapping:
    if given.own_mapping is None:
        return load_mapping(given.mapping)
    path = at_hand(given.own_mapping, progress)
    if path.suffix != ".toml":
        said = filled("%(file)s: a mapping is a .toml file", file=path.name)
        raise InvalidInput("mapping_bad", said, field="own_mapping")
    # Where the file lies on the server is nobody's business.
    return load_mapping(str(path), shown=path.name)


def _surveyed(given: CaseFile, progress: Progress) -> tuple[Actor, CaseReader, Path, Survey, tuple[ResultFile, ...]]:
    """Read the whole file once. The program itself writes cases of another register; the record names who had it done."""
    acting = system_actor(f"import: {progress.actor.label}"[:100])
    mapping = _mapping(given, progress)
    install_shipped_tables(actor=acting, now=progress.now)
    reader = reader_of(mapping)
    path = at_hand(given.file, progress)
    bad = progress.folder / "bad-rows.csv"
    progress.report(0, words=phrase("Checking each row"))
    found = survey(reader, path, rejects=bad, advance=_advance(progress), say=problem.in_words)
    files = (ResultFile(bad, "bad-rows.csv", CSV_TYPE, personal=True),) if found.rejected else ()
    return acting, reader, path, found, files


def _advance(progress: Progress) -> Callable[[int], None]:
    """Told how many more are done, reports how many are done."""
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress.report(done)

    return advance


def check_case_file(given: CaseFile, progress: Progress) -> Result:
    """Read every row and write no case: how many are good, what the import would make of them, and what is wrong with the
    others, one by one in a file."""
    acting, reader, path, found, files = _surveyed(given, progress)
    good = found.rows - found.rejected
    progress.report(0, total=good, words=phrase("Looking for each place"))
    tally = foretell(actor=acting, reader=reader, path=path, surveyed=found, advance=_advance(progress))
    most = sorted(found.reasons.items(), key=lambda item: (-item[1], item[0]))[:MOST_REASONS]
    told = CaseFileChecked(
        rows=found.rows,
        good=good,
        new=tally.imported,
        existing=tally.existing,
        doubtful=tally.doubtful,
        unlocated=tally.unlocated,
        rejected=found.rejected,
        reasons=dict(most),
    )
    return Result(told, files, {reason: found.said[reason] for reason, _rows in most})


def import_case_file(given: CaseFile, progress: Progress) -> Result:
    """Take over the good rows, a thousand in a transaction: a stop leaves whole thousands, which the next run skips."""
    acting, reader, path, found, files = _surveyed(given, progress)
    progress.report(0, total=found.rows - found.rejected, words=phrase("Writing the cases"))
    tally = write(
        actor=acting,
        reader=reader,
        path=path,
        surveyed=found,
        whole=False,
        now=progress.now,
        advance=_advance(progress),
    )
    told = CaseFileImported(tally.imported, tally.existing, found.rejected, tally.doubtful, tally.unlocated)
    return Result(told, files)


CHECK_CASE_FILE = WorkKind(
    name="check_case_file",
    title=phrase("Check of a case file"),
    about=phrase(
        "Every row of a file from another register is read and checked. Nothing is imported yet: the result tells which rows "
        "are bad and why, and then offers the import."
    ),
    roles=frozenset({Role.SYSTEM_ADMIN}),
    given=CaseFile,
    result=CaseFileChecked,
    run=check_case_file,
    whole_city=True,
    repeatable=True,
    check=_check,
    uploads={
        "file": phrase(
            "Save it as CSV and pack that with gzip (.csv.gz), or divide it by rows and send the parts one after the other."
        ),
        "own_mapping": phrase("A mapping has a few kilobytes: choose the .toml file."),
    },
    leads_to=Next("import_case_file", phrase("Import the good rows"), only_if="good"),
    achieved="good",
)
# The same file and mapping, by the same people.
IMPORT_CASE_FILE = replace(
    CHECK_CASE_FILE,
    name="import_case_file",
    title=phrase("Import of a case file"),
    about=phrase(
        "The good rows of a file from another register become cases. Rows that are there already are skipped, so an import "
        "that was stopped is taken up by starting it again."
    ),
    result=CaseFileImported,
    run=import_case_file,
    leads_to=None,
    achieved="",
)
