"""What the escalation context answers."""

from gezhi.contexts.escalation.domain.rules import RuleRow
from gezhi.contexts.escalation.queries.spoken import Spoken, spoken_of_case
from gezhi.contexts.escalation.queries.versions import (
    EscalationVersion,
    TableInForce,
    escalation_rows_of,
    escalation_versions,
    table_in_force,
)

__all__ = [
    "EscalationVersion",
    "RuleRow",
    "Spoken",
    "TableInForce",
    "escalation_rows_of",
    "escalation_versions",
    "spoken_of_case",
    "table_in_force",
]
