"""``gezhi verify-tally``: check the proof file of an owners' vote."""

from __future__ import annotations

import sys

import click

from gezhi.solvers.tally import verify_tally


@click.command()
@click.argument("proof", metavar="PROOF", type=click.Path(dir_okay=False))
@click.option("--roll", type=click.Path(dir_okay=False), help="JSON file with the frozen roll, or with a field 'roll'.")
@click.option(
    "--ballots",
    type=click.Path(dir_okay=False),
    help="JSON file with ballots, proxies, attendance, close_at and secret; needs --roll. Counts the vote again.",
)
@click.option("--digest", help="The published digest that the proof must have, in hexadecimal.")
def command(proof: str, roll: str | None, ballots: str | None, digest: str | None) -> None:
    """Verify the proof file of an owners' vote.

    Alone it checks that no bit was changed, that the thresholds are the law's, and that the outcome follows from the
    counts. The same checks run without Gezhi: 'python3 verify_tally.py PROOF', a file of the standard library alone.

    Exit codes: 0 verified; 1 refused, with the reason; 2 a file cannot be read.
    """
    arguments = [proof]
    for name, value in (("--roll", roll), ("--ballots", ballots), ("--digest", digest)):
        if value is not None:
            arguments += [name, value]
    sys.exit(verify_tally.main(arguments))
