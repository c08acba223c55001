"""Looks at personal data in words: who, what for, of which case; never the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.telling.use_cases.send_due import TO_TELL
from gezhi.interfaces.web.administration.record_values import who_acted
from gezhi.interfaces.web.administration.record_words import KINDS
from gezhi.interfaces.web.look_words import look_words
from gezhi.platform.vault.access_log import LoggedLook


@dataclass(frozen=True, slots=True)
class ToldLook:
    """One look in words. ``of``: the case or what else the data belong to."""

    at: datetime
    who: str
    words: str | Promise
    why: str
    of: str


def told_of_looks(rows: Iterable[LoggedLook]) -> list[ToldLook]:
    """Looks in words. No query."""
    return [
        ToldLook(
            at=row.at,
            who=who_acted(row.actor_label, row.actor_id),
            words=_done(row),
            why="" if row.action == "erase" or row.reason == TO_TELL else look_words(row.reason),
            of=f"{KINDS.get(row.subject_type, row.subject_type)} {row.subject_id}".strip(),
        )
        for row in rows
    ]


def _done(row: LoggedLook) -> str | Promise:
    if row.action == "erase":
        return _("Erased personal data")
    if row.action == "found":
        return _("Found a report by its reporter's number")
    if row.reason == TO_TELL:
        return _("Used to send the reporter a message")
    return _("Looked at personal data")
