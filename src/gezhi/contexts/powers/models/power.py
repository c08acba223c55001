"""An item of the catalogue of delegated powers."""

from __future__ import annotations

from django.db import models


class Power(models.Model):
    """A power delegated by law to a level (赋权事项): from whom, to which level, on which basis, from when to when.

    ``status``: what the register says of it as a whole when it is entered. Where it stands at a street says its ``Holding``.
    """

    class Status(models.TextChoices):
        DELEGATED = "delegated", "已下放"
        CLAIMED = "claimed", "已承接"
        EXERCISED = "exercised", "行使中"
        RETURNED = "returned", "已交回"
        WITHDRAWN = "withdrawn", "已收回"

    code = models.CharField("编码", max_length=40, unique=True)
    name = models.CharField("事项名称", max_length=120)
    name_en = models.CharField("英文名称", max_length=160, blank=True)
    class_prefix = models.CharField("对应类别", max_length=12, blank=True)
    original_kind = models.CharField("原实施机关类别", max_length=24)
    level = models.CharField("下放层级", max_length=10)
    handle_limit = models.CharField("办理时限", max_length=20, blank=True)
    legal_basis = models.CharField("依据", max_length=300, blank=True)
    status = models.CharField("状态", max_length=12, choices=Status.choices, default=Status.DELEGATED)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)

    class Meta:
        verbose_name = "下放权限"
        # It has stood there since before powers were a context.
        db_table = "cases_power"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
