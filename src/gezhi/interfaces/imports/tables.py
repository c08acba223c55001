"""Read a city's own class table or duty table from CSV, and name every bad row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from gezhi.contexts.areas.queries import root
from gezhi.contexts.cases.domain.class_table import ClassRow, conditions_of
from gezhi.contexts.cases.domain.duty_table import DutyRow, faults_of_duties
from gezhi.contexts.escalation.domain.rules import RuleRow
from gezhi.interfaces.imports.class_book import read_book
from gezhi.interfaces.imports.duty_book import Known, duty_of, read_duty_book
from gezhi.interfaces.imports.escalation_book import Known as RuleKnown
from gezhi.interfaces.imports.escalation_book import read_rule_book, rule_of
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.time_limits import table_limit

T = TypeVar("T")
CLASS_COLUMNS = ("code", "name", "name_en", "extension", "limits")
RULE_COLUMNS = ("stage", "moment", "told")
DUTY_COLUMNS = ("class_prefix", "dispatch_limit", "check_limit")
_MOST_SHOWN = 20


def text_of(path: Path) -> str:
    """The text of a file. Raises ``InvalidInput`` (``not_utf8``)."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("not_utf8", f"{path.name} is not UTF-8: save it as 'CSV UTF-8'", field="FILE") from error


def _read(path: Path, needed: tuple[str, ...], parse: Callable[[dict[str, str]], T]) -> list[T]:
    """Every row parsed, or ``InvalidInput`` with all that is wrong: row number, reason."""
    reader = csv.DictReader(text_of(path).splitlines())
    missing = [name for name in needed if name not in (reader.fieldnames or [])]
    if missing:
        raise InvalidInput("column_missing", f"{path.name} has no column {', '.join(missing)}", field="FILE")
    rows, faults = [], []
    for number, row in enumerate(reader, start=2):
        try:
            rows.append(parse({name: (value or "").strip() for name, value in row.items() if name is not None}))
        except ValueError as error:
            faults.append(f"row {number}: {error}")
    _refuse(faults)
    return rows


def _refuse(faults: Sequence[str]) -> None:
    """Raises ``InvalidInput`` that names what is wrong, where anything is."""
    if faults:
        more = f" … and {len(faults) - _MOST_SHOWN} more" if len(faults) > _MOST_SHOWN else ""
        raise InvalidInput("bad_rows", "; ".join(faults[:_MOST_SHOWN]) + more, field="FILE")


def _limits(text: str, name: str) -> str:
    for limit in text.split():
        try:
            table_limit(limit)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
    return text


def read_classes(path: Path) -> list[ClassRow]:
    """A class table: a workbook (``class_book``), or a CSV with code, name, name_en, extension (0 or 1), limits (one per filing
    condition, blanks between), and public (1: reporters are told when something of the class is open close by; 0 or left
    out: nobody is), and fallback (1 in one row: what a report gets when nobody could say what it is).

    Raises ``InvalidInput`` naming every bad row; nothing is half-read.
    """

    if path.suffix.lower() == ".xlsx":
        book = read_book(path)
        _refuse([str(fault) for fault in book.faults])
        return book.rows

    def parse(row: dict[str, str]) -> ClassRow:
        if not row["code"] or len(row["code"]) > 12:
            raise ValueError(f"code '{row['code']}' has not 1 to 12 characters")
        if not row["name"]:
            raise ValueError(f"class {row['code']} has no name")
        if row["extension"] not in {"0", "1"}:
            raise ValueError(f"extension is 0 or 1, not '{row['extension']}'")
        if row.get("public", "") not in {"", "0", "1"}:
            raise ValueError(f"public is 0 or 1, not '{row['public']}'")
        if row.get("fallback", "") not in {"", "0", "1"}:
            raise ValueError(f"fallback is 0 or 1, not '{row['fallback']}'")
        limits = _limits(row["limits"], "limits")
        return ClassRow(
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"] or row["name"],
            is_extension=row["extension"] == "1",
            conditions=conditions_of(limits),
            is_public=row.get("public") == "1",
            is_fallback=row.get("fallback") == "1",
        )

    return _read(path, CLASS_COLUMNS, parse)


def read_duties(path: Path) -> list[DutyRow]:
    """A duty table: a workbook (``duty_book``), or a CSV with class_prefix, dispatch_limit, check_limit, and either organisation (a
    code) or organisation_kind and organisation_level; condition (an ordinal), area (a code), handle_limit and note if wished.

    Raises ``InvalidInput`` naming every bad row.
    """

    if path.suffix.lower() == ".xlsx":
        book = read_duty_book(path)
        _refuse([str(fault) for fault in book.faults])
        return book.rows

    known = Known()

    def parse(row: dict[str, str]) -> DutyRow:
        duty, faults = duty_of(row, known)
        if faults:
            raise ValueError("; ".join(str(said) for _field, said in faults))
        for name in ("dispatch_limit", "check_limit", "handle_limit"):
            _limits(row.get(name, ""), name)
        return duty

    rows = _read(path, DUTY_COLUMNS, parse)
    numbers = [place + 2 for place in range(len(rows))]
    city = root()
    faults = faults_of_duties(rows, city_id=None if city is None else city.id, numbers=numbers)
    _refuse([str(one.said) if one.place is None else f"row {numbers[one.place]}: {one.said}" for one in faults])
    return rows


def read_rules(path: Path) -> list[RuleRow]:
    """Rules of reminding from a workbook, or from a CSV with the columns of one. Raises ``InvalidInput`` naming every bad row."""
    if path.suffix.lower() == ".xlsx":
        book = read_rule_book(path)
        _refuse([str(fault) for fault in book.faults])
        return book.rows
    known = RuleKnown()

    def parse(line: dict[str, str]) -> RuleRow:
        row, faults = rule_of(line, known)
        if faults:
            raise ValueError("; ".join(str(said) for _field, said in faults))
        return row

    return _read(path, RULE_COLUMNS, parse)
