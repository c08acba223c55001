"""``gezhi import places``: landmarks by name from a city's own list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gezhi.interfaces.cli.output import FINDING, operator, plain_errors, print_json, start_django
from gezhi.kernel.datum import Datum

if TYPE_CHECKING:
    from gezhi.interfaces.imports.case_rows import Rejected
    from gezhi.interfaces.imports.gazetteer import Landmark
    from gezhi.interfaces.imports.spool import LandmarkSpool

_REASONS_SHOWN = 20


@click.command("places")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--code", default="", help="The list's own short name; a list of the same is replaced [default: the file's]."
)
@click.option("--name", "source_name", default="", help="What the list is called [default: the file's name].")
@click.option("--licence", default="", help="The line that must stand beside a map of it.")
@click.option(
    "--datum",
    type=click.Choice([d.value for d in Datum]),
    default=Datum.WGS84.value,
    show_default=True,
    help="Datum of the degrees; lists of Chinese services are gcj02 or bd09.",
)
@click.option(
    "--all-or-nothing/--skip-bad",
    "whole",
    default=False,
    help="Write nothing if any row is bad, or write the good ones (default).",
)
@click.option("--rejects", type=click.Path(path_type=Path), help="CSV for bad rows [default: in the data folder].")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def command(
    *,
    file: Path,
    code: str,
    source_name: str,
    licence: str,
    datum: str,
    whole: bool,
    rejects: Path | None,
    as_json: bool,
) -> None:
    """Import landmarks from CSV, TSV, XLSX, JSON or JSON lines (plain or .gz), GeoJSON, GeoPackage or a zipped Shapefile.

    Columns: name, lon, lat, and where there are kind, name_en, also (old and other names, parted by ;), street,
    house_number, ref; or 名称, 经度, 纬度, 类别, 英文名称, 别名, 街路, 门牌号, 编号. They stand on the map and are found by
    name. A list that comes again replaces what it brought before.

    Exit codes: 0 every row is in, 1 some rows were rejected, 2 the file cannot be used.
    """
    start_django()
    from django.conf import settings

    from gezhi.contexts.ground.use_cases import NewSource, code_from, lay_ground
    from gezhi.interfaces.cli.progress import counted
    from gezhi.interfaces.imports.basemap import doubts_of_count, laid_before
    from gezhi.interfaces.imports.gazetteer import landmarks
    from gezhi.interfaces.imports.spool import LandmarkSpool
    from gezhi.interfaces.web.words import kinds_of_landmarks
    from gezhi.kernel import clock

    target = rejects or settings.GEZHI_HOME / "imports" / f"{file.name}.rejects.csv"
    laid = 0
    with plain_errors("import places"), LandmarkSpool(settings.GEZHI_HOME) as good:
        # Read to its end first: while it is laid nobody else can write.
        rows, reasons = _survey(landmarks(file, kinds=kinds_of_landmarks(), datum=Datum(datum)), target, good)
        bad = reasons.total()
        if rows > bad and not (whole and bad):
            stem = file.name.split(".")[0]
            source = NewSource(code or code_from(stem), source_name or stem, licence)
            before = laid_before(source.code)
            with counted("importing", total=rows - bad) as advance:
                laid = lay_ground(actor=operator(), source=source, features=good, now=clock.now(), advance=advance)
            for doubt in doubts_of_count(laid, before):
                click.echo(f"gezhi import places: {doubt}", err=True)
    result = {
        "rows": rows,
        "imported": laid,
        "rejected": bad,
        "reasons": dict(reasons),
        "rejects_file": str(target) if bad else None,
    }
    if as_json:
        print_json(result)
    else:
        click.echo(f"{laid:,} of {rows:,} places imported")
        for reason, count in reasons.most_common(_REASONS_SHOWN):
            click.echo(f"  {count:>9,} × {reason}")
        if bad:
            click.echo(f"bad rows, one by one: {target}")
    raise SystemExit(FINDING if bad else 0)


def _survey(verdicts: Iterable[Landmark | Rejected], target: Path, good: LandmarkSpool) -> tuple[int, Counter[str]]:
    """How many rows there are, and how many are bad for each reason; the bad ones go to a CSV, which is removed if there are
    none, the others into the spool."""
    from gezhi.interfaces.imports.case_rows import Rejected
    from gezhi.interfaces.imports.rejects import rejects_file
    from gezhi.kernel.filled import filled

    rows, reasons = 0, Counter[str]()
    with rejects_file(target, whose=filled("name")) as reject:
        for verdict in verdicts:
            rows += 1
            if isinstance(verdict, Rejected):
                reasons[f"{verdict.column}: {verdict.reason}"] += 1
                reject(verdict)
            else:
                good.add(verdict.feature)
    return rows, reasons
