"""The rows of a spreadsheet's first sheet (.xlsx). Nothing in the file is trusted.

It is a packed folder of XML, and a megabyte of it may unpack to gigabytes. So each part is unpacked once, and counted, before
anything is read: what its directory says of its size is believed only where it is true. Of what takes memory beyond its size,
and stands in no spreadsheet (a text without an end, document types, marked sections), nothing is let through; nor are more rows
and elements than a spreadsheet has, for each takes far more than the five signs of ``<row/>``.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import Filled, filled

# Sheets are read row by row; their texts and all the rest are held in memory.
_MOST_SHEET, _MOST_TEXTS, _MOST_OTHER = 512 * 2**20, 128 * 2**20, 16 * 2**20
# Of tables that a city edits, some hundred rows each.
MOST_OF_TABLE = 64 * 2**20
_MOST_PARTS = 10_000
# A sheet has no more rows than this (ECMA-376); a row has 16,384 cells, each of some elements, which are let go with the row.
_MOST_ROWS, _MOST_TAGS_APART = 1_048_576, 300_000
# What is not let go: the texts that cells share (a million, each begun and ended twice), and all other parts.
_MOST_TAGS_OF_TEXTS, _MOST_TAGS = 4_000_000, 1_000_000
_ROW = re.compile(rb"<(?:[^\s<>/:]+:)?row[\s/>]")
_LONGEST_TAG_NAME = 100
_ENCODING = re.compile(rb"""^\s*(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
_BEGINS = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<|\xff\xfe|\xfe\xff|\0<")
_PLAIN = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
# A cell holds 32,767 signs. A block of this size in which no element begins is no part of a spreadsheet.
_BLOCK = 500_000
_XML = (".xml", ".rels")
_SHEETS, _TEXTS = "xl/worksheets/", "xl/sharedstrings.xml"
# What stands before each part in the file: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7.
_HEAD = struct.Struct("<4s22xHH")
_ENCRYPTED = 0x1
# What the reader raises for a file whose parts do not fit together, or are none.
_FAULTS = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def workbook_rows(path: Path) -> Iterator[tuple[Any, ...]]:
    """The values of each row of the first sheet, empty ones too. Raises what ``opened_workbook`` does."""
    with opened_workbook(path) as book:
        yield from book.worksheets[0].iter_rows(values_only=True)


@contextmanager
def opened_workbook(path: Path, *, most_of_sheet: int = _MOST_SHEET) -> Iterator[Any]:
    """A workbook of openpyxl, read row by row, of cells the values; it has a sheet. ``most_of_sheet``: octets of a
    sheet once unpacked. Raises ``InvalidInput`` (``file_unreadable``,
    ``file_too_large``), also for what is met while its rows are read."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _require_bounded(path, most_of_sheet)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            if not book.worksheets:
                raise ValueError("it has no sheet")
            # What a sheet says of its own size is not believed: rows beyond it would be lost without a word.
            for sheet in book.worksheets:
                sheet.reset_dimensions()
            yield book
        finally:
            book.close()
    except (*_FAULTS, InvalidFileException) as error:
        said = filled("%(file)s: %(reason)s", file=path.name, reason=str(error))
        raise InvalidInput("file_unreadable", said, field="file") from error


def _require_bounded(path: Path, most_of_sheet: int) -> None:
    """Unpack each part of XML once. Raises ``InvalidInput`` for what would take too much memory, and one of ``_FAULTS``."""
    with zipfile.ZipFile(path) as folder, path.open("rb") as file:
        parts = folder.infolist()
        if len(parts) > _MOST_PARTS:
            raise ValueError("it has far too many parts")
        for part in parts:
            # A sheet may have any name: what begins as XML does is looked at, too.
            if part.filename.lower().endswith(_XML) or _BEGINS.match(next(_blocks(file, part), b"")):
                _look_through(file, part, path, most_of_sheet)


def _look_through(file: BinaryIO, part: zipfile.ZipInfo, path: Path, most_of_sheet: int) -> None:
    size, most, last = 0, _most(part.filename, most_of_sheet), b""
    count = _Count(part.filename)
    for block in _blocks(file, part):
        size += len(block)
        if size > most or (len(block) == _BLOCK and b"<" not in block) or not count.holds_with(block):
            said = filled(
                "%(file)s: its part %(part)s is far too large once unpacked: save the sheet as 'CSV UTF-8'",
                file=path.name,
                part=part.filename,
            )
            raise InvalidInput("file_too_large", said, field="file")
        declared = _ENCODING.match(block) if size == len(block) else None
        # Of texts in other signs, or that begin with two octets each, the rest would not be seen.
        foreign = declared is not None and declared[1].lower() not in _PLAIN
        if foreign or b"<!" in last + block or b"\0" in block:
            raise InvalidInput("file_unreadable", _foreign(path, part), field="file")
        last = block[-1:]
    if size != part.file_size:
        raise ValueError(f"{part.filename} has another size than it says")


class _Count:
    """Rows and tags of a part, block by block."""

    def __init__(self, name: str) -> None:
        self._sheet = name.lower().startswith(_SHEETS)
        self._most = _MOST_TAGS_OF_TEXTS if name.lower() == _TEXTS else _MOST_TAGS
        self._rows = self._tags = 0
        self._left = b""

    def holds_with(self, block: bytes) -> bool:
        """Whether it is still bounded with this block."""
        if not self._sheet:
            self._tags += block.count(b"<")
            return self._tags <= self._most
        # What begins at the end of a block is looked at with the next.
        block = self._left + block
        cut = block.rfind(b"<", max(0, len(block) - _LONGEST_TAG_NAME))
        self._left = b"" if cut < 0 else block[cut:]
        seen = block if cut < 0 else block[:cut]
        begun = 0
        for row in _ROW.finditer(seen):
            self._rows += 1
            if self._rows > _MOST_ROWS or self._tags + seen.count(b"<", begun, row.start()) > _MOST_TAGS_APART:
                return False
            self._tags, begun = 0, row.start()
        self._tags += seen.count(b"<", begun)
        return self._tags <= _MOST_TAGS_APART


def _foreign(path: Path, part: zipfile.ZipInfo) -> Filled:
    return filled(
        "%(file)s: its part %(part)s holds what stands in no spreadsheet (a document type, or marked text)",
        file=path.name,
        part=part.filename,
    )


def _most(name: str, of_sheet: int) -> int:
    name = name.lower()
    if name.startswith(_SHEETS):
        return of_sheet
    return _MOST_TEXTS if name == _TEXTS else _MOST_OTHER


def _blocks(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a part holds, block by block: as long as it really is."""
    if part.flag_bits & _ENCRYPTED:
        raise ValueError("it is encrypted")
    file.seek(part.header_offset)
    mark, name, extra = _HEAD.unpack(file.read(_HEAD.size))
    if mark != b"PK\x03\x04":
        raise ValueError(f"{part.filename} is not where it should be")
    file.seek(name + extra, 1)
    left = part.compress_size
    if part.compress_type == zipfile.ZIP_STORED:
        while left and (block := file.read(min(left, _BLOCK))):
            left -= len(block)
            yield block
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise ValueError(f"{part.filename} is packed in a way that no spreadsheet is")
    unpacking, packed = zlib.decompressobj(wbits=-15), b""
    found = bytearray()
    while not unpacking.eof:
        if not packed:
            packed = file.read(min(left, _BLOCK))
            left -= len(packed)
            if not packed:
                raise EOFError(f"{part.filename} breaks off")
        found += unpacking.decompress(packed, _BLOCK - len(found))
        packed = unpacking.unconsumed_tail
        if len(found) == _BLOCK:
            yield bytes(found)
            found.clear()
    yield bytes(found)
