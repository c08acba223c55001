"""The versioned table of reminders and escalations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class EscalationTable(models.Model):
    """One version. At most one is in force; its rows never change."""

    number = models.PositiveIntegerField("版本号", unique=True)
    name = models.CharField("名称", max_length=100)
    in_force = models.BooleanField("现行", default=False)
    # Its time lies ahead, and nobody has taken it back.
    waiting = models.BooleanField("待生效", default=False)
    effective_from = models.DateTimeField("生效时间")

    class Meta:
        verbose_name = "督办规则版本"
        constraints = [
            models.UniqueConstraint(
                fields=["in_force"], condition=Q(in_force=True), name="escalation_one_table_in_force"
            )
        ]


class EscalationRule(models.Model):
    """One rule (``domain.rules.RuleRow``). ``line``: its line in the table."""

    table = models.ForeignKey(
        EscalationTable, on_delete=models.PROTECT, related_name="rules", db_index=False, verbose_name="版本"
    )
    line = models.PositiveIntegerField("行")
    stage = models.CharField("环节", max_length=10)
    class_prefix = models.CharField("类别前缀", max_length=12, blank=True)
    condition = models.PositiveSmallIntegerField("立案条件序号", null=True, blank=True)
    area = models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="适用区域"
    )
    moment = models.CharField("时点", max_length=20)
    told = models.CharField("告知", max_length=12)
    mark = models.CharField("标记", max_length=10)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "督办规则"
        constraints = [models.UniqueConstraint(fields=["table", "line"], name="escalation_line_once")]
