"""The monthly ledger as a workbook: written row by row, so that memory does not grow with the month."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from gezhi.contexts.cases import queries as cases
from gezhi.interfaces.ledger import COLUMNS, ORDER, bodies_offered, ledger_filters, lines_of, streets_offered, titled
from gezhi.interfaces.work.versions_of_tables import XLSX_TYPE
from gezhi.interfaces.xlsx_file import xlsx_file
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import phrase
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.inputs import asked_as, offered, within
from gezhi.platform.work.kinds import Result, ResultFile, WorkKind
from gezhi.platform.work.progress import Progress


@dataclass(frozen=True, slots=True)
class Ledger:
    """``month``: ``2026-11``; ``street`` and ``body``: ids, empty for all that the starter sees."""

    month: str = field(metadata=within(max_length=7) | asked_as(phrase("Month, such as 2026-11")))
    street: str = field(default="", metadata=offered(streets_offered) | asked_as(phrase("Street")))
    body: str = field(default="", metadata=offered(bodies_offered) | asked_as(phrase("Body in charge")))


@dataclass(frozen=True, slots=True)
class LedgerWritten:
    """What the run is told to have done."""

    rows: int = field(metadata=asked_as(phrase("Cases in the file")))


def _check(_actor: Actor, given: Ledger) -> None:
    ledger_filters(month=given.month, street=given.street, body=given.body)


def _says(actor: Actor, given: Ledger) -> str:
    return " · ".join(titled(actor, month=given.month, street=given.street, body=given.body))


def export_ledger(given: Ledger, progress: Progress) -> Result:
    """Write a line for each case of the month."""
    filters = ledger_filters(month=given.month, street=given.street, body=given.body)
    total = cases.count_cases(progress.actor, filters=filters)
    progress.report(0, total=total, words=phrase("Writing the file"))
    path = progress.folder / "ledger.xlsx"
    done = 0
    widths = [width for _heading, width, _cell in COLUMNS]
    title = f"{_('Monthly ledger')} {given.month}"
    with path.open("wb") as file, xlsx_file(file, name=title, widths=widths, landscape=True) as write:
        write([" · ".join([_("Monthly ledger"), _says(progress.actor, given)])], bold=True)
        write([heading for heading, _width, _cell in COLUMNS], bold=True)
        for rows in cases.all_cases(progress.actor, filters=filters, sort=ORDER):
            for line in lines_of(rows):
                write(line)
            done += len(rows)
            progress.report(done)
    return Result(LedgerWritten(done), (ResultFile(path, f"ledger-{given.month}.xlsx", XLSX_TYPE),))


EXPORT_LEDGER = WorkKind(
    name="export_ledger",
    title=phrase("Monthly ledger"),
    about=phrase(
        "A workbook with a line for each case reported in a month, of a street or a body, from the record. Nobody is named in "
        "it, and numbers in the words of reporters are masked."
    ),
    roles=frozenset({Role.STREET_DISPATCHER, Role.CHECKER, Role.DEPARTMENT_OFFICER, Role.OPERATIONS, Role.PLANNER}),
    given=Ledger,
    result=LedgerWritten,
    run=export_ledger,
    repeatable=True,
    check=_check,
    says=_says,
)
