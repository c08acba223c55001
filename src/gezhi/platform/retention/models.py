"""How long what is kept, as the city has decided it, as versions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class RetentionTable(models.Model):
    """One version of the table 保存期限表. At most one is in force; without any, the program's own times hold."""

    number = models.PositiveIntegerField("版本号", unique=True)
    name = models.CharField("名称", max_length=100)
    in_force = models.BooleanField("现行", default=False)
    # Its time lies ahead, and nobody has taken it back.
    waiting = models.BooleanField("待生效", default=False)
    effective_from = models.DateTimeField("生效时间")
    # Days by the name of what is kept.
    days = models.JSONField("保存天数")

    class Meta:
        verbose_name = "保存期限版本"
        constraints = [
            models.UniqueConstraint(fields=["in_force"], condition=Q(in_force=True), name="retention_one_in_force")
        ]
