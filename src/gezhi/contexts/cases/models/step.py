"""The history of cases: append-only, hash-chained per district, the truth of which the case row is a copy."""

from __future__ import annotations

from django.db import models

from gezhi.contexts.cases.models.case import Case
from gezhi.platform.steps.models import StepRow, hashed


class CaseStep(StepRow):
    """One step of a case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps", db_index=False, verbose_name="工单")

    HASHED = hashed("case_id")

    class Meta:
        verbose_name = "工单历史"
        db_table = "cases_caseevent"
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="cases_event_version"),
            models.UniqueConstraint(fields=["chain", "seq"], name="cases_event_chain_seq"),
        ]
        indexes = [models.Index(fields=["at"], name="cases_event_at")]
