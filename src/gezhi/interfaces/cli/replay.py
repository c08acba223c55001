"""``gezhi replay``: imported cases lived through again by the use cases, on a simulated clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from gezhi.interfaces.cli.output import BAD_INPUT, FINDING, operator, plain_errors, print_json, start_django

# Settings that belong to the data folder the cases come from, not to the replay's own.
_OF_THE_SOURCE = ("GEZHI_HOME", "GEZHI_DATABASE_URL", "GEZHI_SECRET_KEY", "GEZHI_KEY_")


@click.command("replay")
@click.option("--limit", type=click.IntRange(1), help="Replay the first N cases by reporting time. Default: all.")
@click.option("--into", type=click.Path(path_type=Path), help="A new data folder. Default: replays/N in this one.")
@click.option("--here", is_flag=True, help="Replay into this data folder, beside the imported cases.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--source-on-stdin", is_flag=True, hidden=True, help="Used by the command itself.")
def command(*, limit: int | None, into: Path | None, here: bool, as_json: bool, source_on_stdin: bool) -> None:
    """Replay imported cases: each is reported, dispatched, accepted, handled, checked and closed by the same
    use cases that people use, at the moments that the register gives.

    The replay runs in a data folder of its own, with a copy of the areas, organisations, classes and duties; nothing
    here is changed. At the end each case is compared with the fold of its history, and the audit chains are walked.

    Exit codes: 0 all is well, 1 the verification found something, 2 there is nothing to replay or the folder is taken.
    """
    start_django()
    if source_on_stdin:
        _run(limit=limit, source=json.load(sys.stdin), as_json=as_json)
    elif here:
        _run(limit=limit, source=None, as_json=as_json)
    else:
        _in_a_folder_of_its_own(limit=limit, into=into, as_json=as_json)


def _in_a_folder_of_its_own(*, limit: int | None, into: Path | None, as_json: bool) -> None:
    from django.conf import settings

    home = (into or _next_folder(settings.GEZHI_HOME / "replays")).resolve()
    if home.exists() and any(home.iterdir()):
        click.echo(f"gezhi replay: {home} is not empty; choose another folder with --into", err=True)
        raise SystemExit(BAD_INPUT)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OF_THE_SOURCE)}
    environment |= {
        "GEZHI_HOME": str(home),
        "GEZHI_TIME_ZONE": settings.TIME_ZONE,
        "DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded",
    }
    gezhi = [sys.executable, "-m", "gezhi.interfaces.cli.main"]
    subprocess.run([*gezhi, "init", "--quiet", "--bare"], env=environment, check=True, stdin=subprocess.DEVNULL)  # noqa: S603
    asked = ["--limit", str(limit)] if limit else []
    asked += ["--json"] if as_json else []
    database = {name: settings.DATABASES["default"].get(name, "") for name in _DATABASE_KEYS}
    done = subprocess.run(  # noqa: S603 - our own program
        [*gezhi, "replay", "--source-on-stdin", *asked],
        env=environment,
        input=json.dumps(database).encode(),
        check=False,
    )
    raise SystemExit(done.returncode)


_DATABASE_KEYS = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


def _next_folder(parent: Path) -> Path:
    taken = {int(path.name) for path in parent.glob("*") if path.name.isdigit()} if parent.is_dir() else set()
    return parent / str(max(taken, default=0) + 1)


def _run(*, limit: int | None, source: dict[str, Any] | None, as_json: bool) -> None:
    from datetime import timedelta

    from django.conf import settings

    from gezhi.contexts.cases.queries.imported import imported_cases
    from gezhi.demo.replay.reference import SOURCE, copy_reference_tables, open_source
    from gezhi.demo.replay.run import make_cast, replay, verify
    from gezhi.interfaces.cli.progress import counted

    alias = "default"
    with plain_errors("replay"):
        if source is not None:
            open_source({name: value for name, value in source.items() if value})
            copy_reference_tables()
            alias = SOURCE
        rows = list(imported_cases(limit=limit, using=alias))
        if not rows:
            click.echo("gezhi replay: there are no imported cases here; see `gezhi import cases --help`", err=True)
            raise SystemExit(BAD_INPUT)
        cast = make_cast(actor=operator(), now=rows[0].reported_at - timedelta(days=1))
        with counted("replaying", total=len(rows)) as advance:
            outcomes = replay(iter(rows), cast=cast, advance=advance)
        verify(outcomes)
    steps = sum(outcomes.actions.values())
    result = {
        "cases": outcomes.cases,
        "closed": outcomes.closed,
        "actions": outcomes.actions,
        "seconds": round(outcomes.seconds, 1),
        "ms_per_action": round(1000 * outcomes.seconds / max(steps, 1), 2),
        "history_rows": outcomes.history_rows,
        "rows_that_differ_from_their_history": outcomes.rows_that_differ,
        "audit_findings": outcomes.audit_findings,
        "home": str(settings.GEZHI_HOME),
    }
    if as_json:
        print_json(result)
    else:
        click.echo(f"{outcomes.cases:,} cases, {outcomes.closed:,} closed, {steps:,} actions in {result['seconds']} s")
        click.echo(f"cases that differ from their history: {len(outcomes.rows_that_differ)}")
        click.echo(f"audit: {outcomes.history_rows:,} rows, {len(outcomes.audit_findings)} findings")
        for line in (*outcomes.rows_that_differ[:20], *outcomes.audit_findings[:20]):
            click.echo(f"  {line}")
        click.echo(f"look around with GEZHI_HOME={settings.GEZHI_HOME}")
    raise SystemExit(0 if outcomes.clean else FINDING)
