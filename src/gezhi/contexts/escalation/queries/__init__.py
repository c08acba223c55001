"""What the escalation context answers."""

from gezhi.contexts.escalation.domain.rules import RuleRow
from gezhi.contexts.escalation.queries.preview import AtOnce, at_once
from gezhi.contexts.escalation.queries.spoken import LABEL, Spoken, spoken_of_case
from gezhi.contexts.escalation.queries.versions import (
    EscalationVersion,
    TableInForce,
    escalation_rows_of,
    escalation_versions,
    table_in_force,
)

__all__ = [
    "LABEL",
    "AtOnce",
    "EscalationVersion",
    "RuleRow",
    "Spoken",
    "TableInForce",
    "at_once",
    "escalation_rows_of",
    "escalation_versions",
    "spoken_of_case",
    "table_in_force",
]
