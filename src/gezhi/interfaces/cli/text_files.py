"""What the ``gezhi text`` commands share: rows of a table as words, with the column at fault named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from gezhi.interfaces.imports.source import Record, read_records
from gezhi.kernel.batches import in_batches
from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.text import segment, split

BATCH = 5_000


def records_of(path: Path, columns: tuple[str, ...]) -> Iterator[Record]:
    """The records of a file, read as they are asked for; raises ``InvalidInput`` for a column that is not there and for a
    file without records."""
    number = 0
    for number, (_, record) in enumerate(read_records(path), start=1):
        if number == 1:
            for column in columns:
                if column not in record:
                    there = ", ".join(record)
                    raise InvalidInput("text.no_column", f"has no column '{column}'; it has {there}", field=str(path))
        yield record
    if not number:
        raise InvalidInput("text.no_rows", "has no rows", field=str(path))


def rows_of(path: Path, columns: tuple[str, ...], *, most: int) -> list[Record]:
    """All records of a file of at most ``most``; more would not fit into one machine's memory and patience."""
    rows = list(islice(records_of(path, columns), most + 1))
    if len(rows) > most:
        raise InvalidInput("text.too_many", f"has more than {most} rows: give a part of them", field=str(path))
    return rows


def batches_of(path: Path, columns: tuple[str, ...]) -> Iterator[list[Record]]:
    """All records of a file, some at a time, so that a file of any length can be worked through."""
    return in_batches(records_of(path, columns), BATCH)


def words_of(rows: list[Record], columns: tuple[str, ...], *, segmented: bool) -> list[list[str]]:
    """The words of each row: its columns one after another, segmented already or by jieba."""
    cut = split if segmented else segment
    return [cut(" ".join(row.get(column, "") for column in columns)) for row in rows]


def text_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``--text``."""
    return click.option(
        "--text",
        "columns",
        required=True,
        multiple=True,
        help="Column with the text. May be given again, the title first: what stands first counts more.",
    )(function)


def segmented_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``--segmented``."""
    return click.option(
        "--segmented", is_flag=True, help="The text is cut into words by blanks already; otherwise jieba cuts it."
    )(function)


def file_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """The argument FILE."""
    return click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))(function)


def model_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """The argument MODEL."""
    return click.argument("model", metavar="MODEL", type=click.Path(dir_okay=False, path_type=Path))(function)
