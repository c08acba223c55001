"""The mapping of a foreign file's columns, read from TOML and checked before a row is touched.

docs/reference/case-mapping.md describes every key; the mappings that ship are examples of it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from gezhi.interfaces.misfits import misfit
from gezhi.kernel.datum import Datum
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import Filled, filled

# How the reader of TOML says where something is wrong.
_LINE = re.compile(r"(?P<reason>.+) \(at line (?P<line>\d+), column (?P<column>\d+)\)", re.DOTALL)
_SHIPPED = files("gezhi.interfaces.imports") / "mappings"


class Columns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which column holds what; several columns for one text are joined in order."""

    id: str
    reported_at: str
    description: str | tuple[str, ...]
    case_class: str = msgspec.field(name="class")
    longitude: str
    latitude: str
    address: str | tuple[str, ...] = ""
    closed_at: str = ""
    due_at: str = ""
    status: str = ""
    closing_note: str | tuple[str, ...] = ""
    organisation: str = ""
    channel: str = ""
    area: str = ""


class Formats(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``time``: patterns as of strptime, tried in order; ``iso`` stands for ISO 8601."""

    time: tuple[str, ...] = ("iso",)


class Status(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which values of the status column say that a case is closed. Without it a closing time says so."""

    closed: tuple[str, ...] = ()


class Lookup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value of the file → our value; ``default`` for the rest, where one is given."""

    default: str = ""
    map: dict[str, str] = {}


class Location(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``default_points``: pairs lon, lat (in the file's datum) known to mean 'unknown'; ``detect`` looks for more."""

    default_points: tuple[tuple[float, float], ...] = ()
    detect: bool = True


class CaseMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the import needs to know about a file."""

    source: str
    columns: Columns
    time_zone: str = "Asia/Shanghai"
    datum: Datum = Datum.WGS84
    encoding: str = "utf-8"
    formats: Formats = Formats()
    status: Status = Status()
    classes: Lookup = Lookup()
    organisations: Lookup = Lookup()
    channels: Lookup = Lookup()
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class LoadedMapping:
    """A mapping with what was worked out of it."""

    spec: CaseMapping
    zone: ZoneInfo


def shipped_mappings() -> list[str]:
    """Names of the mappings that come with the program."""
    return sorted(item.name.removesuffix(".toml") for item in _SHIPPED.iterdir() if item.name.endswith(".toml"))


def load_mapping(name: str, *, shown: str = "") -> LoadedMapping:
    """The mapping in a TOML file, or a shipped one by its name (``boston``). ``shown``: what errors call it.

    Raises ``InvalidInput`` (``mapping_missing``, ``mapping_bad``) naming the key at fault.
    """
    path, called = Path(name), shown or name
    try:
        if path.suffix == ".toml" or path.is_file():
            text = path.read_text("utf-8")
        elif name in shipped_mappings():
            text = (_SHIPPED / f"{name}.toml").read_text("utf-8")
        else:
            shipped = ", ".join(shipped_mappings())
            said = filled(
                "no mapping '%(name)s': give a .toml file, or one of %(shipped)s", name=called, shipped=shipped
            )
            raise InvalidInput("mapping_missing", said)
        spec = msgspec.convert(tomllib.loads(text), CaseMapping)
        zone = ZoneInfo(spec.time_zone)
    except OSError as error:
        said = filled("%(file)s: %(reason)s", file=called, reason=error.strerror)
        raise InvalidInput("mapping_missing", said, field="mapping") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput("mapping_bad", _fault(called, error), field="mapping") from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        said = filled("%(file)s: no time zone '%(zone)s'", file=called, zone=spec.time_zone)
        raise InvalidInput("mapping_bad", said, field="time_zone") from error
    if not 0 < len(spec.source) <= 40:
        said = filled("%(file)s: 'source' has 1 to 40 characters", file=called)
        raise InvalidInput("mapping_bad", said, field="source")
    return LoadedMapping(spec, zone)


def _fault(name: str, error: Exception) -> Filled:
    """What is wrong with a mapping, and where: a line of the file or a key."""
    text = str(error)
    if isinstance(error, msgspec.ValidationError):
        return filled("%(file)s: %(fault)s", file=name, fault=misfit(text))
    if found := _LINE.fullmatch(text):
        return filled(
            "%(file)s: %(reason)s (at line %(line)s, column %(column)s)",
            file=name,
            reason=found["reason"],
            line=found["line"],
            column=found["column"],
        )
    return filled("%(file)s: %(reason)s", file=name, reason=text)


def check_header(spec: CaseMapping, header: MappingOf[str, Any]) -> None:
    """Raises ``InvalidInput`` (``column_missing``) if a mapped column is not in the file."""
    wanted: list[str] = []
    for name in Columns.__struct_fields__:
        value = getattr(spec.columns, name)
        wanted += [value] if isinstance(value, str) else list(value)
    missing = [name for name in wanted if name and name not in header]
    if missing:
        there = ", ".join(list(header)[:40])
        raise InvalidInput(
            "column_missing",
            filled(
                "the file has no column %(missing)s; it has %(there)s",
                missing=", ".join(missing),
                there=there,
            ),
            field="file",
        )
