"""The duty table as a workbook of one sheet. Areas and organisations stand by their codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import ascii_uppercase

from gezhi.contexts.areas.queries import AreaRow, area_by_code, areas_by_id, root
from gezhi.contexts.cases.domain.duty_table import MAX_ORDINAL, DutyRow, faults_of_duties
from gezhi.contexts.cases.domain.duty_time import plain_spans
from gezhi.contexts.cases.domain.routing import BETWEEN, together_in
from gezhi.contexts.organisations.queries import (
    ORGANISATION_KINDS,
    OrganisationRow,
    organisation_by_code,
    organisations_by_id,
)
from gezhi.interfaces.imports.sheets import Book, CellFault, Sheet, write_sheets
from gezhi.kernel.filled import Filled, filled
from gezhi.kernel.reading import whole_number

DUTIES = Sheet(
    "权责 duties",
    {
        "class_prefix": "类别前缀",
        "condition": "立案条件序号",
        "area": "区域代码",
        "organisation": "单位代码",
        "organisation_kind": "单位类别",
        "organisation_level": "单位层级",
        "dispatch_limit": "派遣时限",
        "handle_limit": "处置时限",
        "check_limit": "核查时限",
        "note": "说明",
        "months": "适用月份",
        "hours": "适用时段",
        "together": "协办单位",
    },
    ("class_prefix", "dispatch_limit", "check_limit"),
)


@dataclass(frozen=True, slots=True)
class DutyBook:
    """What a workbook says, and everything that is wrong with it: of one with faults the rows are not whole. ``cells``: of each
    row, the cell of each field."""

    rows: list[DutyRow]
    cells: list[dict[str, str]]
    faults: list[CellFault]

    def cell(self, place: int, field: str) -> str:
        """The cell of a field of the row at this place; of a field that the sheet has not, the row's first."""
        cells = self.cells[place]
        return cells.get(field) or cells["class_prefix"]

    def row_number(self, place: int) -> int:
        """The number of the row at this place in its sheet."""
        return int(self.cells[place]["class_prefix"].lstrip(ascii_uppercase))


def write_duty_book(path: Path, rows: Iterable[DutyRow]) -> None:
    """Write the rows as a workbook that ``read_duty_book`` reads back to the same."""
    table = list(rows)
    areas = areas_by_id({row.area_id for row in table if row.area_id is not None})
    bodies = organisations_by_id({row.organisation_id for row in table if row.organisation_id is not None})
    lines = (
        (
            row.class_prefix,
            "" if row.condition is None else row.condition,
            "" if row.area_id is None else areas[row.area_id].code,
            "" if row.organisation_id is None else bodies[row.organisation_id].code,
            row.organisation_kind,
            row.organisation_level,
            row.dispatch_limit,
            row.handle_limit,
            row.check_limit,
            row.note,
            # Edited in a spreadsheet, 5-10 would become a day in May.
            row.months.replace("-", "至"),
            row.hours.replace("-", "至"),
            row.together,
        )
        for row in table
    )
    write_sheets(path, [(DUTIES, lines)])


def read_duty_book(path: Path) -> DutyBook:
    """Read a workbook and check it as ``domain.duty_table`` does. Raises ``InvalidInput`` where it is no workbook at all."""
    book = DutyBook([], [], [])
    known, unread = Known(), dict[int, set[str]]()
    for at, line in Book(path).lines(DUTIES, book.faults):
        row, faults = duty_of(line, known)
        book.faults.extend(CellFault(DUTIES.name, at[name], said) for name, said in faults)
        if faults:
            unread[len(book.rows)] = {name for name, _said in faults}
        book.rows.append(row)
        book.cells.append(at)
    if book.rows or not book.faults:
        city, numbers = root(), [book.row_number(place) for place in range(len(book.rows))]
        city_id = None if city is None else city.id
        for fault in faults_of_duties(book.rows, city_id=city_id, numbers=numbers, unread=unread):
            cell = "" if fault.place is None else book.cell(fault.place, fault.field)
            book.faults.append(CellFault(DUTIES.name, cell, fault.said))
    return book


@dataclass(frozen=True, slots=True)
class Known:
    """What codes stand for, each asked for once."""

    organisation: Callable[[str], OrganisationRow | None] = field(default_factory=lambda: cache(organisation_by_code))
    area: Callable[[str], AreaRow | None] = field(default_factory=lambda: cache(area_by_code))


def duty_of(line: Mapping[str, str], known: Known) -> tuple[DutyRow, list[tuple[str, Filled]]]:
    """The duty that a line of texts means, field by field, and what in it means nothing: the field, in words."""
    faults: list[tuple[str, Filled]] = []
    code, condition, area = line.get("organisation", ""), line.get("condition", ""), line.get("area", "")
    body = known.organisation(code) if code else None
    if code and body is None:
        faults.append(("organisation", filled("there is no organisation '%(code)s'", code=code)))
    lies = known.area(area) if area else None
    if area and lies is None:
        faults.append(("area", filled("there is no area '%(code)s'", code=area)))
    ordinal = whole_number(condition, least=1, most=MAX_ORDINAL)
    kind = line.get("organisation_kind", "")
    if kind and body is None and kind not in ORGANISATION_KINDS:
        kinds = " / ".join(ORGANISATION_KINDS)
        said = filled("'%(text)s' is no kind of organisation: one of %(kinds)s", text=kind[:40], kinds=kinds)
        faults.append(("organisation_kind", said))
    if condition and ordinal is None:
        said = filled(
            "'%(text)s' is no number of a filing condition: write 1, 2 …, or leave it empty", text=condition[:40]
        )
        faults.append(("condition", said))
    along = together_in(line.get("together", ""))
    for named in along:
        if named not in ORGANISATION_KINDS and known.organisation(named) is None:
            said = filled("there is no organisation, and no kind of one, '%(code)s'", code=named[:40])
            faults.append(("together", said))
    row = DutyRow(
        class_prefix=line["class_prefix"],
        condition=ordinal,
        area_id=None if lies is None else lies.id,
        organisation_id=None if body is None else body.id,
        organisation_kind="" if body else kind,
        organisation_level="" if body else line.get("organisation_level", ""),
        dispatch_limit=line["dispatch_limit"],
        handle_limit=line.get("handle_limit", ""),
        check_limit=line["check_limit"],
        note=line.get("note", ""),
        months=plain_spans(line.get("months", "")),
        hours=plain_spans(line.get("hours", "")),
        together=BETWEEN.join(along),
    )
    return row, faults
