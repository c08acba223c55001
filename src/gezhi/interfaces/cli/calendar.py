"""``gezhi calendar``: the city's working days, as the page shows and keeps them."""

from __future__ import annotations

from pathlib import Path

import click

from gezhi.interfaces.cli.output import operator, plain_errors, start_django
from gezhi.platform.worktime.plan import FIRST_YEAR, LAST_YEAR

_YEAR = click.IntRange(FIRST_YEAR, LAST_YEAR)


@click.group(name="calendar", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """The city's working days: what it sets itself, in versions; one put in force, an earlier one brought back."""


@command.command("show")
@click.argument("year", type=_YEAR)
def show(year: int) -> None:
    """The city's own days of YEAR, one a line as `gezhi calendar set` reads them, and where the others come from."""
    start_django()
    from gezhi.platform.worktime.city_calendar import city_calendar
    from gezhi.platform.worktime.plan import text_of_days
    from gezhi.platform.worktime.queries import plan_in_force

    with plain_errors("calendar show"):
        found = plan_in_force()
        known = year in city_calendar().known_years
    text = text_of_days(found.plan.of_year(year))
    if text:
        click.echo(text)
    told = "a plan is on record" if known else "no plan has been published or entered: deadlines in it are provisional"
    click.echo(f"version {found.number}; {year}: {told}", err=True)


@command.command("set")
@click.argument("year", type=_YEAR)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--note", required=True, help="Why, and on what basis; everybody can read it.")
@click.option("--planned", is_flag=True, help="The days are the whole plan of the year.")
def put(year: int, file: Path, note: str, planned: bool) -> None:
    """Put the days of FILE in force as the city's own days of YEAR; those of other years and the office hours stay.

    One a line, or some days in a row: `2027-02-06..2027-02-12 休 春节`, `2027-02-14 班`. 休 (or off): a holiday; 班 (or work): a
    make-up working day. Running cases keep their deadlines until a step counts them anew.

    Exit codes: 0 in force, 2 refused; nothing is written then.
    """
    start_django()
    from gezhi.interfaces.imports.tables import text_of
    from gezhi.kernel import clock
    from gezhi.platform.worktime.plan import read_days
    from gezhi.platform.worktime.queries import plan_in_force
    from gezhi.platform.worktime.use_cases.change_calendar import change_calendar

    with plain_errors("calendar set"):
        found = plan_in_force()
        plan = found.plan.with_year(year, read_days(text_of(file), year), planned=planned)
        number = change_calendar(actor=operator(), plan=plan, note=note, seen=found.number, now=clock.now())
    click.echo(f"version {number} is in force")


@command.command("restore")
@click.argument("number", type=click.IntRange(1))
@click.option("--note", required=True, help="Why; everybody can read it.")
def restore(number: int, note: str) -> None:
    """Put what version NUMBER said in force again, as a new version."""
    start_django()
    from gezhi.kernel import clock
    from gezhi.platform.worktime.use_cases.change_calendar import restore_calendar

    with plain_errors("calendar restore"):
        made = restore_calendar(actor=operator(), number=number, note=note, now=clock.now())
    click.echo(f"version {made} is in force")
