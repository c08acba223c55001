"""The rules of reminding and escalation as a workbook of one sheet. Areas stand by their codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import ascii_uppercase

from gezhi.contexts.areas.queries import AreaRow, area_by_code, areas_by_id, root
from gezhi.contexts.cases.domain.duty_table import MAX_ORDINAL
from gezhi.contexts.escalation.domain.rules import Mark, RuleRow, faults_of_rules, plain_moment
from gezhi.interfaces.imports.sheets import Book, CellFault, Sheet, write_sheets
from gezhi.kernel.filled import Filled, filled
from gezhi.kernel.reading import whole_number

RULES = Sheet(
    "督办 rules",
    {
        "stage": "环节",
        "class_prefix": "类别前缀",
        "condition": "立案条件序号",
        "area": "区域代码",
        "moment": "时点",
        "told": "告知",
        "mark": "标记",
        "note": "说明",
    },
    ("stage", "moment", "told"),
)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """What a workbook says, and everything that is wrong with it: of one with faults the rows are not whole."""

    rows: list[RuleRow]
    faults: list[CellFault]


def write_rule_book(path: Path, rows: Iterable[RuleRow]) -> None:
    """Write the rules as a workbook that ``read_rule_book`` reads back to the same."""
    table = list(rows)
    areas = areas_by_id({row.area_id for row in table if row.area_id is not None})
    lines = (
        (
            row.stage,
            row.class_prefix,
            "" if row.condition is None else row.condition,
            "" if row.area_id is None else areas[row.area_id].code,
            # Edited in a spreadsheet, a leading sign would become a formula.
            row.moment.replace("-", "前", 1).replace("+", "后", 1),
            row.told,
            row.mark,
            row.note,
        )
        for row in table
    )
    write_sheets(path, [(RULES, lines)])


def read_rule_book(path: Path) -> RuleBook:
    """Read a workbook and check it as ``domain.rules`` does. Raises ``InvalidInput`` where it is no workbook at all."""
    rows: list[RuleRow] = []
    cells: list[dict[str, str]] = []
    faults: list[CellFault] = []
    known, unread = Known(), set[int]()
    for at, line in Book(path).lines(RULES, faults):
        row, wrong = rule_of(line, known)
        faults.extend(CellFault(RULES.name, at[name], said) for name, said in wrong)
        if wrong:
            unread.add(len(rows))
        rows.append(row)
        cells.append(at)
    numbers = [int(at["stage"].lstrip(ascii_uppercase)) for at in cells]
    city = root()
    city_id = None if city is None else city.id
    for fault in faults_of_rules(rows, city_id=city_id, numbers=numbers, unread=unread):
        at = {} if fault.place is None else cells[fault.place]
        faults.append(CellFault(RULES.name, at.get(fault.field) or at.get("stage", ""), fault.said))
    return RuleBook(rows, faults)


@dataclass(frozen=True, slots=True)
class Known:
    """What codes stand for, each asked for once."""

    area: Callable[[str], AreaRow | None] = field(default_factory=lambda: cache(area_by_code))


def rule_of(line: Mapping[str, str], known: Known) -> tuple[RuleRow, list[tuple[str, Filled]]]:
    """The rule that a line of texts means, and what in it means nothing: the field, in words."""
    faults: list[tuple[str, Filled]] = []
    condition, area = line.get("condition", ""), line.get("area", "")
    lies = known.area(area) if area else None
    if area and lies is None:
        faults.append(("area", filled("there is no area '%(code)s'", code=area)))
    ordinal = whole_number(condition, least=1, most=MAX_ORDINAL)
    if condition and ordinal is None:
        said = filled(
            "'%(text)s' is no number of a filing condition: write 1, 2 …, or leave it empty", text=condition[:40]
        )
        faults.append(("condition", said))
    row = RuleRow(
        stage=line["stage"].lower(),
        # A spreadsheet makes 0.75 of 75% as soon as the cell is taken for a share.
        moment=plain_moment(_percent(line["moment"])),
        told=line["told"].lower(),
        mark=line.get("mark", "").lower() or Mark.NONE.value,
        class_prefix=line.get("class_prefix", ""),
        condition=ordinal,
        area_id=None if lies is None else lies.id,
        note=line.get("note", ""),
    )
    return row, faults


def _percent(text: str) -> str:
    whole, dot, part = text.partition(".")
    if whole == "0" and dot and part.isascii() and part.isdigit() and len(part) <= 2:
        return f"{int(part.ljust(2, '0'))}%"
    return text
