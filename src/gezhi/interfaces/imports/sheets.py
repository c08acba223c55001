"""Tables that a city edits as workbooks: sheets whose columns are found by their headings, and faults told by sheet and cell.

A heading is a Chinese word and the field's name (``代码 code``) and is found by either, so that a clerk may reword and move
columns; what stands on other sheets, or under other headings, is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gezhi.interfaces.imports.workbook import MOST_OF_TABLE, opened_workbook
from gezhi.kernel.filled import Filled, filled

# A table that a city edits has some hundred rows, at most thousands; a sheet that is a hundred times longer is another file.
MOST_ROWS = 20_000

Line = tuple[dict[str, str], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name in Chinese and English, and its columns, field → heading. ``needed``: those it cannot be without."""

    name: str
    columns: dict[str, str]
    needed: tuple[str, ...]

    def heading(self, field: str) -> str:
        """The heading of a field as it is written: ``代码 code``."""
        return f"{self.columns[field]} {field}"


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong in a workbook: the sheet by its name, the cell (``D5``; empty where a whole sheet is meant), in words."""

    sheet: str
    cell: str
    said: Filled

    def __str__(self) -> str:
        return f"{self.sheet}{'!' if self.cell else ''}{self.cell}: {self.said}"


class Book:
    """The sheets of a workbook, read whole. Raises ``InvalidInput`` where the file is no workbook at all."""

    def __init__(self, path: Path) -> None:
        # Only what the file may spoil stands under its care: a fault of what follows is one of ours.
        with opened_workbook(path, most_of_sheet=MOST_OF_TABLE) as book:
            self._sheets = [
                (one.title, list(islice(one.iter_rows(values_only=True), MOST_ROWS + 1))) for one in book.worksheets
            ]

    def lines(self, sheet: Sheet, faults: list[CellFault], *, needed: bool = True) -> Iterator[Line]:
        """Each row of a sheet that holds something: the cell of each field, and its text. What is wrong with the sheet is added to
        ``faults``; that there is none, where it is ``needed``."""
        from openpyxl.utils import get_column_letter

        field_name = sheet.name.rsplit(" ", 1)[1]
        title, rows = next((one for one in self._sheets if _names(one[0], field_name)), ("", None))
        if rows is None:
            if needed:
                said = filled("the workbook has no sheet '%(name)s'", name=sheet.name)
                faults.append(CellFault(sheet.name, "", said))
            return
        head, *lines = rows or [()]
        places = _places(sheet, head)
        missing = [field for field in sheet.needed if field not in places]
        if missing:
            said = filled("the sheet has no column %(columns)s", columns=", ".join(map(sheet.heading, missing)))
            faults.append(CellFault(title, "", said))
            return
        for place in _repeated(sheet, head):
            cell = f"{get_column_letter(place + 1)}1"
            faults.append(
                CellFault(title, cell, filled("this heading stands twice: '%(text)s'", text=_text(head[place])[:40]))
            )
        for number, values in enumerate(lines, start=2):
            if number > MOST_ROWS:
                said = filled("the sheet has more than %(most)s rows", most=MOST_ROWS)
                faults.append(CellFault(title, f"A{number}", said))
                return
            texts = {field: _text(values[place]) if place < len(values) else "" for field, place in places.items()}
            if any(texts.values()):
                yield {field: f"{get_column_letter(place + 1)}{number}" for field, place in places.items()}, texts


def write_sheets(path: Path, bodies: Iterable[tuple[Sheet, Iterable[Sequence[object]]]]) -> None:
    """Write a workbook of these sheets, each with the values of its rows in the order of its columns."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet, lines in bodies:
        made = book.create_sheet(sheet.name)
        made.append([sheet.heading(field) for field in sheet.columns])
        for cell in made[1]:
            cell.font = Font(bold=True)
        made.freeze_panes = "A2"
        for line in lines:
            # A text is a text, whatever it begins with.
            made.append([value if isinstance(value, int) else f"{value}" for value in line])
            for cell in made[made.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
        for column in made.columns:
            width = max(len(str(cell.value or "")) for cell in column)
            made.column_dimensions[column[0].column_letter].width = min(60, 4 + 1.6 * width)
    book.save(path)


def _names(title: str, field: str) -> bool:
    return title.strip().lower().split(" ")[-1] == field


def _places(sheet: Sheet, heads: Sequence[object]) -> dict[str, int]:
    """Field → its column; of one that stands twice the first."""
    found: dict[str, int] = {}
    for place, field in _fields(sheet, heads):
        found.setdefault(field, place)
    return found


def _repeated(sheet: Sheet, heads: Sequence[object]) -> list[int]:
    """The columns whose heading stood before them already."""
    first = _places(sheet, heads)
    return [place for place, field in _fields(sheet, heads) if first[field] != place]


def _fields(sheet: Sheet, heads: Sequence[object]) -> Iterator[tuple[int, str]]:
    """The columns of a sheet's fields, by the last word of their heading, or by the Chinese one alone."""
    fields = {word: field for field, word in sheet.columns.items()} | {field: field for field in sheet.columns}
    for place, head in enumerate(heads):
        field = fields.get((_text(head).lower().split() or [""])[-1])
        if field is not None:
            yield place, field


def _text(value: object) -> str:
    """A cell as a person reads it: a number that a spreadsheet made of a code has no decimals."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
