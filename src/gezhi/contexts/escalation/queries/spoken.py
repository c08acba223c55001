"""What the rules said of a case, for its history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone

from gezhi.contexts.escalation.domain.words import DUE_AS, reason
from gezhi.contexts.escalation.in_force import rule_of
from gezhi.contexts.escalation.models import Firing
from gezhi.kernel.filled import Filled

# Under which name the rules act in the history of a case.
LABEL = "escalation"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rule that spoke: its line and version, why, and to how many people."""

    line: int
    table: int
    words: Filled
    people: int


def spoken_of_case(case_id: int) -> dict[int, list[Spoken]]:
    """What the rules said of a case, by the version of the case that the step which tells of it made. One query."""
    found: dict[int, list[Spoken]] = defaultdict(list)
    rows = Firing.objects.filter(case_id=case_id, version__isnull=False).select_related("rule__table").order_by("pk")
    for row in rows:
        due = timezone.localtime(row.due_at).strftime(DUE_AS)
        words = reason(rule_of(row.rule).row, due)
        found[row.version or 0].append(Spoken(row.rule.line, row.rule.table.number, words, row.people))
    return dict(found)
