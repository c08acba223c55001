"""One verdict per record of a foreign file: a case to import, or the reason why not."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from gezhi.contexts.cases.domain.report import MAX_ADDRESS, MAX_DESCRIPTION
from gezhi.contexts.cases.domain.states import Channel
from gezhi.contexts.cases.use_cases.import_cases import ImportedCase
from gezhi.interfaces.imports.mapping import LoadedMapping, check_header
from gezhi.interfaces.imports.source import Record, read_records, unstorable
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import Filled, filled

MAX_EXTERNAL_ID = 80
MAX_NOTE = 2_000
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_SEPARATOR = " · "


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not imported: where it stands, which column is at fault, why, and the value found there."""

    row: int
    external_id: str
    column: str
    reason: Filled
    value: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row that can be imported. ``own_area`` is the area that the file itself names, ``organisation`` its body."""

    row: int
    case: ImportedCase
    own_area: str
    organisation: str


class _Bad(Exception):
    def __init__(self, column: str, reason: Filled, value: str) -> None:
        super().__init__(str(reason))
        self.column, self.reason, self.value = column, reason, value


@dataclass
class CaseReader:
    """Reads one file with one mapping. ``classes`` are the codes that a case may have."""

    mapping: LoadedMapping
    classes: Collection[str]
    _parse_time: list[Callable[[str], datetime]] = field(init=False)

    def __post_init__(self) -> None:
        self._parse_time = [_time_parser(pattern) for pattern in self.mapping.spec.formats.time]
        lookup = self.mapping.spec.classes
        unknown = sorted({code for code in (lookup.default, *lookup.map.values()) if code} - set(self.classes))
        if unknown:
            said = filled("the mapping names classes that are not in force: %(classes)s", classes=", ".join(unknown))
            raise InvalidInput("unknown_class", said, field="classes")
        channels = self.mapping.spec.channels
        bad = sorted({name for name in (channels.default, *channels.map.values()) if name} - {c.value for c in Channel})
        if bad:
            said = filled("the mapping names channels that do not exist: %(channels)s", channels=", ".join(bad))
            raise InvalidInput("unknown_channel", said)

    def verdicts(self, path: Path) -> Iterator[Accepted | Rejected]:
        """One per record, in the file's order. Raises ``InvalidInput`` where the file as a whole cannot be used."""
        spec = self.mapping.spec
        tabular = ".json" not in "".join(path.suffixes).lower() and ".ndjson" not in path.name.lower()
        seen: dict[str, int] = {}
        for row, record in read_records(path, encoding=spec.encoding):
            if tabular and row == 2:
                check_header(spec, record)
            external_id = record.get(spec.columns.id, "")
            try:
                if external_id in seen:
                    said = filled("the same id stands in row %(row)s", row=seen[external_id])
                    raise _Bad(spec.columns.id, said, external_id)
                accepted = self._accept(row, record, external_id)
            except _Bad as bad:
                yield Rejected(row, external_id, bad.column, bad.reason, bad.value[:200])
                continue
            seen[external_id] = row
            yield accepted

    def _accept(self, row: int, record: Record, external_id: str) -> Accepted:
        spec = self.mapping.spec
        columns = spec.columns
        if not external_id:
            raise _Bad(columns.id, filled("no id"), "")
        if len(external_id) > MAX_EXTERNAL_ID:
            said = filled("an id has at most %(most)s characters", most=MAX_EXTERNAL_ID)
            raise _Bad(columns.id, said, external_id)
        # Of the row at once: a file has tens of columns, and hardly ever such a value. Joined by a sign, since two halves of one
        # character in neighbouring columns are still halves.
        if unstorable("\n".join(record.values())) is not None:
            for name, value in record.items():
                if (reason := unstorable(value)) is not None:
                    raise _Bad(name, reason, value.replace("\0", "␀"))
        reported_at = self._time(record, columns.reported_at)
        if reported_at is None:
            raise _Bad(columns.reported_at, filled("no reporting time"), "")
        if reported_at < _EARLIEST:
            raise _Bad(columns.reported_at, filled("before 1970"), record[columns.reported_at])
        closed_at = self._closed_at(record, reported_at)
        kind = record.get(columns.case_class, "")
        description = _joined(record, columns.description) or kind
        if not description:
            raise _Bad(_first(columns.description), filled("no description"), "")
        lon, lat = self._position(record)
        case = ImportedCase(
            external_id=external_id,
            class_code=self._class(kind),
            description=description[:MAX_DESCRIPTION],
            reported_at=reported_at,
            address=_joined(record, columns.address)[:MAX_ADDRESS],
            closed_at=closed_at,
            due_at=self._time(record, columns.due_at),
            closing_note=_joined(record, columns.closing_note)[:MAX_NOTE],
            lon=lon,
            lat=lat,
            datum=spec.datum,
            channel=Channel(self._channel(record)),
        )
        return Accepted(row, case, record.get(columns.area, ""), record.get(columns.organisation, ""))

    def _time(self, record: Record, column: str) -> datetime | None:
        text = record.get(column, "") if column else ""
        if not text:
            return None
        for parse in self._parse_time:
            try:
                moment = parse(text)
            except ValueError:
                continue
            aware = moment if moment.tzinfo else moment.replace(tzinfo=self.mapping.zone)
            return aware.astimezone(UTC)
        forms = self.mapping.spec.formats.time
        said = filled("not a time of the form %(form)s", form=" / ".join(forms))
        raise _Bad(column, said, text)

    def _closed_at(self, record: Record, reported_at: datetime) -> datetime | None:
        spec = self.mapping.spec
        column = spec.columns.closed_at
        moment = self._time(record, column)
        if spec.columns.status:
            status = record.get(spec.columns.status, "")
            if status not in spec.status.closed:
                return None
            if moment is None:
                said = filled("'%(status)s' without a closing time", status=status)
                raise _Bad(column or spec.columns.status, said, "")
        if moment is not None and moment < reported_at:
            raise _Bad(column, filled("closed before it was reported"), record[column])
        return moment

    def _class(self, kind: str) -> str:
        lookup = self.mapping.spec.classes
        code = lookup.map.get(kind, lookup.default)
        if not code:
            said = filled("no class in [classes.map], and no default")
            raise _Bad(self.mapping.spec.columns.case_class, said, kind)
        return code

    def _channel(self, record: Record) -> str:
        lookup = self.mapping.spec.channels
        return lookup.map.get(record.get(self.mapping.spec.columns.channel, ""), lookup.default or Channel.IMPORT.value)

    def _position(self, record: Record) -> tuple[float | None, float | None]:
        found: list[float | None] = []
        for column in (self.mapping.spec.columns.longitude, self.mapping.spec.columns.latitude):
            text = record.get(column, "")
            try:
                number = float(text) if text else None
            except ValueError as error:
                raise _Bad(column, filled("not a number of degrees"), text) from error
            if number is not None and not math.isfinite(number):
                raise _Bad(column, filled("not a number of degrees"), text)
            found.append(number)
        lon, lat = found
        if (lon is None) != (lat is None):
            column = self.mapping.spec.columns.longitude if lon is None else self.mapping.spec.columns.latitude
            raise _Bad(column, filled("half a position"), "")
        return lon, lat


def with_doubt(accepted: Accepted, points: Collection[tuple[float, float]]) -> Accepted:
    """The row, marked if its position is one of the default points (lon, lat as in the file)."""
    case = accepted.case
    if case.lon is None or case.lat is None or (case.lon, case.lat) not in points:
        return accepted
    return replace(accepted, case=replace(case, on_default_point=True))


def _time_parser(pattern: str) -> Callable[[str], datetime]:
    if pattern == "iso":
        return datetime.fromisoformat
    return lambda text: datetime.strptime(text, pattern)  # noqa: DTZ007 - the mapping's zone is added by the caller


def _first(columns: str | tuple[str, ...]) -> str:
    return columns if isinstance(columns, str) else next(iter(columns), "")


def _joined(record: Record, columns: str | tuple[str, ...]) -> str:
    if isinstance(columns, str):
        return record.get(columns, "") if columns else ""
    return _SEPARATOR.join(text for column in columns if (text := record.get(column, "")))
