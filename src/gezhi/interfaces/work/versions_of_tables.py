"""What the checks and installations of the tables that decide have in common."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from gezhi.contexts.cases.domain.effective import require_likely
from gezhi.interfaces import problem
from gezhi.interfaces.csv_file import CSV_TYPE, csv_file
from gezhi.interfaces.imports.instants import instant
from gezhi.interfaces.imports.sheets import CellFault
from gezhi.kernel import clock
from gezhi.kernel.filled import filled
from gezhi.platform.work.kinds import ResultFile
from gezhi.platform.work.progress import Progress

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FAULTS_HEAD = (filled("sheet"), filled("cell"), filled("fault"))


def effective_from(text: str) -> datetime | None:
    """From when a version is to be in force, as somebody wrote it; None: at once. Raises ``InvalidInput``, also for a day that is
    past."""
    start = instant(text, field="effective") if text else None
    require_likely(start, now=clock.now())
    return start


def local_minute(moment: datetime) -> str:
    """An instant in the city's time, to the minute."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def faults_file(faults: list[CellFault], progress: Progress) -> ResultFile:
    """What is wrong in a workbook, as a file: sheet, cell, fault."""
    path = progress.folder / "faults.csv"
    with csv_file(path, head=[problem.in_words(head) for head in _FAULTS_HEAD]) as write:
        for one in faults:
            write([one.sheet, one.cell, problem.in_words(one.said)])
    return ResultFile(path, "faults.csv", CSV_TYPE)
