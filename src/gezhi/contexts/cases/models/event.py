"""The history of cases: append-only, hash-chained per district, the truth of which the case row is a copy."""

from __future__ import annotations

from django.db import models

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models.case import Case
from gezhi.platform.audit.models import ChainedRow


class CaseEvent(ChainedRow):
    """One step: who did what, in which capacity, when, from which status to which, and which columns it changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events", db_index=False, verbose_name="工单")
    version = models.PositiveIntegerField("版本")
    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("操作者", null=True, blank=True)
    actor_label = models.CharField("操作者名称", max_length=100)
    actor_role = models.CharField("操作身份", max_length=20)
    action = models.CharField("操作", max_length=12, choices=[(a.value, a.value) for a in Action])
    from_status = models.CharField(
        "原状态", max_length=12, blank=True, choices=[(s.value, s.value) for s in CaseStatus]
    )
    to_status = models.CharField("新状态", max_length=12, choices=[(s.value, s.value) for s in CaseStatus])
    note = models.TextField("说明", blank=True)
    changes = models.JSONField("变更", default=dict)
    # The digest of the case's columns that no history folds, in the row that fixes them: see ``cases.evidence``.
    evidence = models.CharField("固定内容散列", max_length=64, blank=True, default="", db_default="")

    HASHED = (
        "case_id",
        "version",
        "at",
        "actor_id",
        "actor_label",
        "actor_role",
        "action",
        "from_status",
        "to_status",
        "note",
        "changes",
    )
    HASHED_IF_SET = ("evidence",)

    class Meta:
        verbose_name = "工单历史"
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="cases_event_version"),
            models.UniqueConstraint(fields=["chain", "seq"], name="cases_event_chain_seq"),
        ]
        indexes = [models.Index(fields=["at"], name="cases_event_at")]
