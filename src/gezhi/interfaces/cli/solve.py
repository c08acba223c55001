"""``gezhi solve …``: the solvers on files, so that public instances and a city's own exports run through them."""

from __future__ import annotations

import click

from gezhi.interfaces.cli.lazy import LazyGroup

SOLVERS: dict[str, tuple[str, str]] = {
    "assign": ("gezhi.interfaces.cli.solve_assign:command", "Which worker goes to which case now"),
    "coverage": ("gezhi.interfaces.cli.solve_coverage:command", "Layers of areas made into one coverage"),
    "enclaves": ("gezhi.interfaces.cli.solve_enclaves:command", "Land run by one area inside another"),
    "locate": ("gezhi.interfaces.cli.solve_locate:command", "Which area holds each point"),
    "budget": ("gezhi.interfaces.cli.solve_choice:budget", "Choose projects within a budget by the voters' will"),
    "elect": ("gezhi.interfaces.cli.solve_choice:elect", "Ranked and approval elections"),
    "match": ("gezhi.interfaces.cli.solve_match:command", "Match needs with resources, fairly and with reasons"),
    "site": ("gezhi.interfaces.cli.solve_site:command", "Where to put service centres and stations"),
    "tally": ("gezhi.interfaces.cli.solve_tally:command", "Count an owners' vote, with a proof"),
    "partition": ("gezhi.interfaces.cli.solve_partition:command", "Cut compounds into grids"),
}


@click.command(
    cls=LazyGroup,
    lazy=SOLVERS,
    epilog="Exit codes: 0 a plan; 2 bad input, with the field named; 3 proven impossible; 4 none found in time.",
)
def command() -> None:
    """Solve one task from a file: partition, locate, assign, site, match, tally.

    JSON in and out; '--help' of each says every field with its unit.
    """
