"""What of a case's row is for its reporter: what the page behind the follow code tells (``queries.following``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What the office alone knows of a case, each as it is where there is nothing of it.
_OF_THE_OFFICE: Mapping[str, object] = {
    "assignee_id": None,
    "assignee_name": None,
    "registered_by_id": None,
    "return_count": 0,
    "rework_count": 0,
    "remind_count": 0,
    "needs_attention": False,
    "request": "",
    "joined_count": 0,
}


def as_reported(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without what is the office's own: who has the case in hand, who took it in, how often it went back, what waits for a
    decision, and how many others reported the same. Whom the duty table proposes is told as long as nobody has it."""
    told = {**row, **_OF_THE_OFFICE}
    return told | {"suggested_organisation_id": None} if told.get("organisation_id") is not None else told
