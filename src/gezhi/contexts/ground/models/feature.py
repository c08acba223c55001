"""Where the ground comes from, and what lies on it."""

from __future__ import annotations

from django.db import models

from gezhi.contexts.ground.domain.layers import Layer


class GroundSource(models.Model):
    """What was laid together and is replaced together: a file, a survey, a plan; or a file of finished tiles."""

    code = models.CharField("编码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=100)
    licence = models.CharField("许可与署名", max_length=300, blank=True)
    laid_at = models.DateTimeField("入库时间")
    features = models.PositiveIntegerField("要素数")
    # The file of finished tiles that the source is, where it is one: its name in the data folder (``archives``).
    archive = models.CharField("瓦片文件", max_length=80, blank=True, db_default="")

    class Meta:
        verbose_name = "底图来源"

    def __str__(self) -> str:
        return self.name


class GroundFeature(models.Model):
    """A road, a building, a park … EPSG:4326. ``tile`` and ``from_zoom`` are how a map finds it (``kernel.quadtree``)."""

    source = models.ForeignKey(
        GroundSource, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name="来源"
    )
    layer = models.CharField("图层", max_length=10, choices=[(layer.value, layer.value) for layer in Layer])
    kind = models.CharField("类别", max_length=16)
    name = models.CharField("名称", max_length=100, blank=True)
    name_en = models.CharField("英文名称", max_length=100, blank=True)
    # Other names, old ones too, each on a line of its own.
    also = models.CharField("别名", max_length=300, blank=True)
    street = models.CharField("街路", max_length=100, blank=True)
    house_number = models.CharField("门牌号", max_length=20, blank=True)
    ref = models.CharField("来源编号", max_length=40, blank=True)
    from_zoom = models.PositiveSmallIntegerField("显示级别")
    tile = models.BigIntegerField("所在瓦片")
    # WKB, as WKBField writes it: read in bulk, since one by one takes five times as long.
    geometry = models.BinaryField("形状")

    class Meta:
        verbose_name = "底图要素"
        indexes = [
            models.Index(fields=["from_zoom", "tile"], name="ground_tile"),
            models.Index(fields=["source"], name="ground_source"),
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.name}"
