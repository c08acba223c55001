"""The rows of a file that were not taken in, one by one, as a table for whoever mends the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gezhi.interfaces.csv_file import csv_file
from gezhi.interfaces.imports.case_rows import Rejected
from gezhi.interfaces.imports.source import readable
from gezhi.kernel.filled import Filled, filled


@contextmanager
def rejects_file(
    path: Path, *, whose: Filled, say: Callable[[Filled], str] = str
) -> Iterator[Callable[[Rejected], None]]:
    """A CSV of rejected rows, which is removed if there are none; the yielded function writes one.

    ``whose``: what the second column holds; ``say`` puts words into the language of the table's reader.
    """
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    head = (filled("row"), whose, filled("column"), filled("reason"), filled("value"))
    try:
        with csv_file(path, head=[say(name) for name in head]) as write:

            def reject(one: Rejected) -> None:
                nonlocal count
                count += 1
                write([one.row, *map(readable, (one.external_id, one.column, say(one.reason), one.value))])

            yield reject
    finally:
        if not count:
            path.unlink(missing_ok=True)
