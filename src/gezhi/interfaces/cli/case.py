"""``gezhi case``: report and look at cases from a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from gezhi.interfaces.cli.output import operator, plain_errors, print_json, start_django

if TYPE_CHECKING:
    from gezhi.contexts.cases.queries import Landed


@click.group("case")
def command() -> None:
    """Report a case, show one with its history."""


@command.command("report")
@click.option("--class", "class_code", required=True, metavar="CODE", help="Minor class, e.g. E0110.")
@click.option("--text", "description", required=True, help="What is the matter.")
@click.option("--lon", type=float, help="Longitude in degrees.")
@click.option("--lat", type=float, help="Latitude in degrees.")
@click.option(
    "--datum",
    type=click.Choice(["wgs84", "cgcs2000", "gcj02", "bd09"]),
    default="wgs84",
    show_default=True,
    help="What the position refers to.",
)
@click.option("--area", metavar="AREA_CODE", help="The area, where no position is known.")
@click.option("--address", default="", help="Address in words.")
@click.option("--key", help="Idempotency key: the same key files the same report once.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def report(
    class_code: str,
    description: str,
    lon: float | None,
    lat: float | None,
    datum: str,
    area: str | None,
    address: str,
    key: str | None,
    as_json: bool,
) -> None:
    """File a report. Prints the case number, the follow code, who settles it and by when.

    Exit codes: 0 filed, 2 refused; the message names the option at fault.
    """
    start_django()
    from gezhi.contexts.areas.queries import area_by_code
    from gezhi.contexts.cases.domain.states import Channel
    from gezhi.contexts.cases.use_cases import Report, report_case
    from gezhi.kernel import clock
    from gezhi.kernel.datum import Datum
    from gezhi.kernel.errors import NotFound

    with plain_errors("case report"):
        place = None if area is None else area_by_code(area)
        if area is not None and place is None:
            raise NotFound("unknown_area", f"there is no area with the code {area}", field="--area")
        made = report_case(
            actor=operator(),
            report=Report(
                class_code=class_code,
                description=description,
                lon=lon,
                lat=lat,
                datum=Datum(datum),
                area_id=None if place is None else place.id,
                address=address,
                channel=Channel.CLI,
            ),
            key=key,
            now=clock.now(),
        )
    if as_json:
        print_json(made)
        return
    click.echo(f"case {made.number}, follow code {made.follow_code}")
    click.echo(
        f"to be settled by {made.organisation or 'nobody on record'} until {made.handle_due} ({made.routing_reason})"
    )


@command.command("show")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print the case as JSON.")
def show(number: str, as_json: bool) -> None:
    """One case with its history. Exit codes: 0 shown, 2 no such case."""
    start_django()
    from gezhi.contexts.cases.queries import case_page

    with plain_errors("case show"):
        page = case_page(operator(), number)
    if as_json:
        print_json(page)
        return
    row = page.case
    click.echo(f"{number}  {row['status']}  {row['class_code']}  {row['grid_name'] or row['address']}")
    click.echo(page.description)
    for step in page.history:
        click.echo(f"  {step.version:>3} {step.at.isoformat()}  {step.action:<9} {step.actor_label}  {step.note}")


@command.command("step")
@click.argument("number")
@click.argument("action")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="What the step needs, e.g. outcome=resolved.")
@click.option("--note", default="", help="Words; some steps need a reason.")
@click.option("--version", type=int, help="Refuse if the case has moved on from this version.")
@click.option("--key", help="Idempotency key: the same key takes the step once.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def step(
    number: str, action: str, given: tuple[str, ...], note: str, version: int | None, key: str | None, as_json: bool
) -> None:
    """Take one step of the table (docs/reference/case-life.md) as the operator of this machine.

    Exit codes: 0 taken, 2 refused; the message says why, and what the step needs.
    """
    start_django()
    from gezhi.contexts.cases.queries import landed
    from gezhi.contexts.cases.use_cases import CASE, Command
    from gezhi.kernel import clock
    from gezhi.kernel.errors import InvalidInput

    with plain_errors("case step"):
        verb = CASE.verbs.get(action)
        if verb is None:
            steps = ", ".join(sorted(CASE.verbs))
            raise InvalidInput("unknown_action", f"there is no step '{action}'; there are: {steps}", field="ACTION")
        texts = {}
        for pair in given:
            name, mark, value = pair.partition("=")
            if not mark or name not in verb.names:
                needed = ", ".join(sorted(verb.names)) or "nothing"
                raise InvalidInput("field_not_read", f"'{action}' reads {needed}, not '{pair}'", field="--set")
            texts[name] = value
        asked = Command(operator(), number, clock.now(), expected_version=version, key=key, note=note)
        result = verb.perform(asked, verb.read(texts))
    if as_json:
        print_json(result)
        return
    click.echo(f"case {result.number}: {result.status}, version {result.version}")
    where = landed(result, now=asked.now)
    for line in () if where is None else _landed_lines(where):
        click.echo(line)


def _landed_lines(where: Landed) -> Iterator[str]:
    """Where a correction has taken a case, and whether anybody works there."""
    from gezhi.contexts.areas.queries import areas_by_id
    from gezhi.contexts.organisations.queries import organisations_by_id

    if where.taken_back:
        yield "  whoever had it does not act there and has it no more"
    if where.hub_area_id is not None:
        place = areas_by_id([where.hub_area_id])[where.hub_area_id].name
        yield f"  it {'waits for its dispatch in' if where.waiting else 'lies in'} {place} now"
    if where.hub_empty:
        yield "  nobody has the role of a street dispatcher there: city operations must see to it"
    if where.renamed:
        body = None if where.body_id is None else organisations_by_id([where.body_id])[where.body_id].name
        yield f"  the duty table names {body or 'nobody'} for it now"
    if where.body_unseen:
        yield "  nobody of that body has an account that sees it: tell them in another way"
