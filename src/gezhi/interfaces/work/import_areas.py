"""A file of areas of one level, sent by a planner or an administrator: first checked as a coverage, then planted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from uuid import UUID

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.use_cases.import_areas import AreaDraft, check_areas, import_areas
from gezhi.interfaces import problem
from gezhi.interfaces.csv_file import CSV_TYPE, csv_file
from gezhi.interfaces.web.words import FINDING
from gezhi.interfaces.work.uploads import at_hand
from gezhi.kernel.datum import Datum
from gezhi.kernel.filled import filled
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import phrase
from gezhi.platform.steps.inputs import asked_as
from gezhi.platform.work.kinds import Next, Result, ResultFile, WorkKind
from gezhi.platform.work.progress import Progress
from gezhi.solvers.coverage import Change, ChangeKind, CoverageReport

_STAGES = 3
# Of the file of findings.
_HEAD = (
    filled("kind"),
    filled("areas"),
    filled("area in m²"),
    filled("longitude"),
    filled("latitude"),
    filled("detail"),
)
_CHANGE = {
    ChangeKind.RING_MENDED: filled("ring mended"),
    ChangeKind.OVERLAPPED: filled("claimed land that another claims too"),
    ChangeKind.CONTAINED: filled("keeps its land inside another"),
    ChangeKind.GAINED: filled("land gained"),
    ChangeKind.LOST: filled("land lost"),
    ChangeKind.VANISHED: filled("nothing left of it"),
}


@dataclass(frozen=True, slots=True)
class AreaFile:
    """A file and how it is read. What is left empty is told by the file: see ``gezhi import areas``."""

    file: UUID = field(metadata=asked_as(phrase("Area file (GeoJSON, GeoPackage or zipped Shapefile)")))
    level: AreaLevel | None = field(default=None, metadata=asked_as(phrase("Level (empty: told by the codes)")))
    code: str = field(default="code", metadata=asked_as(phrase("Property that holds the code")))
    name: str = field(default="", metadata=asked_as(phrase("Property that holds the name")))
    parent: str = field(default="", metadata=asked_as(phrase("Code of the parent area")))
    datum: Datum = field(default=Datum.WGS84, metadata=asked_as(phrase("Datum of the coordinates")))
    crs: str = field(
        default="",
        metadata=asked_as(phrase("Reference system, where the file states a wrong one (EPSG:4490)")),
    )
    repair: bool = field(default=False, metadata=asked_as(phrase("Mend small faults of the borders")))


@dataclass(frozen=True, slots=True)
class AreasChecked:
    """What a check found. ``findings``: kind → how many."""

    areas: int = field(metadata=asked_as(phrase("Areas in the file")))
    level: str = field(metadata=asked_as(phrase("Level")))
    can_be_imported: bool = field(metadata=asked_as(phrase("Can be imported")))
    findings: dict[str, int] = field(metadata=asked_as(phrase("Findings")))
    mended: int = field(metadata=asked_as(phrase("Areas mended")))


@dataclass(frozen=True, slots=True)
class AreasImported:
    """What an import did."""

    areas: int = field(metadata=asked_as(phrase("Areas in the file")))
    level: str = field(metadata=asked_as(phrase("Level")))
    imported: bool = field(metadata=asked_as(phrase("Imported")))
    created: int = field(metadata=asked_as(phrase("New areas")))
    redrawn: int = field(metadata=asked_as(phrase("Areas with a new border")))
    findings: dict[str, int] = field(metadata=asked_as(phrase("Findings")))


def _drafts(given: AreaFile, progress: Progress) -> tuple[list[AreaDraft], str]:
    progress.report(0, total=_STAGES, words=phrase("Reading the file"))
    path = at_hand(given.file, progress)
    # The readers of files take 30 MB, and the pages that offer this run never read one.
    from gezhi.platform.geodb.vector_file import read_vector_file

    source = read_vector_file(path, datum=given.datum, crs=given.crs or None)
    codes = source.column(given.code or "code", field="code")
    named = given.name or ("name" if "name" in source.properties else "")
    names = source.column(named, field="name") if named else codes
    progress.report(1, words=phrase("Checking the borders"))
    return [AreaDraft(*parts) for parts in zip(codes, names, source.geometries, strict=True)], path.name


def _told(report: CoverageReport, changes: tuple[Change, ...], progress: Progress) -> tuple[ResultFile, ...]:
    """Each finding and each change as a row of a file."""
    if not report.findings and not changes:
        return ()
    path = progress.folder / "findings.csv"
    with csv_file(path, head=[problem.in_words(name) for name in _HEAD]) as write:
        for found in report.findings:
            where = (found.lon, found.lat, found.detail)
            write([FINDING[found.kind], " ".join(found.ids), round(found.area_m2, 2), *where])
        for change in changes:
            areas = " ".join(filter(None, [change.id, change.other]))
            mended = problem.in_words(filled("mended: %(change)s", change=_CHANGE[change.kind]))
            write([mended, areas, round(change.area_m2, 2), None, None, ""])
    return (ResultFile(path, "findings.csv", CSV_TYPE),)


def _counts(report: CoverageReport) -> dict[str, int]:
    return dict(Counter(finding.kind.value for finding in report.findings))


def check_area_file(given: AreaFile, progress: Progress) -> Result:
    """Check the file as an import would, and write nothing."""
    drafts, source = _drafts(given, progress)
    checked = check_areas(
        actor=progress.actor,
        drafts=drafts,
        level=given.level,
        parent_code=given.parent or None,
        repair=given.repair,
        source=source,
    )
    progress.report(_STAGES)
    good, mended = checked.planting is not None, len({change.id for change in checked.changes})
    told = AreasChecked(len(drafts), checked.level.value, good, _counts(checked.report), mended)
    return Result(told, _told(checked.report, checked.changes, progress))


def import_area_file(given: AreaFile, progress: Progress) -> Result:
    """Plant the areas, all or none, in one transaction: a stop before it leaves nothing."""
    drafts, source = _drafts(given, progress)
    progress.report(2, words=phrase("Writing the areas"))
    done = import_areas(
        actor=progress.actor,
        drafts=drafts,
        level=given.level,
        parent_code=given.parent or None,
        repair=given.repair,
        source=source,
        now=progress.now,
    )
    created, redrawn = (done.planted.created, done.planted.redrawn) if done.planted else (0, 0)
    imported = done.planted is not None
    told = AreasImported(len(drafts), done.level.value, imported, created, redrawn, _counts(done.report))
    return Result(told, _told(done.report, done.changes, progress))


CHECK_AREA_FILE = WorkKind(
    name="check_area_file",
    title=phrase("Check of an area file"),
    about=phrase(
        "The polygons of a file are checked for gaps, overlaps and bad codes. Nothing is imported yet: the result tells what "
        "is wrong, and then offers the import."
    ),
    roles=frozenset({Role.PLANNER, Role.SYSTEM_ADMIN}),
    given=AreaFile,
    result=AreasChecked,
    run=check_area_file,
    whole_city=True,
    repeatable=True,
    uploads={
        "file": phrase(
            "Send it as a zipped Shapefile, or the areas of one parent at a time, or have an administrator import it on the"
            " server, where larger files are read."
        )
    },
    leads_to=Next("import_area_file", phrase("Import the areas"), only_if="can_be_imported"),
    achieved="can_be_imported",
)
# The same file, read in the same way, by the same people. What was planted once is not planted twice.
IMPORT_AREA_FILE = replace(
    CHECK_AREA_FILE,
    name="import_area_file",
    title=phrase("Import of an area file"),
    about=phrase("The polygons of a file become areas of one level, all of them or none."),
    result=AreasImported,
    run=import_area_file,
    repeatable=False,
    leads_to=None,
    achieved="imported",
)
