"""What a reporter chose, and what became of the messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from gezhi.contexts.telling.domain.messages import State
from gezhi.contexts.telling.models import Choice, Delivery
from gezhi.contexts.telling.queries.held import FORGOTTEN, Address, Certificate, addresses_of, certificates

__all__ = [
    "FORGOTTEN",
    "LABEL",
    "Address",
    "Certificate",
    "Chosen",
    "Trouble",
    "addresses_of",
    "certificates",
    "chosen",
    "in_trouble",
    "message_counts",
]

LABEL = "notices"
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a reporter is told now. ``address``: the record of the vault."""

    way: str
    which: str
    address: UUID
    since: datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """A message that did not arrive, or may not have. No address and no words."""

    id: int
    number: str
    way: str
    action: str
    at: datetime
    state: str
    tries: int
    fault: str
    next_at: datetime | None


def chosen(case_id: int) -> Chosen | None:
    """What the reporter of a case chose; None: to look for themselves."""
    row = Choice.objects.filter(case_id=case_id, ended_at__isnull=True).order_by("pk").first()
    return None if row is None else Chosen(row.way, row.which, row.address, row.created_at)


def message_counts(*, since: datetime) -> Mapping[tuple[str, str], int]:
    """How many messages there are by way and state, of steps since a moment."""
    rows = Delivery.objects.filter(at__gte=since).order_by().values_list("choice__way", "state")
    return {(way, state): count for way, state, count in rows.annotate(count=Count("pk"))}


def in_trouble() -> list[Trouble]:
    """The newest messages that failed, are unclear, or are tried again; at most ``MOST_SHOWN``."""
    ended = Delivery.objects.filter(state__in=(State.FAILED, State.UNCLEAR))
    again = Delivery.objects.filter(state=State.WAITING, tries__gt=0)
    rows = (
        (ended | again)
        .order_by("-at", "-pk")
        .values_list("pk", "choice__case__number", "choice__way", "action", "at", "state", "tries", "fault", "next_at")
    )
    return [Trouble(*values) for values in rows[:MOST_SHOWN]]
