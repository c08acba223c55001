"""Words that an office uses again and again, as versions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AnswerTemplate(models.Model):
    """One version of one template 答复模板: for matters of some classes, at one step, in an area. Rows never change but for
    ``current``; a template without a current version is withdrawn."""

    number = models.PositiveIntegerField("模板编号")
    version = models.PositiveIntegerField("版本号")
    current = models.BooleanField("现行", default=True)
    title = models.CharField("名称", max_length=60)
    words = models.TextField("内容", max_length=2_000)
    # Of which classes: a code or its beginning; empty: of all.
    class_prefix = models.CharField("类别", max_length=12, blank=True)
    # At which step; empty: at any.
    step = models.CharField("环节", max_length=20, blank=True)
    area = models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="适用区域"
    )
    made_at = models.DateTimeField("创建时间")

    class Meta:
        verbose_name = "答复模板版本"
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="cases_template_version"),
            models.UniqueConstraint(fields=["number"], condition=Q(current=True), name="cases_template_one_current"),
        ]
