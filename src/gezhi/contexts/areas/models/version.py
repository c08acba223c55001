"""A version of the city's coverage: drawn, approved, in force for a half-open span of time."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from gezhi.contexts.areas.domain.levels import VersionStatus


class AreaVersion(models.Model):
    """One valid coverage (no gap, no overlap on each level) with the moment from which it holds."""

    number = models.PositiveIntegerField("版本号", unique=True)
    name = models.CharField("名称", max_length=100)
    status = models.CharField("状态", max_length=12, choices=[(s.value, s.value) for s in VersionStatus])
    effective_from = models.DateTimeField("生效时间", null=True, blank=True)
    effective_to = models.DateTimeField("失效时间", null=True, blank=True)
    created_at = models.DateTimeField("创建时间")
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = "区域版本"
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=Q(status=VersionStatus.IN_FORCE.value),
                name="areas_one_version_in_force",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=models.F("effective_from")),
                name="areas_version_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
