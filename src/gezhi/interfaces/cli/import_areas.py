"""``gezhi import areas``: polygons of one level from a file into the tree."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gezhi.interfaces.cli.output import database_words, operator, start_django
from gezhi.interfaces.cli.progress import counted
from gezhi.kernel.datum import Datum

if TYPE_CHECKING:
    from gezhi.contexts.areas.use_cases.import_areas import ImportResult
    from gezhi.solvers.coverage import Change

FINE, FINDING, BAD_INPUT = 0, 1, 2
_SHOWN = 20
LEVELS = ("city", "district", "street", "community", "grid")


@click.command("areas")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--level", type=click.Choice(LEVELS), help="Level of the areas. Default: told by the length of the codes."
)
@click.option("--code", "code_property", default="code", show_default=True, help="Property that holds the code.")
@click.option("--name", "name_property", help="Property that holds the name. Default: 'name', else the code.")
@click.option("--parent", help="Code of the parent of areas whose code does not tell it. Default: the city.")
@click.option(
    "--city", "city_name", default="", help="Name of the city that an empty instance gets. Default: the file's."
)
@click.option(
    "--datum",
    type=click.Choice([d.value for d in Datum]),
    default=Datum.WGS84.value,
    show_default=True,
    help="Datum of coordinates in degrees; maps of Chinese services are gcj02 or bd09.",
)
@click.option("--crs", help="True reference system of a file that states a wrong one or none, e.g. EPSG:2249.")
@click.option("--repair", is_flag=True, help="Mend invalid rings, slivers, overlaps and gaps, and tell each change.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def command(
    *,
    file: Path,
    level: str | None,
    code_property: str,
    name_property: str | None,
    parent: str | None,
    city_name: str,
    datum: str,
    crs: str | None,
    repair: bool,
    as_json: bool,
) -> None:
    """Import areas from GeoJSON, GeoPackage or a zipped Shapefile: all of them or none.

    The file is checked for gaps, overlaps, invalid rings and codes that occur twice. A new version of the coverage
    takes effect at once; areas that are there already keep their identity and get the new border.

    Exit status: 0 imported, 1 refused because of faults in the coverage, 2 the input cannot be used.
    """
    start_django()
    from django.db.utils import OperationalError

    from gezhi.contexts.areas.domain.levels import AreaLevel
    from gezhi.contexts.areas.use_cases.import_areas import AreaDraft, import_areas
    from gezhi.kernel import clock
    from gezhi.kernel.errors import GezhiError
    from gezhi.platform.geodb.vector_file import read_vector_file

    try:
        source = read_vector_file(file, datum=Datum(datum), crs=crs)
        codes = source.column(code_property, field="code")
        if name_property is None:
            names = source.column("name", field="name") if "name" in source.properties else codes
        else:
            names = source.column(name_property, field="name")
        with counted("checking and writing areas", total=None):
            result = import_areas(
                actor=operator(),
                drafts=[AreaDraft(*parts) for parts in zip(codes, names, source.geometries, strict=True)],
                level=AreaLevel(level) if level else None,
                parent_code=parent,
                city_name=city_name,
                repair=repair,
                source=file.name,
                now=clock.now(),
            )
    except GezhiError as error:
        if as_json:
            click.echo(json.dumps({"imported": False, "error": error.code, "message": error.message}))
        click.echo(f"gezhi import areas: {error.message}", err=True)
        sys.exit(BAD_INPUT)
    except OperationalError as error:
        click.echo(f"gezhi import areas: {database_words(error)}", err=True)
        sys.exit(BAD_INPUT)

    if as_json:
        click.echo(json.dumps(_as_dict(result, file, len(codes)), ensure_ascii=False))
    else:
        _print(result, file, len(codes), repair=repair)
    sys.exit(FINE if result.planted else FINDING)


def _as_dict(result: ImportResult, file: Path, count: int) -> dict[str, Any]:
    planted = result.planted
    counts: dict[str, int] = {}
    for finding in result.report.findings:
        counts[finding.kind.value] = counts.get(finding.kind.value, 0) + 1
    return {
        "imported": planted is not None,
        "file": file.name,
        "level": result.level.value,
        "areas": count,
        "created": planted.created if planted else 0,
        "redrawn": planted.redrawn if planted else 0,
        "version": planted.version if planted else None,
        "counts": counts,
        "findings": [
            {
                "kind": f.kind.value,
                "ids": list(f.ids),
                "area_m2": round(f.area_m2, 4),
                "lon": f.lon,
                "lat": f.lat,
                "detail": f.detail,
            }
            for f in result.report.findings
        ],
        "changes": [
            {"id": c.id, "kind": c.kind.value, "area_m2": round(c.area_m2, 4), "other": c.other} for c in result.changes
        ],
    }


def _list(title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    click.echo(f"\n{title}: {len(lines)}")
    for line in lines[:_SHOWN]:
        click.echo(f"  {line}")
    if len(lines) > _SHOWN:
        click.echo(f"  … and {len(lines) - _SHOWN} more (--json lists all)")


_BETWEEN = {"overlapped": "with", "contained": "in", "vanished": "where lies"}


def _change(change: Change) -> str:
    what = change.kind.value.replace("_", " ")
    other = f" {_BETWEEN[change.kind.value]} {change.other}" if change.other else ""
    return f"{change.id}  {what}{other}  {change.area_m2:,.2f} m²"


def _print(result: ImportResult, file: Path, count: int, *, repair: bool) -> None:
    from gezhi.solvers.coverage import FindingKind

    click.echo(f"{file.name}: {count} areas of level {result.level.value}")
    for kind in FindingKind:
        lines = []
        for finding in result.report.of(kind):
            size = f"{finding.area_m2:,.2f} m²" if finding.area_m2 else ""
            place = f"at {finding.lon:.6f}, {finding.lat:.6f}" if finding.lon is not None else ""
            lines.append("  ".join(part for part in (" · ".join(finding.ids), size, finding.detail, place) if part))
        _list(kind.value.replace("_", " "), lines)
    _list("changed", [_change(change) for change in result.changes])
    planted = result.planted
    if planted:
        click.echo(f"\nimported as version {planted.version}: {planted.created} new, {planted.redrawn} redrawn")
        return
    faults = len(result.report.faults)
    advice = "; --repair can mend this" if result.report.repairable and not repair else ""
    click.echo(f"\nrefused, nothing written: {faults} faults{advice}")
