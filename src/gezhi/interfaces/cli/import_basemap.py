"""``gezhi import basemap``: a file of OpenStreetMap becomes the ground under all maps; finished tiles lie below it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from gezhi.interfaces.cli.output import operator, plain_errors, print_json, start_django

ODBL = "© OpenStreetMap contributors (ODbL)"


@click.command("basemap")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--code", help="Code of the source; what it laid before is replaced. Default: from the file's name.")
@click.option("--name", help="Name of the source. Default: from the file's name.")
@click.option(
    "--licence", default=ODBL, show_default=True, help="The line that must stand beside the map; empty for none."
)
@click.option("--points-only", is_flag=True, help="Take a file without a single road or house for a whole one.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def command(*, file: Path, code: str | None, name: str | None, licence: str, points_only: bool, as_json: bool) -> None:
    """Lay roads, water, green, buildings, doors and landmarks from a file: .osm.pbf, .osm, .osm.gz or .osm.bz2.

    All of the file or nothing; what the same source laid before is replaced. A file that breaks off, has places that are
    none on earth, no roads and houses, or of which nothing lies in the city is refused. The index of places follows within a
    minute where the server runs, or by `gezhi places index`.

    A file .pmtiles (version 3, vector or pictures) is copied into the data folder, and lies under the city's own ground. It
    is only drawn: nothing in it is found by name.

    Exit codes: 0 laid, 2 the file cannot be used.
    """
    start_django()
    from gezhi.contexts.areas.queries import box_of
    from gezhi.contexts.ground.use_cases import NewSource
    from gezhi.interfaces.cli.progress import counted
    from gezhi.interfaces.imports.basemap import code_of, is_archive, lay_osm_file, lay_tiles, title_of
    from gezhi.interfaces.imports.run import stopwatch
    from gezhi.kernel import clock

    seconds = stopwatch()
    source = NewSource(code or code_of(file), name or title_of(file), licence)
    lay = lay_tiles if is_archive(file) else partial(lay_osm_file, points_only=points_only)
    with plain_errors("import basemap"), counted("laying the ground", total=None) as advance:
        laid = lay(actor=operator(), path=file, source=source, now=clock.now(), advance=advance)
    took = round(seconds(), 2)
    for doubt in laid.doubts:
        click.echo(f"gezhi import basemap: {doubt}", err=True)
    if box_of() is None:
        click.echo("gezhi import basemap: no page shows a map before there are areas: gezhi import areas", err=True)
    if as_json:
        print_json(
            {
                "code": source.code,
                "name": source.name,
                "licence": source.licence,
                "features": laid.features,
                "layers": laid.layers,
                "archive": laid.archive,
                "before": laid.before,
                "doubts": [str(doubt) for doubt in laid.doubts],
                "seconds": took,
            }
        )
        return
    if laid.archive:
        click.echo(f"tiles laid as '{source.code}' in {took} s: {laid.archive}")
        return
    before = f", {laid.before:,} before" if laid.before else ""
    click.echo(f"{laid.features:,} features laid as '{source.code}' in {took} s{before}")
    for layer, count in laid.layers.items():
        click.echo(f"  {layer:<10} {count:>9,}")
