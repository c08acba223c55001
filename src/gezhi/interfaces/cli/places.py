"""``gezhi places``: find a place by name, and make the index that finds it."""

from __future__ import annotations

from dataclasses import asdict

import click

from gezhi.interfaces.cli.output import plain_errors, print_json, start_django


@click.group("places")
def command() -> None:
    """Places by name: areas, compounds, roads, crossings."""


@command.command("index")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def index(as_json: bool) -> None:
    """Make the index of names anew, if the ground has changed since. The job worker does so each minute.

    Exit codes: 0, also where there was nothing to do.
    """
    start_django()
    from gezhi.contexts.places.use_cases import refresh_index

    with plain_errors("places index"):
        made = refresh_index()
    if as_json:
        print_json({"made": made is not None, "places": made})
    else:
        click.echo("the index is up to date" if made is None else f"{made:,} places")


@command.command("find")
@click.argument("text")
@click.option("--near", type=(float, float), metavar="LON LAT", help="Places near this point (WGS84) come first.")
@click.option("--limit", type=click.IntRange(1, 20), default=8, show_default=True, help="At most so many places.")
@click.option("--outside", is_flag=True, help="Ask the services elsewhere that GEZHI_GEOCODERS names, and them alone.")
@click.option("--json", "as_json", is_flag=True, help="Print the places as JSON.")
def find(text: str, near: tuple[float, float] | None, limit: int, outside: bool, as_json: bool) -> None:
    """Places whose names are like TEXT: Chinese, pinyin, initials, a part, with a fault; areas may stand before it.

    Exit codes: 0 found, 1 nothing is called anything like it.
    """
    start_django()
    from gezhi.contexts.places.queries import find_outside, find_places

    with plain_errors("places find"):
        if outside:
            known = find_outside(text, limit=limit)
            found = known.places
            for name in known.silent:
                click.echo(f"{name} gives no answer", err=True)
        else:
            found = find_places(text, near=near, limit=limit)
    if as_json:
        print_json([asdict(place) for place in found])
    for place in () if as_json else found:
        fits = place.source if place.fits is None else f"{place.fits:.2f}"
        click.echo(f"{fits}  {place.kind:<9} {place.name}  {' '.join(place.inside)}  {place.lon:.6f} {place.lat:.6f}")
    raise SystemExit(0 if found else 1)
