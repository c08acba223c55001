"""What of the escalation context is under seal: who is told what, and when, stands in these tables."""

from __future__ import annotations

from gezhi.contexts.escalation.models import EscalationRule, EscalationTable
from gezhi.platform.audit.evidence import under_seal

for _model in (EscalationTable, EscalationRule):
    under_seal(_model)
