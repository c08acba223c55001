"""The proof file of a vote: what the public needs to recount the outcome, and what binds it to all that was published.

Public are aggregates, the rule with its text, the hash of the frozen roll, the digests of opening and closing, and one
salted commitment for each ballot that came in. Nobody can read a choice from a commitment, because its salt comes from
a secret of 32 bytes; its owner, given ballot and salt, can find it. The file is one line of canonical JSON and ends
with its own digest, so that every changed bit, blanks included, shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from gezhi.solvers.tally.ballots import Ballot, Handling, Proxy
from gezhi.solvers.tally.binding import Bound, close_vote, digest_of, opening_document, opening_parts
from gezhi.solvers.tally.gates import Decision
from gezhi.solvers.tally.roll import Scope, canonical
from gezhi.solvers.tally.rules import Rule
from gezhi.solvers.tally.tally import Procedure, Result

FORMAT = "gezhi-tally-proof-2"


def _decision(decision: Decision) -> dict[str, Any]:
    return {"outcome": decision.outcome.value, "tests": [asdict(test) for test in decision.tests]}


def proof_file(
    *,
    rule: Rule,
    item: int,
    matter: str | None,
    scope: Scope,
    ballots: Sequence[Ballot],
    proxies: Sequence[Proxy],
    handling: Handling,
    procedure: Procedure,
    result: Result,
    secret: bytes,
) -> bytes:
    """The proof of ``result`` as bytes: the same bytes for the same vote, whatever the order of its parts."""
    parts = opening_parts(
        rule=rule,
        item=item,
        matter=matter,
        scope=scope,
        procedure=procedure,
        handling=handling,
        roll_hash=result.roll_hash,
    )
    closed = close_vote(
        Bound(digest_of(opening_document(parts)), secret),
        owners=result.owners,
        ballots=ballots,
        proxies=proxies,
        attendance=handling.attendance,
    )
    body: dict[str, Any] = {
        "format": FORMAT,
        **parts,
        "opening": closed.bound.opening,
        "closing": closed.document,
        "ballots": list(closed.ballots),
        "counts": asdict(result.counts),
        "abstentions_to": result.abstentions_to,
        "plain": _decision(result.plain),
        "joined": _decision(result.joined),
        "outcome": result.outcome.value,
    }
    body["digest"] = digest_of(body)
    return canonical(body) + b"\n"
