"""A residential estate: never cut by a grid, run by one community even where it lies in another (an enclave)."""

from __future__ import annotations

from django.db import models

from gezhi.contexts.areas.models.area import Area
from gezhi.platform.geodb.fields import WKBField


class Compound(models.Model):
    """Residential compound 小区. ``community`` runs it; ``grid`` is where it lies. They differ for an enclave 插花地."""

    class Governance(models.TextChoices):
        NONE = "none", "尚未成立"
        OWNERS_COMMITTEE = "owners_committee", "业主委员会"
        SELF_MANAGEMENT = "self_management", "自管委员会"

    code = models.CharField("编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=100)
    name_en = models.CharField("英文名称", max_length=100, blank=True, default="", db_default="")
    address = models.CharField("地址", max_length=200, blank=True)
    community = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name="管理社区")
    grid = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name="所在网格")
    households = models.PositiveIntegerField("户数")
    governance = models.CharField("自治组织", max_length=20, choices=Governance.choices)
    on_platform = models.BooleanField("已搭建三方联动平台", default=False)
    geometry = WKBField("边界")
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")

    class Meta:
        verbose_name = "小区"
        indexes = [models.Index(fields=["community"], name="areas_compound_comm")]

    def __str__(self) -> str:
        return self.name
