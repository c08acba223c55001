"""``gezhi plan …``: the solvers on the city itself, where ``gezhi solve`` takes a file."""

from __future__ import annotations

import click

from gezhi.interfaces.cli.lazy import LazyGroup

PLANS: dict[str, tuple[str, str]] = {
    "partition": ("gezhi.interfaces.cli.plan_partition:command", "Which grids or communities belong together"),
    "sites": ("gezhi.interfaces.cli.plan_sites:command", "In which areas stations should stand"),
}


@click.command(
    cls=LazyGroup,
    lazy=PLANS,
    epilog="Exit codes: 0 a plan; 2 bad input, with the option named; 3 proven impossible; 4 none found in time.",
)
def command() -> None:
    """Plan with the areas, households and cases of this city. Nothing is changed: the answer is a file."""
