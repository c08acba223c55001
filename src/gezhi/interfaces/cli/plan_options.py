"""What the commands ``gezhi plan …`` share: the area, what is weighed, over which days, and the files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gezhi.interfaces.cli.solver_files import out_option, writable

if TYPE_CHECKING:
    from gezhi.planning import Span

LEVELS = ("district", "street", "community", "grid")
_OPTIONS = (
    click.option("--area", required=True, metavar="CODE", help="The area to plan, by its code."),
    click.option(
        "--measure",
        type=click.Choice(["households", "cases"]),
        help="What is weighed; left out: households where all are on record, otherwise cases.",
    ),
    click.option("--days", type=click.IntRange(1, 3_660), help="Count the cases of so many days up to now."),
    click.option(
        "--task",
        "task_file",
        type=click.Path(dir_okay=False, path_type=Path),
        callback=writable,
        help="Write the task here too, for 'gezhi solve' and for changes by hand.",
    ),
    click.option(
        "--seconds",
        type=click.FloatRange(min=0),
        help="Wall seconds of solving after which the best plan so far is taken.",
    ),
    click.option(
        "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Same seed, same plan."
    ),
    out_option,
)


def planning_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every plan."""
    return reduce(lambda made, option: option(made), reversed(_OPTIONS), function)


def level_option(*names: str, default: str | None, help_text: str) -> Callable[..., Any]:
    """An option that names a level of areas."""
    return click.option(
        *names, type=click.Choice(LEVELS), default=default, show_default=default is not None, help=help_text
    )


def last_days(days: int | None, *, now: datetime) -> Span | None:
    """The span of so many days up to ``now``; None for None."""
    from gezhi.planning import Span

    return None if days is None else Span(now - timedelta(days=days), now)
