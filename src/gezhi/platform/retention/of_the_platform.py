"""What the platform itself keeps, beside what each context says of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from gezhi.kernel.steps import phrase
from gezhi.platform.commands.models import CommandKey
from gezhi.platform.notices.models import Notice
from gezhi.platform.retention.retained import RETAINED, Retained

_NECESSARY = phrase("Personal Information Protection Law, art. 19: no longer than its purpose needs")
_PROOF = phrase("GB/T 22239: records of who did what are protected and not cut short")


def _notices(days: int, now: datetime) -> int:
    return Notice.objects.filter(at__lt=now - timedelta(days=days)).count()


def _commands(days: int, now: datetime) -> int:
    return CommandKey.objects.filter(created_at__lt=now - timedelta(days=days)).count()


def register_retained() -> None:
    """Make them known. Call it once, where the app is loaded."""
    RETAINED.add(
        "notices",
        Retained(
            phrase("Notices to staff"),
            phrase("So that whoever was away reads what was told; the history of the case holds the same."),
            _NECESSARY,
            days=90,
            least=7,
            most=365,
            would_go=_notices,
        ),
    )
    RETAINED.add(
        "commands",
        Retained(
            phrase("Answers to what phones have sent"),
            phrase("A phone that was offline and sends once more is answered the same, and nothing is done twice."),
            _NECESSARY,
            days=14,
            least=7,
            most=60,
            would_go=_commands,
        ),
    )
    RETAINED.add(
        "held_pictures",
        Retained(
            phrase("Pictures of forms that were not sent"),
            phrase("So that a form with a fault in it need not be filled in again: an hour."),
            _NECESSARY,
            days=0,
        ),
    )
    RETAINED.add(
        "work_files",
        Retained(
            phrase("Files of background work"),
            phrase("To be fetched once: seven days, one day where they hold personal data."),
            _NECESSARY,
            days=7,
        ),
    )
    RETAINED.add(
        "record",
        Retained(
            phrase("The record of changes and of looks at personal data"),
            phrase("It proves who did what. It holds numbers of accounts, never what a resident told us."),
            _PROOF,
            days=None,
        ),
    )
