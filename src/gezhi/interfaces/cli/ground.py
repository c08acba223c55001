"""``gezhi ground``: where the map's ground comes from, and taking a source away."""

from __future__ import annotations

from dataclasses import asdict

import click

from gezhi.interfaces.cli.output import operator, plain_errors, print_json, start_django


@click.group("ground")
def command() -> None:
    """What lies under all maps, by where it comes from."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the sources as JSON.")
def list_sources(as_json: bool) -> None:
    """All sources: code, how many features, name, and the line that stands beside the map.

    Exit codes: 0, also where there are none.
    """
    start_django()
    from gezhi.contexts.ground.queries import licences

    with plain_errors("ground list"):
        sources = licences()
    if as_json:
        print_json([asdict(one) for one in sources])
        return
    for one in sources:
        what = "tiles" if one.archive else f"{one.features:,}"
        click.echo(f"{one.code:<20} {what:>9}  {one.name}  {one.licence}".rstrip())


@command.command("clear")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def clear(code: str, as_json: bool) -> None:
    """Take away all that the source CODE has laid.

    Exit codes: 0 taken away, 2 there is no such source.
    """
    start_django()
    from gezhi.contexts.ground.use_cases import clear_ground
    from gezhi.kernel import clock

    with plain_errors("ground clear"):
        gone = clear_ground(actor=operator(), code=code, now=clock.now())
    if as_json:
        print_json({"code": code, "features": gone})
    else:
        click.echo(f"{gone:,} features of '{code}' taken away")
