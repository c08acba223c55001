"""``gezhi verify-receipt``: check what an owner was given in a vote."""

from __future__ import annotations

import sys

import click

from gezhi.solvers.tally import verify_receipt


@click.command()
@click.argument("receipts", metavar="RECEIPT", nargs=-1, type=click.Path(dir_okay=False))
@click.option("--opening", help="The digest that was published before the vote, in hexadecimal.")
@click.option(
    "--opening-file",
    type=click.Path(dir_okay=False),
    help="The opening itself: says to which item and text a choice was given, and checks that it is of that vote.",
)
@click.option("--statement", type=click.Path(dir_okay=False), help="The owner's statement, given after the close.")
@click.option("--closing", help="The digest that was published at the close, before the count, in hexadecimal.")
def command(receipts: tuple[str, ...], **given: str | None) -> None:
    """Check receipts of ballots and of proxies' letters, and at the close that they are counted in.

    With --statement every paper in the owner's name must have its RECEIPT here: a ballot that he never cast is refused,
    and so is a receipt that was left out. Without any RECEIPT the statement must hold nothing in his name. The same
    checks run without Gezhi: 'python3 verify_receipt.py RECEIPT', a file of the standard library alone.

    A receipt bears no signature and anybody can make one: it settles no dispute by itself, but together with the
    published digests, the statement, and witnesses or a mark of the desk from when it was handed out.

    Exit codes: 0 verified, the last line says what was not checked; 1 refused, with the reason; 2 a file cannot be read.
    """
    arguments = list(receipts)
    for name, value in given.items():
        if value is not None:
            arguments += [f"--{name.replace('_', '-')}", value]
    sys.exit(verify_receipt.main(arguments))
