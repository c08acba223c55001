"""``gezhi vote …``: what is published and handed out around an owners' vote, so that nobody can tell it otherwise later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import click

from gezhi.interfaces.cli.solver_files import bad_input_refused, out_option, task_argument, written_whole
from gezhi.interfaces.cli.vote_task import read_vote, same_digest, vote_of
from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.tally import Bound, digest_of, statement
from gezhi.solvers.tally.ballots import Ballot
from gezhi.solvers.tally.roll import canonical

CHINA = timezone(timedelta(hours=8))

opening_option = click.option("--opening", help="The digest published before the vote; IN must still be that vote.")


@click.group()
def command() -> None:
    """Bind an owners' vote before it is counted: the notice, receipts, the close, statements.

    IN is the file of 'gezhi solve tally', which says every field. Check what comes out with 'gezhi verify-receipt' and
    'gezhi verify-tally'.
    """


def _write(out: Path, document: dict[str, Any]) -> None:
    with written_whole(out) as unfinished:
        unfinished.write_bytes(canonical(document) + b"\n")


@command.command("open")
@task_argument
@out_option
def open_vote(task: Path, out: Path) -> None:
    """Before the vote: write its opening, and say the digest to publish.

    Of IN it takes rule, item, matter, roll, scope, procedure, close_at, proxy_cap and in_presence. Nothing of these can
    change afterwards.
    """
    with bad_input_refused():
        given = read_vote(task)
        if given.matter is None or not given.matter.strip():
            raise InvalidInput("tally.no_matter", "is missing: the text that is voted on", field="matter")
        vote = vote_of(given)
    _write(out, vote.document)
    click.echo(f"opening {vote.opening}")
    try:
        close = datetime.fromtimestamp(vote.handling.close_at, UTC).astimezone(CHINA).isoformat(" ")
    except (OverflowError, ValueError, OSError):
        close = "no date of this calendar"
    click.echo(f"publish this digest now; the last second that counts is {vote.handling.close_at}: {close}", err=True)


@command.command()
@task_argument
@out_option
@opening_option
@click.option("--ballot", help="Id of the ballot.")
@click.option("--letter", help="Owner who gave the proxy's letter.")
def receipt(task: Path, out: Path, opening: str | None, ballot: str | None, letter: str | None) -> None:
    """When a ballot or a letter comes in: write the receipt for whoever handed it in.

    A paper ballot gets its receipt when it is read, at the latest before the close is published. Needs 'secret' in IN.
    """
    with bad_input_refused():
        if (ballot is None) is (letter is None):
            raise InvalidInput("tally.one_paper", "give --ballot or --letter", field="--ballot")
        given = read_vote(task)
        bound = vote_of(given, opening).bound()
        if ballot is not None:
            document = _ballot_receipt(bound, given.ballots or (), ballot)
        else:
            found = next((proxy for proxy in given.proxies if proxy.principal == letter), None)
            if found is None:
                raise InvalidInput("tally.unknown_letter", f"'{letter}' gave no letter", field="--letter")
            document = bound.letter(found)
    _write(out, document)
    click.echo(f"commitment {digest_of(document)}")


def _ballot_receipt(bound: Bound, ballots: tuple[Ballot, ...], name: str) -> dict[str, Any]:
    found = [ballot for ballot in ballots if ballot.id == name]
    if len(found) != 1:
        raise InvalidInput("tally.unknown_ballot", f"{len(found)} ballots have the id '{name}'", field="--ballot")
    return bound.ballot(found[0])


@command.command("close")
@task_argument
@out_option
@opening_option
def close_now(task: Path, out: Path, opening: str | None) -> None:
    """At the close, before anything is counted: write the closing, and say the digest to publish.

    It binds every ballot and letter that came in, who was there, and how many they are. Needs 'secret' in IN.
    """
    with bad_input_refused():
        closed = vote_of(read_vote(task), opening).closed()
    _write(out, closed.document)
    click.echo(f"closing {digest_of(closed.document)}")
    counts = f"{closed.document['ballots']} ballots and {closed.document['letters']} letters are bound"
    click.echo(f"publish this digest before you count; {counts}", err=True)


@command.command("statement")
@task_argument
@out_option
@opening_option
@click.option("--closing", help="The digest published at the close; IN must still hold those papers.")
@click.option("--owner", required=True, help="Owner on the roll, whether he voted or not.")
def statement_of(task: Path, out: Path, opening: str | None, closing: str | None, owner: str) -> None:
    """After the close: write for one owner all that stands in his name, with the proof that it is bound.

    For nobody but this owner. Needs 'secret' in IN.
    """
    with bad_input_refused():
        given = read_vote(task)
        closed = vote_of(given, opening).closed()
        same_digest("closing", digest_of(closed.document), closing)
        document = statement(closed, owner, given.ballots or (), given.proxies)
    _write(out, document)
    click.echo(f"{len(document['ballots'])} ballots stand in the name of {owner}", err=True)
