"""The same records from every kind of file, and plain words for a file that cannot be read."""

import csv
import gzip
import json
import re
import tracemalloc
import zipfile

import openpyxl
import pytest

from gezhi.interfaces.imports.source import read_records
from gezhi.kernel.errors import InvalidInput

ROWS = [{"id": "1", "街道": "昭明", "lat": "32.01"}, {"id": "2", "街道": "", "lat": "32.5"}]


def write_csv(path, *, delimiter=",", encoding="utf-8", opened=open):
    with opened(path, "wt", encoding=encoding, newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(ROWS[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(ROWS)


def write_xlsx(path):
    book = openpyxl.Workbook()
    book.active.append(list(ROWS[0]))
    book.active.append([1, "昭明", 32.01])
    book.active.append([None, None, None])
    book.active.append([2, None, 32.5])
    book.save(path)


def write_json(path, *, lines, opened=open):
    with opened(path, "wt", encoding="utf-8") as handle:
        handle.write("\n".join(map(json.dumps, ROWS)) if lines else json.dumps(ROWS))


WRITERS = {
    "a.csv": write_csv,
    "a.tsv": lambda path: write_csv(path, delimiter="\t"),
    "bom.csv": lambda path: write_csv(path, encoding="utf-8-sig"),
    "a.csv.gz": lambda path: write_csv(path, opened=gzip.open),
    "a.xlsx": write_xlsx,
    "a.jsonl": lambda path: write_json(path, lines=True),
    "a.json": lambda path: write_json(path, lines=False),
    "a.json.gz": lambda path: write_json(path, lines=False, opened=gzip.open),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_gives_the_same_records(tmp_path, name):
    WRITERS[name](tmp_path / name)
    records = list(read_records(tmp_path / name))
    assert [record for _, record in records] == ROWS
    assert records[0][0] == 2


def test_another_encoding(tmp_path):
    write_csv(tmp_path / "gb.csv", encoding="gb18030")
    assert next(read_records(tmp_path / "gb.csv", encoding="gb18030"))[1]["街道"] == "昭明"


def test_short_and_long_rows_are_taken_as_far_as_they_go(tmp_path):
    (tmp_path / "a.csv").write_text("id,lat\n1\n2,32.5,more\n\n3,33\n")
    assert list(read_records(tmp_path / "a.csv")) == [
        (2, {"id": "1", "lat": ""}),
        (3, {"id": "2", "lat": "32.5"}),
        (5, {"id": "3", "lat": "33"}),
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"%PDF", "file_kind"),
        ("a", b"x", "file_kind"),
        ("a.xlsx.gz", b"x", "file_kind"),
        ("a.csv", b"", "no_header"),
        ("a.jsonl", b'{"id": ' + b"9" * 5000 + b"}", "file_unreadable"),
        ("a.json", b"[" * 200_000, "file_unreadable"),
        ("a.csv.gz", gzip.compress(b"id\n1\n", mtime=0)[:10] + b"\xff" * 30, "file_unreadable"),
        ("a.csv", b"\xff\xfe\x00bad", "not_utf8"),
        ("a.csv", "编号\n1\n".encode("gbk"), "not_utf8"),
        ("a.csv.gz", b"no gzip", "file_unreadable"),
        ("a.csv.gz", gzip.compress(b"id\n1\n" * 1000, mtime=0)[:40], "file_unreadable"),
        ("a.xlsx", b"no zip", "file_unreadable"),
        ("a.json", b"{", "file_unreadable"),
        ("a.json", b'{"id": 1}', "file_unreadable"),
        ("a.jsonl", b"[1]", "file_unreadable"),
        ("a.csv", b'id\n"' + b"x" * 1_000_001, "file_unreadable"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        list(read_records(tmp_path / name))
    assert caught.value.code == code


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InvalidInput, match="there is no file"):
        list(read_records(tmp_path / "none.csv"))


@pytest.mark.parametrize(
    ("name", "head", "piece"),
    [
        ("a.csv.gz", b"", b"\0"),
        ("a.csv.gz", b"", b","),
        ("a.csv.gz", b"id,name\n", b"x"),
        ("a.csv.gz", b'id,name\n1,"', b"x\n"),
        ("a.csv.gz", b'id,name\n1,"', b'x\n","'),
        ("a.jsonl.gz", b"", b" "),
        ("a.jsonl.gz", b"", b"["),
    ],
    ids=["zeros", "commas", "one line", "open quote", "fields over lines", "blanks", "brackets"],
)
def test_a_record_without_an_end_fills_no_memory(tmp_path, name, head, piece):
    path = tmp_path / name
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(head)
        for _ in range(100):
            file.write(piece * (2**20 // len(piece)))
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInput) as refused:
            for _ in read_records(path):
                pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.code == "file_unreadable"
    assert peak < 80 * 2**20


def test_a_long_file_of_short_records_is_read_to_its_end(tmp_path):
    path = tmp_path / "a.csv.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write("id,words\n")
        for number in range(80_000):
            file.write(f'{number},"{"x" * 60}\n{"y" * 60}"\n')
    assert sum(1 for _ in read_records(path)) == 80_000


SHEET, STRINGS, TYPES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"
# Most programs write a text once, beside the sheets.
SHARED = """<Override PartName="/xl/sharedStrings.xml"
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml" /></Types>"""


def shared_strings_book(path):
    """The parts of a small workbook whose only text beside the header is a shared one."""
    write_xlsx(path)
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts[TYPES] = parts[TYPES].replace(b"</Types>", SHARED.encode())
    text = '<c r="B2" t="inlineStr"><is><t>昭明</t></is></c>'.encode()
    assert text in parts[SHEET]
    parts[SHEET] = parts[SHEET].replace(text, b'<c r="B2" t="s"><v>0</v></c>')
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return parts | {STRINGS: b'<sst xmlns="%b"><si><t>%b</t></si></sst>' % (main, "昭明".encode())}


def rewritten(path, part, change):
    """A small workbook of which one part's bytes are others."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, body in shared_strings_book(path.with_name("plain.xlsx")).items():
            book.writestr(name, change(body) if name == part else body)
    return path


def test_texts_that_are_written_once_are_read(tmp_path):
    path = rewritten(tmp_path / "a.xlsx", "", bytes)
    assert [record for _, record in read_records(path)] == ROWS


def filled_sheet(body, rows):
    """A sheet with more at its end."""
    return body.replace(b"</sheetData>", rows + b"</sheetData>")


LONG_CELL = b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"x" * 30_000_000 + b"</t></is></c></row></sheetData>"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "' + b"x" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]>'
WORKBOOKS = {
    "a cell of 30 MB": (SHEET, lambda body: body.replace(b"</sheetData>", LONG_CELL), "file_too_large"),
    "a text of 30 MB": (STRINGS, lambda body: body.replace(b"<t>", b"<t>" + b"x" * 30_000_000), "file_too_large"),
    "a text in pieces": (
        STRINGS,
        lambda body: body.replace(b"<si>", b"<si>" + b"<r><t>%b</t></r>" % (b"x" * 30_000) * 50, 1),
        "file_unreadable",
    ),
    "styles without end": ("xl/styles.xml", lambda body: body + b"<xf/>" * 4_000_000, "file_too_large"),
    "rows without end": (SHEET, lambda body: filled_sheet(body, b"<row/>" * 2_000_000), "file_too_large"),
    "named rows without end": (SHEET, lambda body: filled_sheet(body, b"<x:row />" * 2_000_000), "file_too_large"),
    "cells without end": (SHEET, lambda body: filled_sheet(body, b"<row>" + b"<c/>" * 2_000_000), "file_too_large"),
    "columns without end": (
        SHEET,
        lambda body: filled_sheet(body, b"</sheetData>" + b"<col/>" * 900_000),
        "file_too_large",
    ),
    "texts without end": (
        STRINGS,
        lambda body: body.replace(b"<si>", b"<si/>" * 5_000_000 + b"<si>"),
        "file_too_large",
    ),
    "links without end": ("xl/workbook.xml", lambda body: body + b"<a/>" * 2_000_000, "file_too_large"),
    "other signs": (
        SHEET,
        lambda body: b'<?xml version="1.0" encoding="cp037"?>' + body.decode().encode("cp037", "replace"),
        "file_unreadable",
    ),
    "entities": (SHEET, lambda body: body.replace(b"<worksheet", ENTITIES + b"<worksheet", 1), "file_unreadable"),
    "marked text": (STRINGS, lambda body: body.replace(b"<t>", b"<t><![CDATA[<", 1), "file_unreadable"),
    "two octets a sign": (SHEET, lambda body: body.decode().encode("utf-16"), "file_unreadable"),
    "no XML": (SHEET, lambda body: b"<worksheet><sheetData><row", "file_unreadable"),
    "a text that is not there": (SHEET, lambda body: body.replace(b"<v>0</v>", b"<v>99</v>"), "file_unreadable"),
    "no number": (SHEET, lambda body: body.replace(b"<v>1</v></c>", b"<v>one</v></c>"), "file_unreadable"),
    "no workbook": ("xl/workbook.xml", lambda body: b"<x/>", "file_unreadable"),
    "no sheets": ("xl/workbook.xml", lambda body: re.sub(rb"<sheet .*?/>", b"", body), "file_unreadable"),
    "no list of parts": (TYPES, lambda body: b"", "file_unreadable"),
}


@pytest.mark.parametrize("case", WORKBOOKS)
def test_a_workbook_that_would_fill_memory_or_is_none_is_refused_in_words(tmp_path, case):
    part, change, code = WORKBOOKS[case]
    path = rewritten(tmp_path / "a.xlsx", part, change)
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInput) as refused:
            list(read_records(path))
        assert refused.value.code == code
        assert "a.xlsx" in refused.value.message or "row 2" in refused.value.message
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_sheet_under_another_name_is_looked_at_too(tmp_path):
    path = tmp_path / "a.xlsx"
    parts = shared_strings_book(tmp_path / "plain.xlsx")
    parts["xl/sheet.bin"] = filled_sheet(parts.pop(SHEET), b"<row/>" * 2_000_000)
    links = "xl/_rels/workbook.xml.rels"
    parts[links] = parts[links].replace(b"worksheets/sheet1.xml", b"sheet.bin")
    parts[TYPES] = parts[TYPES].replace(b"worksheets/sheet1.xml", b"sheet.bin")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, body in parts.items():
            book.writestr(name, body)
    with pytest.raises(InvalidInput, match="far too large"):
        list(read_records(path))


def test_rows_that_were_only_formatted_are_no_fault(tmp_path):
    empty = b"".join(b'<row r="%d" s="1"/>' % number for number in range(5, 60_000))
    path = rewritten(tmp_path / "a.xlsx", SHEET, lambda body: filled_sheet(body, empty))
    assert [record for _, record in read_records(path)] == ROWS


def test_a_workbook_is_measured_by_what_is_in_it_not_by_its_directory(tmp_path):
    path = rewritten(tmp_path / "a.xlsx", "xl/styles.xml", lambda body: body + b"<xf/>" * 4_000_000)
    body = path.read_bytes()
    said = (4_000_000 * 5).to_bytes(4, "little")
    with zipfile.ZipFile(path) as folder:
        (size,) = (one.file_size for one in folder.infolist() if one.filename == "xl/styles.xml")
    assert size > int.from_bytes(said, "little")
    path.write_bytes(body.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    with pytest.raises(InvalidInput, match="far too large"):
        list(read_records(path))


def test_a_packed_list_of_nothing_is_not_unpacked_without_end(tmp_path):
    with gzip.open(tmp_path / "a.csv.gz", "wb") as handle:
        handle.write(b"name,lon,lat\n")
        for _ in range(70):
            handle.write(b"\n" * 2**20)
    with pytest.raises(InvalidInput, match="unpacked the file is far larger"):
        list(read_records(tmp_path / "a.csv.gz"))
