"""``gezhi verify-tally``: check the proof file of an owners' vote."""

from __future__ import annotations

import sys

import click

from gezhi.solvers.tally import verify_tally


@click.command()
@click.argument("proof", metavar="PROOF", type=click.Path(dir_okay=False))
@click.option("--opening", help="The digest that was published before the vote, in hexadecimal.")
@click.option("--closing", help="The digest that was published at the close, before the count, in hexadecimal.")
@click.option("--roll", type=click.Path(dir_okay=False), help="JSON file with the frozen roll, or of the vote.")
@click.option(
    "--ballots",
    type=click.Path(dir_okay=False),
    help="JSON file with ballots, proxies, attendance, close_at and secret; needs --roll. Counts the vote again.",
)
@click.option("--digest", help="The published digest that the proof must have, in hexadecimal.")
@click.option("--json", "as_json", is_flag=True, help="The answer as JSON: checked, not_checked and the digests.")
def command(proof: str, as_json: bool, **given: str | None) -> None:
    """Verify the proof file of an owners' vote.

    Alone it checks that no bit was changed, that the thresholds are the law's, and that the outcome follows from the
    counts; it does not show that the counters told the vote as it was. For that give the digests that were published
    before the vote and at the close, and roll and ballots; files that tell another vote than the proof are refused. The
    second line is the vote that the opening binds: compare it with the notice. The last line names what was not
    checked. The same checks run without Gezhi: 'python3 verify_tally.py PROOF', a file of the standard library alone.

    Exit codes: 0 verified; 1 refused, with the reason; 2 a file cannot be read.
    """
    arguments = [proof, *(["--json"] if as_json else [])]
    for name, value in given.items():
        if value is not None:
            arguments += [f"--{name}", value]
    sys.exit(verify_tally.main(arguments))
