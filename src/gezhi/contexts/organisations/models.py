"""Organisations: departments, street offices, committees, firms: whoever can be given a matter."""

from __future__ import annotations

from django.db import models


class Organisation(models.Model):
    """A body with its seat in the tree of areas: a city bureau at the city, a street office at its street."""

    class Kind(models.TextChoices):
        URBAN_MANAGEMENT = "urban_management", "城市管理执法"
        HOUSING = "housing", "住房和城乡建设"
        PUBLIC_SECURITY = "public_security", "公安"
        MARKET_REGULATION = "market_regulation", "市场监督管理"
        CIVIL_AFFAIRS = "civil_affairs", "民政"
        EMERGENCY = "emergency", "应急管理"
        WATER = "water", "水利水务"
        LANDSCAPE = "landscape", "园林绿化"
        SANITATION = "sanitation", "环境卫生"
        TRANSPORT = "transport", "交通运输"
        ECOLOGY = "ecology", "生态环境"
        JUSTICE = "justice", "司法行政"
        AGRICULTURE = "agriculture", "农业农村"
        UTILITY = "utility", "水电气热通信企业"
        STREET_OFFICE = "street_office", "街道办事处（乡镇政府）"
        COMMUNITY_COMMITTEE = "community_committee", "社区（村）委员会"
        LAW_FIRM = "law_firm", "律师事务所与法律服务所"
        OTHER = "other", "其他"

    code = models.CharField("编码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120)
    name_en = models.CharField("英文名称", max_length=120, blank=True)
    kind = models.CharField("类别", max_length=24, choices=Kind.choices)
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="+", verbose_name="所在区域")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True, verbose_name="上级机构"
    )
    active = models.BooleanField("在用", default=True)
    # Its last day, past or ahead; on the day after, ``active`` is no more.
    active_to = models.DateField("停用日期", null=True, blank=True)
    # When its names or its state changed last: for processes that hold organisations in memory.
    changed_at = models.DateTimeField("变更时间", null=True, blank=True)

    class Meta:
        verbose_name = "组织机构"
        indexes = [models.Index(fields=["kind", "area"], name="organisations_kind_area")]

    def __str__(self) -> str:
        return self.name
