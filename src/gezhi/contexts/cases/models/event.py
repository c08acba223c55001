"""The history of cases: append-only, hash-chained per district, the truth of which the case row is a copy."""

from __future__ import annotations

from django.db import models

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models.case import Case
from gezhi.platform.steps.models import StepRow, hashed


class CaseEvent(StepRow):
    """One step of a case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events", db_index=False, verbose_name="工单")
    action = models.CharField("操作", max_length=12, choices=[(a.value, a.value) for a in Action])
    from_status = models.CharField(
        "原状态", max_length=12, blank=True, choices=[(s.value, s.value) for s in CaseStatus]
    )
    to_status = models.CharField("新状态", max_length=12, choices=[(s.value, s.value) for s in CaseStatus])

    HASHED = hashed("case_id")

    class Meta:
        verbose_name = "工单历史"
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="cases_event_version"),
            models.UniqueConstraint(fields=["chain", "seq"], name="cases_event_chain_seq"),
        ]
        indexes = [models.Index(fields=["at"], name="cases_event_at")]
