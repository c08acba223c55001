"""The class table as a workbook of three sheets: classes, filing conditions, what handlers tell.

How sheets and columns are found, and what is wrong in them is told: ``sheets``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gezhi.contexts.cases.domain.class_table import (
    Attribute,
    AttributeKind,
    ClassRow,
    Condition,
    Fault,
    faults_of,
)
from gezhi.interfaces.imports.sheets import Book, CellFault, Line, Sheet, write_sheets
from gezhi.kernel.filled import filled

_YES, _NO = ("1", "是", "yes", "true", "y"), ("", "0", "否", "no", "false", "n")
_KINDS = {
    "文本": AttributeKind.TEXT,
    "数字": AttributeKind.NUMBER,
    "单选": AttributeKind.CHOICE,
    "多选": AttributeKind.CHOICES,
    "日期": AttributeKind.DATE,
} | {kind.value: kind for kind in AttributeKind}
_BETWEEN_CHOICES = "；"


CLASSES = Sheet(
    "类别 classes",
    {
        "code": "代码",
        "name": "名称",
        "name_en": "英文名称",
        "extension": "地方扩展",
        "public": "可公开",
        "fallback": "兜底",
        "words": "常用说法",
        "words_en": "英文常用说法",
    },
    ("code", "name"),
)
CONDITIONS = Sheet(
    "立案条件 conditions",
    {"code": "类别代码", "condition": "立案条件", "limits": "处置时限", "closing": "结案条件", "total": "总时限"},
    ("code", "limits"),
)
ATTRIBUTES = Sheet(
    "办理要素 attributes",
    {
        "code": "类别代码",
        "attribute": "要素代码",
        "name": "名称",
        "name_en": "英文名称",
        "kind": "类型",
        "required": "必填",
        "choices": "选项",
    },
    ("code", "attribute", "name", "kind"),
)


@dataclass(frozen=True, slots=True)
class ReadBook:
    """What a workbook says, and everything that is wrong with it: of one with faults the rows are not whole."""

    rows: list[ClassRow]
    faults: list[CellFault]


def write_book(path: Path, rows: Iterable[ClassRow]) -> None:
    """Write the rows as a workbook that ``read_book`` reads back to the same."""
    table = list(rows)
    bodies: list[tuple[Sheet, Iterator[Sequence[object]]]] = [
        (
            CLASSES,
            (
                (
                    row.code,
                    row.name,
                    row.name_en,
                    int(row.is_extension),
                    int(row.is_public),
                    int(row.is_fallback),
                    row.words,
                    row.words_en,
                )
                for row in table
            ),
        ),
        (
            CONDITIONS,
            ((row.code, one.text, one.limit, one.closing, one.total) for row in table for one in row.conditions),
        ),
        (
            ATTRIBUTES,
            (
                (
                    row.code,
                    one.code,
                    one.name,
                    one.name_en,
                    one.kind.value,
                    int(one.required),
                    _BETWEEN_CHOICES.join(one.choices),
                )
                for row in table
                for one in row.attributes
            ),
        ),
    ]
    write_sheets(path, bodies)


def read_book(path: Path) -> ReadBook:
    """Read a workbook and check it as ``domain.class_table`` does. Raises ``InvalidInput`` where it is no workbook at all."""
    return _Reading(Book(path)).read()


class _Reading:
    def __init__(self, book: Book) -> None:
        self._book = book
        self.faults: list[CellFault] = []
        # Class code → where each of its fields stands, the first time.
        self._cells: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)

        # The same of each of its conditions, in order.
        self._conditions: dict[str, list[dict[str, tuple[str, str]]]] = defaultdict(list)

    def read(self) -> ReadBook:
        heads = [
            (at, self._remember(CLASSES, at, line), self._flags(at, line, ("extension", "public", "fallback")))
            for at, line in self._lines(CLASSES)
        ]
        conditions = defaultdict[str, list[Condition]](list)
        for at, line in self._lines(CONDITIONS):
            self._remember(CONDITIONS, at, line)
            self._conditions[line["code"]].append({field: (CONDITIONS.name, cell) for field, cell in at.items()})
            conditions[line["code"]].append(
                Condition(line["limits"], line.get("condition", ""), line.get("closing", ""), line.get("total", ""))
            )
        attributes = defaultdict[str, list[Attribute]](list)
        for at, line in self._lines(ATTRIBUTES):
            self._remember(ATTRIBUTES, at, line)
            if (one := self._attribute(at, line)) is not None:
                attributes[line["code"]].append(one)
        rows = [
            ClassRow(
                code=line["code"],
                name=line["name"],
                name_en=line.get("name_en", "") or line["name"],
                is_extension=extension,
                conditions=tuple(conditions[line["code"]]),
                is_public=public,
                is_fallback=fallback,
                attributes=tuple(attributes[line["code"]]),
                words=line.get("words", ""),
                words_en=line.get("words_en", ""),
            )
            for _at, line, (extension, public, fallback) in heads
        ]
        known = {row.code for row in rows}
        for name, listed in ((CONDITIONS, conditions), (ATTRIBUTES, attributes)):
            for code in listed.keys() - known:
                sheet, cell = self._cells[code][f"code {name.name}"]
                self.faults.append(CellFault(sheet, cell, filled("there is no class '%(code)s'", code=code)))
        if rows or not self.faults:
            self.faults += [self._placed(fault) for fault in faults_of(rows)]
        return ReadBook(rows, self.faults)

    def _placed(self, fault: Fault) -> CellFault:
        code, field, said = fault.code, fault.field, fault.said
        cells = self._conditions[code][fault.condition - 1] if fault.condition else self._cells.get(code, {})
        sheet, cell = cells.get(field) or cells.get("code") or (CLASSES.name, "")
        return CellFault(sheet, cell, filled("class %(code)s: %(fault)s", code=code, fault=said) if code else said)

    def _remember(self, sheet: Sheet, at: dict[str, str], line: dict[str, str]) -> dict[str, str]:
        cells = self._cells[line["code"]]
        cells.setdefault(f"code {sheet.name}", (sheet.name, at["code"]))
        for field, cell in at.items():
            cells.setdefault(field, (sheet.name, cell))
        return line

    def _flags(self, at: dict[str, str], line: dict[str, str], fields: Sequence[str]) -> tuple[bool, ...]:
        return tuple(self._flag(CLASSES, at, line, field) for field in fields)

    def _flag(self, sheet: Sheet, at: dict[str, str], line: dict[str, str], field: str) -> bool:
        text = line.get(field, "").lower()
        if text not in _YES + _NO:
            self.faults.append(CellFault(sheet.name, at[field], filled("1 or 0, not '%(value)s'", value=text[:40])))
        return text in _YES

    def _attribute(self, at: dict[str, str], line: dict[str, str]) -> Attribute | None:
        kind = _KINDS.get(line["kind"].lower())
        if kind is None:
            said = filled("one of %(kinds)s", kinds=" / ".join(_KINDS))
            self.faults.append(CellFault(ATTRIBUTES.name, at["kind"], said))
            return None
        texts = line.get("choices", "").replace(";", _BETWEEN_CHOICES).split(_BETWEEN_CHOICES)
        return Attribute(
            code=line["attribute"],
            name=line["name"],
            name_en=line.get("name_en", "") or line["name"],
            kind=kind,
            required=self._flag(ATTRIBUTES, at, line, "required"),
            choices=tuple(text.strip() for text in texts if text.strip()),
        )

    def _lines(self, sheet: Sheet) -> Iterator[Line]:
        return self._book.lines(sheet, self.faults, needed=sheet is CLASSES)
