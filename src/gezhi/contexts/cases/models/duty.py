"""Who is empowered: the versioned duty table and the catalogue of delegated powers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class DutyTable(models.Model):
    """One version of the duty table 权责清单. At most one is in force; old cases keep the routing they were given."""

    number = models.PositiveIntegerField("版本号", unique=True)
    name = models.CharField("名称", max_length=100)
    in_force = models.BooleanField("现行", default=False)
    # Its time lies ahead, and nobody has taken it back.
    waiting = models.BooleanField("待生效", default=False, db_default=False)
    effective_from = models.DateTimeField("生效时间")

    class Meta:
        verbose_name = "权责清单版本"
        constraints = [
            models.UniqueConstraint(
                fields=["in_force"], condition=Q(in_force=True), name="cases_one_duty_table_in_force"
            )
        ]


class DutyRule(models.Model):
    """One row: matters of this class, in this area, are settled by this body within these limits."""

    table = models.ForeignKey(DutyTable, on_delete=models.PROTECT, related_name="rules", verbose_name="版本")
    class_prefix = models.CharField("类别前缀", max_length=12, blank=True)
    area = models.ForeignKey(
        "areas.Area", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="适用区域"
    )
    # The ordinal of a filing condition of its class; empty: whatever it was filed under.
    condition = models.PositiveSmallIntegerField("立案条件序号", null=True, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="责任单位",
    )
    organisation_kind = models.CharField("责任单位类别", max_length=24, blank=True)
    organisation_level = models.CharField("责任单位层级", max_length=10, blank=True)
    dispatch_limit = models.CharField("派遣时限", max_length=20)
    handle_limit = models.CharField("处置时限", max_length=20, blank=True)
    check_limit = models.CharField("核查时限", max_length=20)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "权责条目"
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | ~Q(organisation_kind=""), name="cases_duty_names_a_body"
            )
        ]


class Power(models.Model):
    """A power delegated by law to a level (赋权事项): who held it, who may exercise it, from when to when."""

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
