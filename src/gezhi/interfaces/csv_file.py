"""CSV as spreadsheets read it: UTF-8 with a mark, and no cell that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

# A cell that begins with one of these is worked out when it is opened, and may send what stands beside it away.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
CSV_TYPE = "text/csv; charset=utf-8"


def plain_cell(value: object) -> str:
    """A value as a cell that is text and nothing else. Numbers stay numbers, negative ones too."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


@contextmanager
def csv_file(path: Path, *, head: Iterable[object]) -> Iterator[Callable[[Iterable[object]], object]]:
    """A new CSV file with a first row; the yielded function writes one row."""
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)

        def write(cells: Iterable[object]) -> object:
            return writer.writerow([plain_cell(cell) for cell in cells])

        write(head)
        yield write
