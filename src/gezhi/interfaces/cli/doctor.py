"""``gezhi doctor``: what this installation lacks, and how to get it."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import click

from gezhi.interfaces.cli.doctor_safety import (
    clock,
    debugging,
    disk,
    keys,
    mail,
    messages,
    modes,
    proxies,
    signing_key,
)
from gezhi.interfaces.cli.findings import Finding

_MARKS = {"ok": "ok   ", "note": "note ", "stops": "STOPS"}
_REQUIREMENT_NAME = re.compile(r"[A-Za-z0-9._-]+")


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    fine = sys.version_info >= (3, 11)
    yield Finding("Python", "ok" if fine else "stops", version, "" if fine else "install Python 3.11 or newer")


def _libraries() -> Iterator[Finding]:
    missing = []
    for line in metadata.requires("gezhi") or []:
        name = _REQUIREMENT_NAME.match(line)
        if name is None or "extra ==" in line:
            continue
        try:
            metadata.version(name.group())
        except metadata.PackageNotFoundError:
            missing.append(name.group())
    if missing:
        yield Finding("libraries", "stops", f"missing: {', '.join(missing)}", "run `make install`")
    else:
        yield Finding("libraries", "ok", "all there")


def _front_end() -> Iterator[Finding]:
    import gezhi

    package = Path(gezhi.__file__).parent
    built = package / "interfaces" / "web" / "static" / "build"
    if built.is_dir() and any(built.rglob("*.js")):
        yield Finding("front end", "ok", "built")
    else:
        node = shutil.which("node")
        yield Finding(
            "front end",
            "note",
            "not built: pages work without their live parts",
            "run `make install`" if node else "install Node 20.19 or newer, then run `make install`",
        )
    catalogues = sorted((package / "locale").rglob("*.po")) if (package / "locale").is_dir() else []
    stale = [po for po in catalogues if not po.with_suffix(".mo").exists()]
    if stale:
        names = ", ".join(po.parts[-3] for po in stale)
        yield Finding("translations", "note", f"not compiled: {names}", "run `make install`")
    else:
        yield Finding("translations", "ok", f"{len(catalogues)} compiled")


def _data_folder() -> Iterator[Finding]:
    from django.conf import settings

    home: Path = settings.GEZHI_HOME
    try:
        with tempfile.NamedTemporaryFile(dir=home):
            pass
    except OSError as error:
        yield Finding(
            "data folder",
            "stops",
            f"{home}: {error.strerror}",
            "run `gezhi init`, or set GEZHI_HOME to a folder you may write to",
        )
    else:
        yield Finding("data folder", "ok", str(home))


def _database() -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import DatabaseError

    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        first_line = str(error).strip().splitlines()[0]
        yield Finding("database", "stops", first_line, "check GEZHI_DATABASE_URL and that the server runs")
        return
    if behind:
        yield Finding("database", "stops", f"{len(behind)} migrations behind", "run `gezhi init`")
    else:
        yield Finding("database", "ok", f"{connection.vendor}, up to date")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'postgis'")
            row = cursor.fetchone()
        if row:
            yield Finding("PostGIS", "ok", row[0])
        else:
            yield Finding(
                "PostGIS",
                "note",
                "not in this database: QGIS and vector tiles work without its index",
                "install it (Debian: postgresql-15-postgis-3), then CREATE EXTENSION postgis",
            )


def _calendar() -> Iterator[Finding]:
    from django.db.utils import DatabaseError

    from gezhi.kernel.calendar import china_calendar
    from gezhi.platform.worktime.city_calendar import city_calendar

    try:
        years = city_calendar().known_years
    except DatabaseError:
        years = china_calendar().known_years
    this_year = datetime.now(UTC).year
    found = f"holidays on record {min(years)}–{max(years)}"
    if this_year in years:
        yield Finding("holidays", "ok", found)
    else:
        yield Finding(
            "holidays",
            "note",
            f"{found}: in {this_year} only weekends are free",
            "enter this year's holidays on the page /calendar or by `gezhi calendar set`",
        )


def _browser() -> Iterator[Finding]:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            yield Finding("Chromium", "ok", path)
            return
    yield Finding(
        "Chromium", "note", "not found: the browser tests will be skipped", "Debian: apt-get install chromium"
    )


# In the order in which a person would mend them. The first that stops may make the later ones meaningless.
CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _python,
    _libraries,
    _data_folder,
    disk,
    _database,
    keys,
    modes,
    clock,
    debugging,
    signing_key,
    proxies,
    mail,
    messages,
    _front_end,
    _calendar,
    _browser,
)


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(as_json: bool) -> None:
    """Look this installation over: what is missing, and how to get it.

    Exit codes: 0 nothing stops work, 1 something does, 2 the settings cannot be read.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except (ImproperlyConfigured, OSError) as error:
        click.echo(f"gezhi doctor: the settings cannot be read: {error}", err=True)
        raise SystemExit(2) from error
    findings = [finding for check in CHECKS for finding in check()]
    stops = any(finding.weight == "stops" for finding in findings)
    if as_json:
        click.echo(
            json.dumps({"ok": not stops, "findings": [asdict(f) for f in findings]}, ensure_ascii=False, indent=2)
        )
    else:
        for finding in findings:
            click.echo(f"{_MARKS[finding.weight]}  {finding.subject}: {finding.found}")
            if finding.remedy:
                click.echo(f"       → {finding.remedy}")
    raise SystemExit(1 if stops else 0)
