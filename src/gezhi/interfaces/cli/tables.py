"""``gezhi tables``: the versions of the tables that decide, one as a workbook, one that waits taken back."""

from __future__ import annotations

from pathlib import Path

import click

from gezhi.interfaces.cli.output import operator, plain_errors, start_django


@click.group(name="tables", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """The class table: its versions, its rows as a workbook, a version that waits."""


@command.command("list")
def listed() -> None:
    """The versions of the class table, the newest first."""
    start_django()
    from django.utils import timezone

    from gezhi.contexts.cases.queries import class_versions

    for one in class_versions():
        state = "in force" if one.in_force else "waits" if one.waiting else "past"
        start = timezone.localtime(one.effective_from).strftime("%Y-%m-%d %H:%M")
        click.echo(f"{one.code:<24} {state:<9} {start}  {one.classes:>5,} classes  {one.name}")


@command.command("classes")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--code", default=None, help="Of which version; left out: of the one in force.")
def classes(file: Path, code: str | None) -> None:
    """Write a version of the class table to FILE (.xlsx), to be edited and brought back by `gezhi import classes`."""
    start_django()
    from gezhi.contexts.cases.queries import class_rows_of
    from gezhi.interfaces.imports.class_book import write_book

    with plain_errors("tables classes"):
        rows = class_rows_of(code)
        write_book(file, rows)
    click.echo(f"{len(rows)} classes in {file}")


@command.command("withdraw")
@click.argument("code")
def withdraw(code: str) -> None:
    """Take back the version CODE of the class table, which waits for its time."""
    start_django()
    from gezhi.contexts.cases.use_cases.install_classes import withdraw_classes
    from gezhi.kernel import clock

    with plain_errors("tables withdraw"):
        withdraw_classes(actor=operator(), code=code, now=clock.now())
    click.echo(f"'{code}' is withdrawn")
