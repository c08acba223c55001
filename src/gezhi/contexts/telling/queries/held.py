"""What the reporter is shown of their own: the addresses that are held, and the certificates of what was erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.telling.models import Choice
from gezhi.kernel.errors import NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import load, may
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.vault.vault import read

FORGOTTEN = "cases.reporter_forgotten"


@dataclass(frozen=True, slots=True)
class Address:
    """An address to which a reporter wants to be written."""

    way: str
    address: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    """That something was erased, and what: no content. ``seal``: the hash of its row in the audit chain."""

    at: datetime
    contact: bool
    addresses: int
    seq: int
    seal: str


def addresses_of(number: str, *, actor: Actor, reason: str, now: datetime) -> list[Address]:
    """The addresses of a case's reporter; each look is logged. None for an actor to whom they are closed."""
    if not may(actor, "see_personal_data", load(f"case:{number}")):
        return []
    found = []
    for choice in Choice.objects.filter(case__number=number, ended_at__isnull=True).order_by("pk"):
        try:
            kept = read(actor=actor, record_id=choice.address, reason=reason, now=now)
        except NotFound:
            continue
        found.append(Address(choice.way, kept["address"], choice.created_at))
    return found


def certificates(number: str) -> list[Certificate]:
    """What was erased at the reporter's word, newest first."""
    rows = AuditRecord.objects.filter(object_type="case", object_id=number, action=FORGOTTEN).order_by("-seq")
    return [
        Certificate(row.at, bool(row.data.get("contact")), int(row.data.get("addresses", 0)), row.seq, row.hash)
        for row in rows
    ]
