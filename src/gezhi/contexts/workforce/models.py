"""The people who serve in the grids."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Worker(models.Model):
    """A person with a post in an area. An account is needed only by those who use the system."""

    class Post(models.TextChoices):
        GRID_WORKER = "grid_worker", "专职网格员"
        COMMUNITY_POLICE = "community_police", "社区民警（一居一警）"
        LAWYER = "lawyer", "执业律师"
        LEGAL_WORKER = "legal_worker", "法律服务工作者"

    code = models.CharField("工号", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=60)
    post = models.CharField("岗位", max_length=20, choices=Post.choices)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="worker",
        null=True,
        blank=True,
        verbose_name="账号",
    )
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="所属机构",
    )
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="+", verbose_name="责任区域")
    phone = models.CharField("工作电话", max_length=20, blank=True)
    active_from = models.DateField("到岗日期")
    active_to = models.DateField("离岗日期", null=True, blank=True)

    class Meta:
        verbose_name = "工作人员"
        constraints = [
            models.CheckConstraint(
                condition=Q(active_to__isnull=True) | Q(active_to__gte=models.F("active_from")), name="workforce_span"
            )
        ]
        indexes = [models.Index(fields=["area", "post"], name="workforce_area_post")]

    def __str__(self) -> str:
        return self.name
