"""``gezhi audit``: is the record whole?"""

from __future__ import annotations

import click

from gezhi.interfaces.cli.output import FINDING, plain_errors, print_json, start_django


@click.group("audit")
def command() -> None:
    """The hash-chained record of every change."""


@command.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--folds/--no-folds", default=True, help="Also compare each case's row with the fold of its history.")
def verify(as_json: bool, folds: bool) -> None:
    """Walk every chain and say which rows were changed, added or removed outside the program.

    Also checks that every case's row is what its history says.

    Exit codes: 0 the record is whole, 1 something was found (each row's table and id are printed).
    """
    start_django()
    from dataclasses import asdict

    from gezhi.contexts.cases.queries import rows_that_differ
    from gezhi.interfaces.cli.progress import counted
    from gezhi.platform.audit import chain

    with plain_errors("audit verify"):
        total = chain.count_rows()
        findings = []
        with counted("verifying", total=total) as advance:
            findings = list(chain.verify(progress=advance))
        differing = list(rows_that_differ()) if folds else []
    if as_json:
        print_json(
            {
                "rows": total,
                "clean": not findings and not differing,
                "findings": [asdict(finding) for finding in findings],
                "rows_that_differ": [{"case": number, "columns": columns} for number, columns in differing],
            }
        )
    else:
        for finding in findings:
            row = "row missing" if finding.row_id is None else f"row id {finding.row_id}"
            click.echo(f"{finding.table or '?'}: {row} (chain {finding.chain}, {finding.seq}): {finding.problem}")
        for number, columns in differing:
            click.echo(f"cases_case: {number} differs from its history in {', '.join(columns)}")
        click.echo(f"{total} rows: {'clean' if not findings and not differing else 'NOT CLEAN'}")
    raise SystemExit(FINDING if findings or differing else 0)
