"""``gezhi plan sites``: in which areas of this city stations or service centres should stand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from gezhi.interfaces.cli.output import operator, plain_errors, start_django
from gezhi.interfaces.cli.plan_options import last_days, level_option, planning_options
from gezhi.interfaces.cli.solver_files import finish, within, write_answer

if TYPE_CHECKING:
    from gezhi.solvers.siting.task import Model


@click.command()
@planning_options
@level_option("--units", default="grid", help_text="The areas whose people or cases are to be served.")
@level_option("--sites", default="community", help_text="The areas in whose middle a site may stand.")
@click.option(
    "--model",
    type=click.Choice(["p_median", "max_cover", "set_cover"]),
    default="p_median",
    show_default=True,
    help="Shortest ways; most within --radius; fewest with everybody within --radius.",
)
@click.option("--number", type=click.IntRange(min=1), help="Sites to open, those of --fixed included.")
@click.option("--radius", type=click.FloatRange(min=0), help="Metres within which an area counts as covered.")
@click.option("--limit", type=click.FloatRange(min=0), help="Metres beyond which nobody is sent.")
@click.option("--fixed", multiple=True, metavar="CODE", help="An area where a site stands and stays; may be repeated.")
def command(
    area: str,
    measure: str | None,
    days: int | None,
    task_file: Path | None,
    seconds: float | None,
    seed: int,
    out: Path,
    units: str,
    sites: str,
    model: str,
    number: int | None,
    radius: float | None,
    limit: float | None,
    fixed: tuple[str, ...],
) -> None:
    """Choose areas for stations: shortest ways, most people covered, or the fewest sites that cover all.

    Demand and sites stand in the middle of their areas; ways are straight lines on the globe.

    \b
    OUT is the JSON of 'gezhi solve site', with
      measure    households or cases: what weighs
      opened     [{code, name}, …]: the areas with a site
    """
    start_django()
    from gezhi.contexts.areas.domain.levels import AreaLevel
    from gezhi.kernel import clock
    from gezhi.planning import Measure, plan_siting
    from gezhi.planning.siting import Aim
    from gezhi.solvers.siting import solve_siting

    with plain_errors("plan sites"):
        made = plan_siting(
            operator(),
            area=area,
            units=AreaLevel(units),
            sites=AreaLevel(sites),
            aim=Aim(model=cast("Model", model), p=number, radius_m=radius, limit_m=limit, fixed=fixed),
            measure=None if measure is None else Measure(measure),
            span=last_days(days, now=clock.now()),
        )
        if task_file is not None:
            write_answer(task_file, made.task)
        result = solve_siting(made.task, seed=seed, should_stop=within(seconds))
    answer = {
        "measure": made.measure,
        "opened": [{"code": land.code, "name": land.name} for land in made.opened(result)],
        **{name: getattr(result, name) for name in result.__slots__},
    }
    finish(out, answer, result.status, result.certificate.claim)
