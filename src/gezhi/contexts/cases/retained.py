"""What the cases context keeps, and for how long."""

from __future__ import annotations

from datetime import datetime

from gezhi.contexts.cases.kind import CASE
from gezhi.kernel.steps import phrase
from gezhi.platform.retention.retained import Retained
from gezhi.platform.vault.queries import count_due


def _reporters(_days: int, now: datetime) -> int:
    return count_due(subject_type=CASE.name, now=now)


def of_reporters() -> Retained:
    """Who reported: name, telephone and what else the person gave."""
    return Retained(
        phrase("Name and telephone of a reporter"),
        phrase(
            "So that whoever handles the report can ask, and the person is called back. Erased earlier if the person asks."
        ),
        phrase("Personal Information Protection Law, art. 19: no longer than its purpose needs"),
        days=CASE.keep_days,
        least=30,
        most=1_095,
        would_go=_reporters,
        from_then=True,
    )


def of_cases() -> Retained:
    """The cases themselves."""
    return Retained(
        phrase("Cases with their history and pictures"),
        phrase("What was done about a matter is the city's record. Nobody can list the reports of a person in it."),
        phrase("Archives Law: records of public business are kept by their own periods, set by the city's archive"),
        days=None,
    )
