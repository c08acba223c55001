"""The rows of a spreadsheet's first sheet (.xlsx). Nothing in the file is trusted.

It is a packed folder of XML, and a megabyte of it may unpack to gigabytes. So each part is unpacked once, and counted, before
anything is read: what its directory says of its size is believed only where it is true. Of what takes memory beyond its size,
and stands in no spreadsheet (a text without an end, document types, marked sections), nothing is let through.
"""

from __future__ import annotations

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
_MOST_PARTS = 10_000
# A cell holds 32,767 signs. A block of this size in which no element begins is no part of a spreadsheet.
_BLOCK = 500_000
_XML = (".xml", ".rels")
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
def opened_workbook(path: Path) -> Iterator[Any]:
    """A workbook of openpyxl, read row by row, of cells the values; it has a sheet. Raises ``InvalidInput`` (``file_unreadable``,
    ``file_too_large``), also for what is met while its rows are read."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _require_bounded(path)
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


def _require_bounded(path: Path) -> None:
    """Unpack each part of XML once. Raises ``InvalidInput`` for what would take too much memory, and one of ``_FAULTS``."""
    with zipfile.ZipFile(path) as folder, path.open("rb") as file:
        parts = folder.infolist()
        if len(parts) > _MOST_PARTS:
            raise ValueError("it has far too many parts")
        for part in parts:
            if part.filename.lower().endswith(_XML):
                _look_through(file, part, path)


def _look_through(file: BinaryIO, part: zipfile.ZipInfo, path: Path) -> None:
    size, most, last = 0, _most(part.filename), b""
    for block in _blocks(file, part):
        size += len(block)
        if size > most or (len(block) == _BLOCK and b"<" not in block):
            said = filled(
                "%(file)s: its part %(part)s is far too large once unpacked: save the sheet as 'CSV UTF-8'",
                file=path.name,
                part=part.filename,
            )
            raise InvalidInput("file_too_large", said, field="file")
        # Of texts that begin with two octets each the rest would not be seen.
        if b"<!" in last + block or b"\0" in block:
            raise InvalidInput("file_unreadable", _foreign(path, part), field="file")
        last = block[-1:]
    if size != part.file_size:
        raise ValueError(f"{part.filename} has another size than it says")


def _foreign(path: Path, part: zipfile.ZipInfo) -> Filled:
    return filled(
        "%(file)s: its part %(part)s holds what stands in no spreadsheet (a document type, or marked text)",
        file=path.name,
        part=part.filename,
    )


def _most(name: str) -> int:
    name = name.lower()
    if name.startswith("xl/worksheets/"):
        return _MOST_SHEET
    return _MOST_TEXTS if name == "xl/sharedstrings.xml" else _MOST_OTHER


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
