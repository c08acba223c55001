"""The proof file of a vote: what the public needs to recount the outcome, and what binds it to roll and ballots.

Public are aggregates, the rule with its text, the hash of the frozen roll and one salted commitment for each ballot
that came in. Nobody can read a choice from a commitment, because its salt comes from a secret of 32 bytes; its owner,
given ballot and salt, can find it. The file is one line of canonical JSON and ends with its own digest, so that every
changed bit, blanks included, shows.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.tally.ballots import Ballot, Handling, Proxy
from gezhi.solvers.tally.gates import Decision
from gezhi.solvers.tally.roll import Scope, canonical
from gezhi.solvers.tally.rules import Rule
from gezhi.solvers.tally.tally import Procedure, Result

FORMAT = "gezhi-tally-proof-1"
LEAST_SECRET_BYTES = 32
_BALLOT_FIELDS = tuple(field.name for field in fields(Ballot))


def secret_of(text: str) -> bytes:
    """The secret of a vote from hexadecimal; raises ``InvalidInput`` when it is shorter than 32 bytes."""
    try:
        secret = bytes.fromhex(text)
    except ValueError as error:
        raise InvalidInput("tally.bad_secret", "is not hexadecimal", field="secret") from error
    if len(secret) < LEAST_SECRET_BYTES:
        raise InvalidInput(
            "tally.bad_secret", f"give at least {LEAST_SECRET_BYTES} random bytes in hexadecimal", field="secret"
        )
    return secret


def salt(secret: bytes, name: str) -> str:
    """The salt of one commitment: HMAC-SHA256 of its name under the secret, in hexadecimal."""
    return hmac.new(secret, name.encode("utf-8"), hashlib.sha256).hexdigest()


def commitment(secret: bytes, ballot: Ballot) -> str:
    """SHA-256 of a ballot together with its salt."""
    # Written out by name: there may be a million of them, and asdict() copies each field with care.
    written = {name: getattr(ballot, name) for name in _BALLOT_FIELDS}
    salted = {"ballot": written, "salt": salt(secret, f"ballot:{ballot.id}")}
    return hashlib.sha256(canonical(salted)).hexdigest()


def papers_commitment(secret: bytes, proxies: Sequence[Proxy], handling: Handling) -> str:
    """SHA-256 of the proxies and of who was present, together with a salt."""
    salted = {
        "proxies": [asdict(proxy) for proxy in sorted(proxies, key=lambda proxy: proxy.principal)],
        "attendance": None if handling.attendance is None else sorted(set(handling.attendance)),
        "salt": salt(secret, "papers"),
    }
    return hashlib.sha256(canonical(salted)).hexdigest()


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
    entry = rule.item(item)
    body: dict[str, Any] = {
        "format": FORMAT,
        "rule": {
            "id": rule.id,
            "version": rule.version,
            "law": rule.law,
            "item": entry.number,
            "item_text": entry.text,
            "participation_text": rule.participation_text,
            "passing_text": entry.passing_text,
            "participation": asdict(rule.participation),
            "passing": asdict(entry.passing),
        },
        "matter": matter,
        "scope": {
            "building": scope.building,
            "stairwell": scope.stairwell,
            "area_kinds": sorted(set(scope.area_kinds)),
            "head_kinds": sorted(set(scope.head_kinds)),
        },
        "procedure": {**asdict(procedure), "close_at": handling.close_at, "proxy_cap": handling.proxy_cap},
        "roll_hash": result.roll_hash,
        "ballots": sorted(commitment(secret, ballot) for ballot in ballots),
        "papers": papers_commitment(secret, proxies, handling),
        "counts": asdict(result.counts),
        "abstentions_to": result.abstentions_to,
        "plain": _decision(result.plain),
        "joined": _decision(result.joined),
        "outcome": result.outcome.value,
    }
    body["digest"] = hashlib.sha256(canonical(body)).hexdigest()
    return canonical(body) + b"\n"
