"""``gezhi work``: what waits, runs and has ended in the background."""

from __future__ import annotations

import click

from gezhi.interfaces.cli.output import FINDING, operator, plain_errors, print_json, start_django

STATES = ("queued", "running", "done", "failed", "stopped")


@click.group("work")
def command() -> None:
    """Background work: exports, imports, solver runs. List runs, show one, stop one."""


@command.command("list")
@click.option("--state", type=click.Choice(STATES), multiple=True, help="Only runs in this state; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the runs as JSON.")
def list_runs(state: tuple[str, ...], as_json: bool) -> None:
    """The newest runs, at most a hundred. Exit codes: 0, also where there are none."""
    start_django()
    from gezhi.platform.work.queries import runs
    from gezhi.platform.work.rows import run_row

    with plain_errors("work list"):
        found = runs(operator(), states=state)
    if as_json:
        print_json([run_row(run) for run in found])
        return
    for run in found:
        far = f"{run.done:,}" + (f" / {run.total:,}" if run.total else "")
        click.echo(f"{run.pk.hex}  {run.state:<8} {run.kind:<20} {far:>16}  {run.starter_label}")


@command.command("show")
@click.argument("run", type=click.UUID)
def show(run: object) -> None:
    """One run as JSON: how far it is, or what came of it.

    Exit codes: 0 it waits, runs or is done, 1 it has failed or was stopped, 2 no such run.
    """
    start_django()
    from uuid import UUID

    from gezhi.kernel import clock
    from gezhi.platform.work.queries import find_run
    from gezhi.platform.work.rows import full_run_row

    with plain_errors("work show"):
        actor = operator()
        found = find_run(actor, UUID(str(run)))
        print_json(full_run_row(actor, found, now=clock.now()))
    raise SystemExit(FINDING if found.state in {"failed", "stopped"} else 0)


@command.command("stop")
@click.argument("run", type=click.UUID)
def stop(run: object) -> None:
    """Have a run stop: at once where it waits, at its next step where it runs. Exit codes: 0 asked, 2 no such run, or over."""
    start_django()
    from uuid import UUID

    from gezhi.kernel import clock
    from gezhi.platform.work.use_cases.stop_work import stop_work

    with plain_errors("work stop"):
        found = stop_work(actor=operator(), run_id=UUID(str(run)), now=clock.now())
    click.echo("stopped" if found.has_ended else "it stops at its next step")
