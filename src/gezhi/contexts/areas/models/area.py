"""An area's identity (what grants, cases and people refer to) and its shapes over time."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from treebeard.mp_tree import MP_Node

from gezhi.contexts.areas.domain.levels import AreaLevel, GridKind
from gezhi.platform.geodb.fields import WKBField


class Area(MP_Node):
    """City, district, street, community or grid. Its identity outlives a redrawing of its border; a split ends it."""

    code = models.CharField("编码", max_length=20)
    name = models.CharField("名称", max_length=100)
    name_en = models.CharField("英文名称", max_length=100, blank=True)
    level = models.CharField("层级", max_length=10, choices=[(item.value, item.value) for item in AreaLevel])
    kind = models.CharField("网格类型", max_length=10, blank=True, choices=[(k.value, k.value) for k in GridKind])
    urban_rural = models.CharField("城乡分类代码", max_length=3, blank=True)
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    valid_from = models.DateTimeField("启用时间")
    valid_to = models.DateTimeField("停用时间", null=True, blank=True)

    node_order_by: list[str] = []

    class Meta:
        verbose_name = "区域"
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(valid_to__isnull=True), name="areas_code_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")), name="areas_span"
            ),
        ]
        indexes = [models.Index(fields=["level", "code"], name="areas_level_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class AreaShape(models.Model):
    """The border of an area from one version until (not including) another."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="shapes", verbose_name="区域")
    version_from = models.ForeignKey(
        "areas.AreaVersion", on_delete=models.PROTECT, related_name="+", verbose_name="起始版本"
    )
    version_to = models.ForeignKey(
        "areas.AreaVersion",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="终止版本",
    )
    geometry = WKBField("边界")
    min_lon = models.FloatField("最小经度")
    min_lat = models.FloatField("最小纬度")
    max_lon = models.FloatField("最大经度")
    max_lat = models.FloatField("最大纬度")
    area_m2 = models.FloatField("面积（平方米）")

    class Meta:
        verbose_name = "区域边界"
        constraints = [
            models.UniqueConstraint(fields=["area", "version_from"], name="areas_shape_once_per_version"),
            models.UniqueConstraint(
                fields=["area"], condition=Q(version_to__isnull=True), name="areas_one_current_shape"
            ),
        ]
        indexes = [models.Index(fields=["min_lon", "max_lon"], name="areas_shape_bbox")]
