"""The versions of the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from gezhi.contexts.escalation.domain.rules import Rule, RuleRow
from gezhi.contexts.escalation.in_force import ESCALATION_VERSIONS, rule_of, rules_in_force
from gezhi.contexts.escalation.models import EscalationRule, EscalationTable
from gezhi.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class EscalationVersion:
    """A version of the table. ``rows``: how many rules it has; ``withdrawn``: taken back before its time."""

    number: int
    name: str
    in_force: bool
    waiting: bool
    effective_from: datetime
    rows: int
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class TableInForce:
    """The rules in force with the number of their version; 0: none is."""

    number: int
    rules: tuple[Rule, ...]


def escalation_versions() -> list[EscalationVersion]:
    """All versions, newest first. Two queries."""
    withdrawn = ESCALATION_VERSIONS.taken_back()
    rows = EscalationTable.objects.annotate(rows=Count("rules")).order_by("-number")
    return [
        EscalationVersion(
            row.number, row.name, row.in_force, row.waiting, row.effective_from, row.rows, row.pk in withdrawn
        )
        for row in rows
    ]


def escalation_rows_of(number: int | None = None) -> list[RuleRow]:
    """The rows of a version (None: of the one in force; none where there is none). Raises ``NotFound``."""
    if number is None:
        return [rule.row for rule in rules_in_force().rules]
    if not EscalationTable.objects.filter(number=number).exists():
        raise NotFound("no_escalation_table", f"there is no version {number} of the rules", field="number")
    rows = EscalationRule.objects.filter(table__number=number).order_by("line")
    return [rule_of(row).row for row in rows]


def table_in_force() -> TableInForce:
    """The rules in force. Two queries."""
    found = rules_in_force()
    return TableInForce(found.number, found.rules)
