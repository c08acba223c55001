"""From which other reports a report was taken apart: what somebody has said of two stays said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.platform.steps.history import HistoryStep


@dataclass(frozen=True, slots=True)
class Apart:
    """From which other reports somebody has taken one apart: those that it went with, by key and since when, and those that went
    with it, by number."""

    mains: dict[int, datetime] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()


def taken_apart(steps: Iterable[HistoryStep]) -> Apart:
    """What the history of a report tells of those from which it was taken apart."""
    mains: dict[int, datetime] = {}
    numbers: set[str] = set()
    main: int | None = None
    for step in steps:
        if step.action == Action.MERGE:
            main = step.changes.get("merged_into_id")
        elif step.action == Action.UNMERGE and main is not None:
            mains[main] = step.at
        # What is over gives up a report because that was opened again, which says nothing of their matter.
        elif step.action == Action.PARTED and step.from_status and CaseStatus(step.from_status).is_open:
            numbers.add(step.note)
    return Apart(mains, frozenset(numbers))
