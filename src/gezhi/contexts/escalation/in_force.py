"""The versions of the table of rules (ADR 0025), and the rules in force."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from gezhi.contexts.escalation.domain.rules import Rule, RuleRow
from gezhi.contexts.escalation.models import EscalationRule, EscalationTable
from gezhi.platform.dated_versions import Versions

ESCALATION_VERSIONS = Versions(EscalationTable, "escalation.rules", "escalation_table", "number")


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """``number``: of their version; 0: none is in force."""

    number: int
    rules: tuple[Rule, ...]


def rules_in_force() -> RulesInForce:
    """The rules in force, in the order of their table. Two queries."""
    table = EscalationTable.objects.filter(in_force=True).first()
    if table is None:
        return RulesInForce(0, ())
    rows = EscalationRule.objects.filter(table=table)
    return RulesInForce(table.number, tuple(rule_of(row) for row in sorted(rows, key=attrgetter("line"))))


def rule_of(row: EscalationRule) -> Rule:
    """A rule as the domain speaks of it."""
    said = RuleRow(row.stage, row.moment, row.told, row.mark, row.class_prefix, row.condition, row.area_id, row.note)
    return Rule(row.pk, row.line, said)
