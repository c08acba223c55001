"""The import of one file in two passes: look at all of it, then write it in batches.

The first pass checks every row, counts them for the progress bar and looks for default points, which only show over the
whole file; it keeps three numbers a row. The second writes batches of a thousand, each in one transaction. A run that
was stopped is taken up by running it again, since rows that are there already are skipped.
"""

from __future__ import annotations

import hashlib
import time
import zlib
from array import array
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.db import transaction

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases import queries as cases
from gezhi.contexts.cases.domain.states import LocationQuality
from gezhi.contexts.cases.use_cases.import_cases import foresee_import, import_cases
from gezhi.contexts.organisations import queries as organisations
from gezhi.contexts.organisations.use_cases.register_organisation import register_organisation
from gezhi.interfaces.imports.case_rows import Accepted, CaseReader, Rejected, with_doubt
from gezhi.interfaces.imports.mapping import LoadedMapping
from gezhi.interfaces.imports.rejects import rejects_file
from gezhi.kernel.batches import Advance, in_batches, untold
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import Filled, filled
from gezhi.platform.access.actor import Actor
from gezhi.platform.bulk import count_rows
from gezhi.solvers.default_points import DefaultPoint, find_default_points

BATCH = 1_000
# So many new rows change which index is the best.
MANY = 10_000
_CODE_LENGTH = 40
OTHER_KIND = "other"


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first pass found. ``points``: all default points, those of the mapping and those found. ``said``: the words of
    each of ``reasons``."""

    rows: int
    rejected: int
    reasons: dict[str, int]
    found: list[DefaultPoint]
    points: frozenset[tuple[float, float]]
    said: dict[str, Filled]


@dataclass(slots=True)
class Tally:
    """The figures that the command prints.

    ``compared`` rows name an area themselves and have a point in one; ``agreed`` of them name the area under their point.
    """

    imported: int = 0
    existing: int = 0
    doubtful: int = 0
    unlocated: int = 0
    point_in_area: int = 0
    compared: int = 0
    agreed: int = 0
    trusted_agreed: int = 0
    _codes: dict[int, str] = field(default_factory=dict)

    def add(self, rows: list[Accepted], area_ids: list[int], qualities: list[LocationQuality]) -> None:
        """Count one batch."""
        new = {area_id for area_id in area_ids if area_id} - self._codes.keys()
        self._codes |= {area_id: area.code for area_id, area in areas.areas_by_id(new).items()}
        for row, area_id, quality in zip(rows, area_ids, qualities, strict=True):
            doubtful = quality is LocationQuality.DOUBTFUL
            self.doubtful += doubtful
            self.unlocated += quality is LocationQuality.UNLOCATED
            if not area_id:
                continue
            self.point_in_area += 1
            if row.own_area:
                agrees = self._codes[area_id] == row.own_area
                self.compared += 1
                self.agreed += agrees
                self.trusted_agreed += agrees and not doubtful


def reader_of(mapping: LoadedMapping) -> CaseReader:
    """A reader for the minor classes in force. Raises ``InvalidInput`` for a mapping that names others."""
    return CaseReader(mapping, {entry.code for entry in cases.classes() if entry.is_minor})


def survey(
    reader: CaseReader,
    path: Path,
    *,
    rejects: Path,
    advance: Advance = untold,
    say: Callable[[Filled], str] = str,
) -> Survey:
    """Read the whole file once; rejected rows go to the ``rejects`` CSV, which is removed if there are none.

    ``advance`` is told of each thousand rows; ``say`` puts the words of the CSV into the language of its reader.
    """
    lon, lat, addresses = array("d"), array("d"), array("q")
    rows = rejected = 0
    reasons, said = dict[str, int](), dict[str, Filled]()
    with rejects_file(rejects, whose=filled("id"), say=say) as reject:
        for verdict in reader.verdicts(path):
            rows += 1
            if rows % BATCH == 0:
                advance(BATCH)
            if isinstance(verdict, Rejected):
                rejected += 1
                fault = filled("%(column)s: %(reason)s", column=verdict.column, reason=verdict.reason)
                reason = str(fault)
                reasons[reason], said[reason] = reasons.get(reason, 0) + 1, fault
                reject(verdict)
                continue
            case = verdict.case
            # Zeros are no default point of one register but everybody's: the import knows them by themselves.
            if case.lon and case.lat:
                lon.append(case.lon)
                lat.append(case.lat)
                addresses.append(zlib.crc32(case.address.encode()))
    location = reader.mapping.spec.location
    found = find_default_points(*(np.array(column) for column in (lon, lat, addresses))) if location.detect else []
    points = frozenset(location.default_points) | {(point.lon, point.lat) for point in found}
    return Survey(rows, rejected, reasons, found, points, said)


def write(
    *,
    actor: Actor,
    reader: CaseReader,
    path: Path,
    surveyed: Survey,
    whole: bool,
    now: datetime,
    advance: Advance,
) -> Tally:
    """Write what the survey accepted; with ``whole`` in one transaction."""
    tally = Tally()
    bodies = _Bodies(actor, reader, now)
    accepted = (verdict for verdict in reader.verdicts(path) if isinstance(verdict, Accepted))
    frame: AbstractContextManager[Any] = transaction.atomic() if whole else nullcontext()
    with frame:
        for batch in in_batches(accepted, BATCH):
            marked = [bodies.named(with_doubt(row, surveyed.points)) for row in batch]
            done = import_cases(
                actor=actor, source=reader.mapping.spec.source, rows=[row.case for row in marked], now=now
            )
            tally.imported += done.imported
            tally.existing += done.existing
            tally.add(marked, done.area_ids, done.qualities)
            advance(len(marked))
    if tally.imported >= MANY:
        count_rows()
    return tally


def foretell(*, actor: Actor, reader: CaseReader, path: Path, surveyed: Survey, advance: Advance) -> Tally:
    """The figures with which ``write`` would end now, and nothing is written."""
    tally = Tally()
    accepted = (verdict for verdict in reader.verdicts(path) if isinstance(verdict, Accepted))
    for batch in in_batches(accepted, BATCH):
        marked = [with_doubt(row, surveyed.points) for row in batch]
        seen = foresee_import(actor=actor, source=reader.mapping.spec.source, rows=[row.case for row in marked])
        tally.imported += seen.imported
        tally.existing += seen.existing
        tally.add(marked, seen.area_ids, seen.qualities)
        advance(len(marked))
    return tally


class _Bodies:
    """The organisations that the file names, registered at the city where they are not there yet."""

    def __init__(self, actor: Actor, reader: CaseReader, now: datetime) -> None:
        self._actor, self._spec, self._now = actor, reader.mapping.spec, now
        self._ids: dict[str, int] = {}

    def named(self, row: Accepted) -> Accepted:
        """The row with the id of its organisation."""
        if not row.organisation:
            return row
        if row.organisation not in self._ids:
            self._ids[row.organisation] = self._register(row.organisation)
        return replace(row, case=replace(row.case, organisation_id=self._ids[row.organisation]))

    def _register(self, name: str) -> int:
        code = f"{self._spec.source}:{name}"
        if len(code) > _CODE_LENGTH:
            code = f"{code[: _CODE_LENGTH - 9]}~{hashlib.sha256(code.encode()).hexdigest()[:8]}"
        there = organisations.organisation_by_code(code)
        if there is not None:
            return there.id
        city = areas.root()
        if city is None:
            raise InvalidInput("no_areas", "this city has no areas yet; import them first", field="file")
        lookup = self._spec.organisations
        made = register_organisation(
            actor=self._actor,
            code=code,
            name=name[:120],
            kind=lookup.map.get(name, lookup.default or OTHER_KIND),
            area_id=city.id,
            now=self._now,
        )
        return made.id


def figures(surveyed: Survey, tally: Tally, *, seconds: float) -> dict[str, Any]:
    """What ``--json`` ends with. Shares are of all accepted rows (agreement: a row that names no area does not agree),
    and None where there is nothing to share.
    """

    def share(part: int, whole: int) -> float | None:
        return round(part / whole, 4) if whole else None

    accepted = surveyed.rows - surveyed.rejected
    return {
        "rows": surveyed.rows,
        "imported": tally.imported,
        "existing": tally.existing,
        "rejected": surveyed.rejected,
        "doubtful_location": tally.doubtful,
        "unlocated": tally.unlocated,
        "located_share": share(tally.point_in_area, accepted),
        "area_compared": tally.compared,
        "area_agreed": tally.agreed,
        "area_agreement": share(tally.agreed, accepted) if tally.compared else None,
        "area_agreement_without_doubtful": share(tally.trusted_agreed, accepted - tally.doubtful)
        if tally.compared
        else None,
        "default_points": [
            {"lon": point.lon, "lat": point.lat, "rows": point.rows, "addresses": point.addresses}
            for point in surveyed.found
        ],
        "reasons": surveyed.reasons,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(time.process_time(), 1),
    }


def stopwatch() -> Callable[[], float]:
    """Seconds since this call, each time the result is called."""
    begun = time.perf_counter()
    return lambda: time.perf_counter() - begun
