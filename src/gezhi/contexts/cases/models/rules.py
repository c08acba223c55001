"""The city's own rules of the workflow, as versions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class WorkflowRules(models.Model):
    """One version of the rules 流程规则. At most one is in force; without any, the program's defaults are."""

    number = models.PositiveIntegerField("版本号", unique=True)
    name = models.CharField("名称", max_length=100)
    in_force = models.BooleanField("现行", default=False)
    # Its time lies ahead, and nobody has taken it back.
    waiting = models.BooleanField("待生效", default=False)
    effective_from = models.DateTimeField("生效时间")
    # Texts by the name of the rule (``domain.rules``).
    values = models.JSONField("规则")

    class Meta:
        verbose_name = "流程规则版本"
        constraints = [
            models.UniqueConstraint(fields=["in_force"], condition=Q(in_force=True), name="cases_one_rules_in_force")
        ]
