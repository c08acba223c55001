"""Workbooks as they are written: row by row, in bounded memory, and no cell that a spreadsheet would work out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

_LONGEST_CELL = 32_767
_LONGEST_NAME = 31
# The number of A4 in a workbook: ECMA-376, 18.3.1.63.
_A4 = 9


@contextmanager
def xlsx_file(
    target: IO[bytes], *, name: str, widths: Sequence[int], landscape: bool = False
) -> Iterator[Callable[..., None]]:
    """A workbook of one sheet, for A4. The yielded function writes one row; ``bold`` makes it a heading. ``widths``: of the
    columns, in characters."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(sign for sign in name if sign not in "[]:*?/\\")[:_LONGEST_NAME])
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = _fitted()

    def write(cells: Iterable[object], *, bold: bool = False) -> None:
        sheet.append([_cell(sheet, value, bold=bold) for value in cells])

    yield write
    book.save(target)


def _fitted() -> Any:
    from openpyxl.worksheet.properties import PageSetupProperties

    return PageSetupProperties(fitToPage=True)


def _cell(sheet: Any, value: object, *, bold: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font

    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return WriteOnlyCell(sheet, value=value)
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", str(value))[:_LONGEST_CELL])
    # A text is a text, whatever it begins with.
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell
