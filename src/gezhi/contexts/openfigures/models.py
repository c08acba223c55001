"""What anybody may see: counts of whole months, made once and never changed."""

from __future__ import annotations

from django.db import models


class Month(models.Model):
    """A month that was counted. ``few``: some reports are in no cell; ``made_at``: how the reports stood then."""

    first_day = models.DateField("月份", unique=True)
    made_at = models.DateTimeField("统计时间")
    least = models.PositiveSmallIntegerField("最小件数")
    few = models.BooleanField("另有少量")

    class Meta:
        verbose_name = "公开统计月"


class Cell(models.Model):
    """Reports of a month that share a place, a matter and a standing (``domain.merging``). An area of 0 stands for any."""

    month = models.ForeignKey(
        Month, on_delete=models.PROTECT, related_name="cells", db_index=False, verbose_name="月份"
    )
    city = models.BigIntegerField("市")
    district = models.BigIntegerField("区县")
    street = models.BigIntegerField("街道")
    community = models.BigIntegerField("社区")
    grid = models.BigIntegerField("网格")
    matter = models.CharField("类别", max_length=12, blank=True)
    standing = models.CharField("状态", max_length=10, blank=True)
    count = models.PositiveIntegerField("件数")

    class Meta:
        verbose_name = "公开统计"
        indexes = [
            models.Index(fields=["month", "-count", "id"], name="openfigures_largest"),
            models.Index(fields=["month", "district", "street", "community", "grid"], name="openfigures_within"),
        ]


class Running(models.Model):
    """The month that runs, of the whole city, in coarse steps: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    first_day = models.DateField("月份")
    at_least = models.PositiveIntegerField("至少件数")
    at = models.DateTimeField("统计时间")

    class Meta:
        verbose_name = "当月公开数"
