"""``gezhi import classes`` and ``gezhi import duties``: a city's own tables, in force from now on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gezhi.interfaces.cli.output import operator, plain_errors, start_django

if TYPE_CHECKING:
    from gezhi.contexts.cases.domain.duty_table import DutyRow

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("classes")
@click.argument("file", type=_FILE)
@click.option("--code", required=True, help="A code for this generation of the table, e.g. xiangyang-2026.")
@click.option("--name", required=True, help="Its name as people read it.")
@click.option("--standard", default="", help="The standard that its codes follow, e.g. GB/T 30428.2.")
@click.option("--from", "effective", default="", help="From when: 2026-12-01 or 2026-12-01T08:00; left out: at once.")
def classes(file: Path, code: str, name: str, standard: str, effective: str) -> None:
    """Put a class table in force. Cases keep the codes that they have.

    FILE is a workbook (.xlsx) of three sheets, as `gezhi tables classes` writes it, or a CSV with code, name, name_en,
    extension (0 or 1) and limits (the handling limit of each filing condition, with blanks between: 2UH urgent hours, 4WH
    working hours, 1WD working days, 3ND natural days). A major class has three characters.

    Exit codes: 0 in force, 2 refused; every bad row is named and nothing is written.
    """
    start_django()
    from gezhi.contexts.cases.use_cases.install_classes import install_classes
    from gezhi.interfaces.imports.instants import instant
    from gezhi.interfaces.imports.tables import read_classes
    from gezhi.kernel import clock

    with plain_errors("import classes"):
        rows = read_classes(file)
        start = instant(effective, field="--from") if effective else None
        made = install_classes(
            actor=operator(),
            code=code,
            name=name,
            rows=rows,
            now=clock.now(),
            standard=standard,
            effective_from=start,
        )
    if made.waiting:
        click.echo(f"{len(rows)} classes wait as '{code}' until {effective}")
    else:
        click.echo(f"{len(rows)} classes are in force as '{code}'")


@click.command("duties")
@click.argument("file", type=_FILE)
@click.option("--name", required=True, help="A name for this version.")
@click.option("--from", "effective", default="", help="From when: 2026-12-01 or 2026-12-01T08:00; left out: at once.")
@click.option("--preview", type=click.IntRange(1, 366), default=None, metavar="DAYS", help="Change nothing; see below.")
def duties(file: Path, name: str, effective: str, preview: int | None) -> None:
    """Put a duty table in force: who settles which class of matter, where, within which limits.

    FILE is a workbook (.xlsx), as `gezhi tables duties` writes it, or a CSV with class_prefix (empty: any class),
    dispatch_limit, check_limit, and either organisation (a code) or organisation_kind and organisation_level; condition
    (the number of a filing condition), area (a code), handle_limit and note if wished. The smallest area wins, then the
    longest prefix, then a row that names the condition.

    With --preview nothing is changed: each case of the last DAYS that the file sends to another body than the table in
    force is told, and how many there are.

    Exit codes: 0 in force, 2 refused; every bad row is named and nothing is written.
    """
    start_django()
    from gezhi.contexts.cases.use_cases.install_duties import install_duties
    from gezhi.interfaces.imports.instants import instant
    from gezhi.interfaces.imports.tables import read_duties
    from gezhi.kernel import clock

    with plain_errors("import duties"):
        rows = read_duties(file)
        start = instant(effective, field="--from") if effective else None
        if preview is not None:
            _preview(rows, preview)
            return
        table = install_duties(actor=operator(), name=name, rows=rows, now=clock.now(), effective_from=start)
    if table.waiting:
        click.echo(f"{len(rows)} duties wait as version {table.number} until {effective}")
    else:
        click.echo(f"{len(rows)} duties are in force as version {table.number}")


@click.command("escalation")
@click.argument("file", type=_FILE)
@click.option("--name", required=True, help="A name for this version.")
@click.option("--from", "effective", default="", help="From when: 2026-12-01 or 2026-12-01T08:00; left out: at once.")
@click.option(
    "--check", is_flag=True, help="Change nothing; say of how many open deadlines the rules would speak at once."
)
def escalation(file: Path, name: str, effective: str, check: bool) -> None:
    """Put rules of reminding and escalation in force: who is told of a deadline, when, with which mark on the case.

    FILE is a workbook (.xlsx), as `gezhi tables escalation` writes it, or a CSV with stage (verify, dispatch, answer,
    handle or check), moment (75% of the time, -4WH before the deadline, 0 at it, +1WD after it) and told (handler,
    body, dispatchers, checkers or operations); mark (none, note or attention), class_prefix, condition, area (a code)
    and note if wished. The rules of the smallest area, then of the longest prefix, then those that name the condition
    stand in for the general ones.

    Exit codes: 0 in force, 2 refused; every bad row is named and nothing is written.
    """
    start_django()
    from gezhi.contexts.escalation.queries import at_once
    from gezhi.contexts.escalation.use_cases.install_escalation import install_escalation
    from gezhi.interfaces.imports.instants import instant
    from gezhi.interfaces.imports.tables import read_rules
    from gezhi.kernel import clock

    with plain_errors("import escalation"):
        rows = read_rules(file)
        start = instant(effective, field="--from") if effective else None
        if check:
            found = at_once(rows, now=clock.now())
            click.echo(f"of {found.looked_at:,} open deadlines the rules would speak of {found.spoken_of:,} at once")
            return
        table = install_escalation(actor=operator(), name=name, rows=rows, now=clock.now(), effective_from=start)
    state = (
        f"wait as version {table.number} until {effective}"
        if table.waiting
        else f"are in force as version {table.number}"
    )
    click.echo(f"{len(rows)} rules {state}")


def _preview(rows: list[DutyRow], days: int) -> None:
    from gezhi.contexts.cases.queries import Preview, cases_elsewhere, decides_nothing, reaches_nobody
    from gezhi.kernel import clock

    for places, why in ((reaches_nobody(rows), "reaches nobody"), (decides_nothing(rows), "nothing falls under it")):
        for place in places:
            click.echo(f"row {place + 1} ({rows[place].class_prefix or '*'}): {why}", err=True)

    seen, now = Preview(), clock.now()
    for one in cases_elsewhere(rows, since=now - timedelta(days=days), until=now, preview=seen):
        was, becomes = (route.organisation_name or "the hub" for route in (one.before, one.after))
        click.echo(f"{one.number}  {one.class_code:<8} {was} → {becomes}")
    click.echo(f"{seen.elsewhere:,} of {seen.looked_at:,} cases go elsewhere, {seen.to_nobody:,} of them to the hub")
