"""``gezhi plan partition``: which areas of this city belong together."""

from __future__ import annotations

from pathlib import Path

import click

from gezhi.interfaces.cli.output import operator, plain_errors, start_django
from gezhi.interfaces.cli.plan_options import last_days, level_option, planning_options
from gezhi.interfaces.cli.solver_files import finish, within, write_answer


@click.command()
@planning_options
@level_option("--units", default="grid", help_text="The areas that are put together.")
@click.option("--band", nargs=2, type=int, required=True, metavar="L U", help="Least and most that a part may weigh.")
@click.option("--parts", type=click.IntRange(min=1), help="Number of parts; left out: chosen.")
@level_option("--within", "within_level", default=None, help_text="No part crosses the areas of this level.")
@level_option(
    "--today", default=None, help_text="The areas of this level are the parts of today: as few as possible move."
)
def command(
    area: str,
    measure: str | None,
    days: int | None,
    task_file: Path | None,
    seconds: float | None,
    seed: int,
    out: Path,
    units: str,
    band: tuple[int, int],
    parts: int | None,
    within_level: str | None,
    today: str | None,
) -> None:
    """Put the areas of one level together into parts: contiguous, within a band, with short borders.

    Neighbours are areas that share a border on the map in force. With --days the cases of these days are the workload that
    is evened out, beside the households.

    \b
    OUT is the JSON of 'gezhi solve partition', with
      measure    households or cases: what every 'household' in it counts
      parts      {part: [{code, name, weight}, …]}
    """
    start_django()
    from gezhi.contexts.areas.domain.levels import AreaLevel
    from gezhi.kernel import clock
    from gezhi.planning import Measure, plan_partition
    from gezhi.solvers.partition import solve_partition

    with plain_errors("plan partition"):
        made = plan_partition(
            operator(),
            area=area,
            units=AreaLevel(units),
            band=band,
            k=parts,
            within=None if within_level is None else AreaLevel(within_level),
            today=None if today is None else AreaLevel(today),
            measure=None if measure is None else Measure(measure),
            span=last_days(days, now=clock.now()),
        )
        if task_file is not None:
            write_answer(task_file, made.task)
        result = solve_partition(made.task, seed=seed, should_stop=within(seconds))
    weight = {str(unit.id): int(unit.households) for unit in made.task.units}
    answer = {
        "measure": made.measure,
        "parts": {
            part: [{"code": land.code, "name": land.name, "weight": weight[land.code]} for land in members]
            for part, members in sorted(made.parts(result.assignment).items())
        },
        **vars(result),
    }
    finish(out, answer, result.status, result.certificate.claim)
