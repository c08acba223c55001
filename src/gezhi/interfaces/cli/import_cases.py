"""``gezhi import cases``: requests of another register, as cases with a history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gezhi.interfaces.cli.output import FINDING, operator, plain_errors, print_json, start_django

_REASONS_SHOWN = 20


def _list(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from gezhi.interfaces.imports.mapping import shipped_mappings

    click.echo("\n".join(shipped_mappings()))
    ctx.exit()


@click.command("cases")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", "mapping_name", required=True, help="A .toml file, or a shipped one: see --list-mappings.")
@click.option(
    "--all-or-nothing/--skip-bad",
    "whole",
    default=False,
    help="Write nothing if any row is bad, or write the good ones (default).",
)
@click.option("--rejects", type=click.Path(path_type=Path), help="CSV for bad rows [default: in the data folder].")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--list-mappings",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list,
    help="Name the mappings that ship, and stop.",
)
def command(*, file: Path, mapping_name: str, whole: bool, rejects: Path | None, as_json: bool) -> None:
    """Import requests from CSV, XLSX, JSON or JSON lines (plain or .gz).

    The mapping says which column holds what, in which time zone and datum, and which of our classes a foreign class
    is. Each bad row is reported with its number, column and reason. Rows that are there already are skipped, so that
    the command can be repeated after a stop. Rows on a point which the source uses for what it could not
    locate are flagged 'location doubtful' and get no grid.

    Where no class table is in force yet, the one that ships is installed first.

    Exit codes: 0 every row is in, 1 some rows were rejected, 2 the file or the mapping cannot be used.
    """
    start_django()
    from django.conf import settings

    from gezhi.contexts.cases.use_cases.install_shipped_tables import install_shipped_tables
    from gezhi.interfaces.cli.progress import counted
    from gezhi.interfaces.imports.mapping import load_mapping
    from gezhi.interfaces.imports.run import Tally, figures, reader_of, stopwatch, survey, write
    from gezhi.kernel import clock

    seconds = stopwatch()
    with plain_errors("import cases"):
        mapping = load_mapping(mapping_name)
        actor, now = operator(), clock.now()
        install_shipped_tables(actor=actor, now=now)
        reader = reader_of(mapping)
        target = rejects or settings.GEZHI_HOME / "imports" / f"{file.name}.rejects.csv"
        surveyed = survey(reader, file, rejects=target)
        tally = Tally()
        if not (whole and surveyed.rejected):
            with counted("importing", total=surveyed.rows - surveyed.rejected) as advance:
                tally = write(
                    actor=actor, reader=reader, path=file, surveyed=surveyed, whole=whole, now=now, advance=advance
                )
    result = figures(surveyed, tally, seconds=seconds())
    result["rejects_file"] = str(target) if surveyed.rejected else None
    if as_json:
        print_json(result)
    else:
        _print(result, whole=whole)
    raise SystemExit(FINDING if surveyed.rejected else 0)


def _print(result: dict[str, Any], *, whole: bool) -> None:
    def percent(share: float | None) -> str:
        return "–" if share is None else f"{share:.2%}"

    click.echo(f"{result['rows']:,} rows in {result['seconds']} s")
    click.echo(f"  imported            {result['imported']:>9,}")
    click.echo(f"  there already       {result['existing']:>9,}")
    click.echo(f"  rejected            {result['rejected']:>9,}")
    click.echo(f"  location doubtful   {result['doubtful_location']:>9,}")
    click.echo(f"  without location    {result['unlocated']:>9,}")
    click.echo(f"  point in an area    {percent(result['located_share']):>9}")
    if result["area_compared"]:
        click.echo(f"  agrees with the file's own area: {percent(result['area_agreement'])} of all rows,")
        click.echo(f"    {percent(result['area_agreement_without_doubtful'])} without doubtful locations")
    for point in result["default_points"]:
        place = f"{point['lat']}, {point['lon']}"
        click.echo(f"  default point {place}: {point['rows']:,} rows, {point['addresses']:,} addresses")
    reasons = sorted(result["reasons"].items(), key=lambda item: -item[1])
    for reason, count in reasons[:_REASONS_SHOWN]:
        click.echo(f"  {count:>9,} × {reason}")
    if result["rejected"]:
        click.echo(f"bad rows, one by one: {result['rejects_file']}")
        if whole:
            click.echo("nothing was written (--all-or-nothing)")
