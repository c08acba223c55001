"""The file of an owners' vote, as every command that prepares, closes or counts one reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from gezhi.interfaces.cli.solver_files import read_task
from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.tally import (
    Ballot,
    Bound,
    Closed,
    Handling,
    Procedure,
    Proxy,
    Roll,
    Rule,
    Scope,
    Totals,
    check_words,
    checked_papers,
    close_vote,
    digest_of,
    heads_of,
    opening_document,
    opening_parts,
    roll_hash,
    rule,
    secret_of,
    voters_of,
)


class Task(msgspec.Struct, forbid_unknown_fields=True):
    """The file IN."""

    rule: str
    item: int
    totals: Totals | None = None
    matter: str | None = None
    roll: Roll | None = None
    scope: Scope = Scope()
    procedure: Procedure = Procedure()
    close_at: int | None = None
    proxy_cap: int | None = None
    in_presence: bool | None = None
    attendance: tuple[str, ...] | None = None
    ballots: tuple[Ballot, ...] | None = None
    proxies: tuple[Proxy, ...] = ()
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote of which all is known that is fixed before it; ``document`` is its opening, ``opening`` the digest of that."""

    task: Task
    law: Rule
    roll: Roll
    handling: Handling
    document: dict[str, Any]
    opening: str

    def bound(self) -> Bound:
        """The maker of its commitments; raises ``InvalidInput`` without a secret."""
        if self.task.secret is None:
            raise InvalidInput("tally.no_secret", "is needed: 32 random bytes in hexadecimal", field="secret")
        return Bound(self.opening, secret_of(self.task.secret))

    def closed(self) -> Closed:
        """The vote at its close; raises ``InvalidInput`` for papers that cannot be."""
        if self.task.ballots is None:
            raise InvalidInput("tally.missing", "is missing: the ballots that came in", field="ballots")
        attendance_known(self.task)
        heads_of(self.roll, self.task.scope)
        checked_papers(self.roll, self.task.ballots, self.task.proxies, self.handling)
        return close_vote(
            self.bound(),
            owners=voters_of(self.roll),
            ballots=self.task.ballots,
            proxies=self.task.proxies,
            attendance=self.handling.attendance,
        )


def read_vote(path: Path) -> Task:
    """Read a vote; a name that stands twice in one object is refused, for two readers could see two votes in it."""
    return read_task(path, Task, names_once=True)


def attendance_known(task: Task) -> None:
    """Raise ``InvalidInput`` for a vote in presence of which nobody says who was there."""
    if task.in_presence and task.attendance is None:
        raise InvalidInput("tally.no_attendance", "is missing: who was there, in presence", field="attendance")


def handling_of(task: Task) -> Handling:
    """How ballots and proxies are handled; raises ``InvalidInput`` where the close is missing or two fields disagree."""
    if task.close_at is None:
        raise InvalidInput("tally.missing", "is missing: the last second that counts", field="close_at")
    if task.in_presence is False and task.attendance is not None:
        raise InvalidInput("tally.not_in_presence", "is false, and yet attendance is given", field="in_presence")
    # Before the meeting nobody is there yet.
    present = () if task.in_presence and task.attendance is None else task.attendance
    return Handling(close_at=task.close_at, proxy_cap=task.proxy_cap, attendance=present)


def vote_of(task: Task, published: str | None = None) -> Vote:
    """The vote in a task; ``published`` is the digest of its opening, where it must be that one.

    Raises ``InvalidInput`` for what cannot be, for words that look like others, and for a vote that is no longer the
    published one.
    """
    if task.roll is None:
        raise InvalidInput("tally.missing", "is missing: who may vote", field="roll")
    law, handling = rule(task.rule), handling_of(task)
    heads_of(task.roll, task.scope)
    check_words(task.matter, task.roll)
    parts = opening_parts(
        rule=law,
        item=task.item,
        matter=task.matter,
        scope=task.scope,
        procedure=task.procedure,
        handling=handling,
        roll_hash=roll_hash(task.roll),
    )
    document = opening_document(parts)
    opening = digest_of(document)
    same_digest("opening", opening, published)
    return Vote(task, law, task.roll, handling, document, opening)


def same_digest(name: str, found: str, published: str | None) -> None:
    """Raise ``InvalidInput`` unless the digest is the published one, or none was given."""
    if published is not None and published.strip().lower() != found:
        words = f"the {name} of IN has the digest {found}: something was changed since that one was published"
        raise InvalidInput("tally.other_digest", words, field=f"--{name}")
