"""Stream the records of CSV, XLSX, JSON and JSON-lines files, plain or gzipped, as dictionaries of texts.

The number of a record is the row that a person sees in a spreadsheet: 1 is the header, 2 the first record.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from gezhi.interfaces.imports.workbook import workbook_rows
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import Filled, filled

Record = dict[str, str]
FIRST_ROW = 2
KINDS = (".csv", ".tsv", ".xlsx", ".jsonl", ".ndjson", ".json")
# A field of a megabyte is no description; it is a file whose quotes do not close.
_LONGEST_FIELD = 1_000_000
# A record longer than this is no record: a packed file of a megabyte may hold one line of gigabytes.
_LONGEST_RECORD = 4_000_000
# A file of records becomes a tenth of its size when it is packed, seldom a fiftieth. What becomes far larger than that was made
# to keep somebody busy.
_UNPACKED_TIMES, _UNPACKED_LEAST = 100, 64 * 2**20
# A JSON array has to be read as a whole, and takes many times its length in memory.
_LARGEST_JSON = 64 * 2**20


def unstorable(text: str) -> Filled | None:
    """Why a text can stand in no database; None where it can."""
    if "\0" in text:
        return filled("holds a NUL character")
    return None if text == readable(text) else filled("holds half a character (a lone surrogate)")


def readable(text: str) -> str:
    """A text that every file and terminal takes: halves of characters, which JSON may hold, by their numbers."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def read_records(path: Path, *, encoding: str = "utf-8") -> Iterator[tuple[int, Record]]:
    """Yield (row number, column → text). Missing values are empty texts; values are stripped.

    Raises ``InvalidInput`` (``file_missing``, ``file_kind``, ``file_unreadable``, ``no_header``) with the place.
    """
    if not path.is_file():
        raise InvalidInput("file_missing", filled("there is no file %(file)s", file=str(path)), field="file")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = bool(suffixes) and suffixes[-1] == ".gz"
    kind = suffixes[-2 if packed else -1] if len(suffixes) > packed else ""
    if kind not in KINDS or (packed and kind == ".xlsx"):
        raise InvalidInput(
            "file_kind",
            filled("%(file)s: expected %(kinds)s, or one of them as .gz", file=path.name, kinds=", ".join(KINDS)),
            field="file",
        )
    try:
        if kind == ".xlsx":
            yield from _xlsx(path)
        else:
            with _text(path, packed=packed, encoding=encoding) as handle:
                if kind in {".csv", ".tsv"}:
                    yield from _csv(handle, delimiter="\t" if kind == ".tsv" else ",")
                else:
                    yield from _json(handle, lines=kind != ".json")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "not_utf8",
            filled("%(file)s is not %(encoding)s: save it as 'CSV UTF-8'", file=path.name, encoding=encoding),
            field="file",
        ) from error
    except json.JSONDecodeError as error:
        said = filled(
            "%(file)s is no valid JSON from line %(line)s, column %(column)s on",
            file=path.name,
            line=error.lineno,
            column=error.colno,
        )
        raise InvalidInput("file_unreadable", said, field="file") from error
    except (
        OSError,
        EOFError,
        csv.Error,
        KeyError,
        RecursionError,
        # A number of thousands of digits.
        ValueError,
        zlib.error,
    ) as error:
        said = filled("%(file)s: %(reason)s", file=path.name, reason=str(error))
        raise InvalidInput("file_unreadable", said, field="file") from error


@contextmanager
def _text(path: Path, *, packed: bool, encoding: str) -> Iterator[TextIO]:
    # A byte-order mark is what spreadsheets write before UTF-8; it must not become part of the first column's name.
    codec = "utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding
    with path.open("rb") as raw:
        binary: Any = _Unpacked(raw, _most_unpacked(path)) if packed else raw
        with io.TextIOWrapper(binary, encoding=codec, newline="") as handle:
            yield handle


def _most_unpacked(path: Path) -> int:
    """How many bytes a packed file may have when it is unpacked."""
    return max(_UNPACKED_LEAST, _UNPACKED_TIMES * path.stat().st_size)


class _Unpacked(gzip.GzipFile):
    """A packed file, refused once more than ``most`` bytes have come out of it."""

    def __init__(self, raw: BinaryIO, most: int) -> None:
        super().__init__(fileobj=raw)
        self._room = most

    def read1(self, size: int | None = -1) -> bytes:
        """As of any binary file. Raises ``InvalidInput``."""
        part = super().read1(size if size is not None else -1)
        self._room -= len(part)
        if self._room < 0:
            raise InvalidInput(
                "file_too_large", "unpacked the file is far larger than any list: unpack it first", field="file"
            )
        return part


class _Lines:
    """The lines of a file. ``begin`` says that a record begins: it may have lines, but not without end."""

    def __init__(self, handle: TextIO) -> None:
        self._handle, self._signs, self._number = handle, 0, 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._handle.readline(_LONGEST_RECORD + 1)
        if not line:
            raise StopIteration
        self._number += 1
        self._signs += len(line)
        if self._signs > _LONGEST_RECORD:
            said = filled("the record at line %(line)s does not end", line=self._number)
            raise InvalidInput("file_unreadable", said, field="file")
        return line

    def begin(self) -> None:
        self._signs = 0


def _csv(handle: TextIO, *, delimiter: str) -> Iterator[tuple[int, Record]]:
    csv.field_size_limit(_LONGEST_FIELD)
    lines = _Lines(handle)
    reader = csv.reader(lines, delimiter=delimiter)
    header = [name.strip() for name in next(reader, [])]
    if not any(header):
        raise InvalidInput("no_header", "the first row names no columns", field="file")
    lines.begin()
    for number, values in enumerate(reader, start=FIRST_ROW):
        lines.begin()
        if values:
            padded = values + [""] * (len(header) - len(values))
            yield number, {name: value.strip() for name, value in zip(header, padded, strict=False)}


def _xlsx(path: Path) -> Iterator[tuple[int, Record]]:
    rows = workbook_rows(path)
    header = [_as_text(value) for value in next(rows, ())]
    if not any(header):
        raise InvalidInput("no_header", "the first row names no columns", field="file")
    for number, values in enumerate(rows, start=FIRST_ROW):
        if any(value is not None for value in values):
            if sum(len(value) for value in values if isinstance(value, str)) > _LONGEST_FIELD:
                raise InvalidInput(
                    "file_unreadable", filled("row %(number)s is far too long", number=number), field="file"
                )
            yield number, {name: _as_text(value) for name, value in zip(header, values, strict=False)}


def _json(handle: TextIO, *, lines: bool) -> Iterator[tuple[int, Record]]:
    if lines:
        records: Any = _of_lines(handle)
    else:
        text = handle.read(_LARGEST_JSON + 1)
        if len(text) > _LARGEST_JSON:
            raise InvalidInput("file_too_large", "a JSON array over 64 MB: make it JSON lines", field="file")
        records = json.loads(text)
        if not isinstance(records, list):
            raise InvalidInput("file_unreadable", "expected a JSON array of objects", field="file")
    for number, record in enumerate(records, start=FIRST_ROW):
        if not isinstance(record, dict):
            said = filled("record %(number)s is no object", number=number)
            raise InvalidInput("file_unreadable", said, field="file")
        yield number, {readable(str(name)): _as_text(value) for name, value in record.items()}


def _of_lines(handle: TextIO) -> Iterator[Any]:
    lines = _Lines(handle)
    for line in lines:
        lines.begin()
        if line.strip():
            yield json.loads(line)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # spreadsheets keep every number as a float: 1002 must not become 1002.0
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip()
