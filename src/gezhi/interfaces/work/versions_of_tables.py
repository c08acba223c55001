"""What the checks and installations of the tables that decide have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from gezhi.contexts.cases.domain.effective import require_likely
from gezhi.interfaces import problem
from gezhi.interfaces.csv_file import CSV_TYPE, csv_file
from gezhi.interfaces.imports.instants import instant
from gezhi.interfaces.imports.sheets import CellFault
from gezhi.kernel import clock
from gezhi.kernel.filled import filled
from gezhi.platform.work.kinds import Result, ResultFile
from gezhi.platform.work.progress import Progress

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# So many faults stand on the page of the run; its file has them all.
MOST_SHOWN = 50
_FAULTS_HEAD = (filled("sheet"), filled("cell"), filled("fault"))


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A fault of a workbook, as the result of a run tells it: the words in the program's own language."""

    sheet: str
    cell: str
    fault: str


def effective_from(text: str) -> datetime | None:
    """From when a version is to be in force, as somebody wrote it; None: at once. Raises ``InvalidInput``, also for a day that is
    past."""
    start = instant(text, field="effective") if text else None
    require_likely(start, now=clock.now())
    return start


def local_minute(moment: datetime) -> str:
    """An instant in the city's time, to the minute."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def refused(told: Any, faults: Sequence[CellFault], progress: Progress) -> Result:
    """The result of a run that found faults in its workbook: ``told``, with the first of them in its field ``wrong``, and a file of
    all."""
    first = faults[:MOST_SHOWN]
    wrong = tuple(FaultRow(one.sheet, one.cell, str(one.said)) for one in first)
    said = {str(one.said): one.said for one in first}
    return Result(replace(told, wrong=wrong), (faults_file(faults, progress),), said)


def faults_file(faults: Sequence[CellFault], progress: Progress) -> ResultFile:
    """What is wrong in a workbook, as a file: sheet, cell, fault."""
    path = progress.folder / "faults.csv"
    with csv_file(path, head=[problem.in_words(head) for head in _FAULTS_HEAD]) as write:
        for one in faults:
            write([one.sheet, one.cell, problem.in_words(one.said)])
    return ResultFile(path, "faults.csv", CSV_TYPE)
