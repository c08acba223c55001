"""The city's own working calendar in versions: what differs from the national one, and the office hours."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class CalendarVersion(models.Model):
    """One version of the city's calendar, whole. Its rows never change; at most one is in force."""

    number = models.PositiveIntegerField("版本号", unique=True)
    note = models.CharField("说明", max_length=200)
    # The years whose holidays its own days give as a whole, beside those that the national notices cover.
    planned_years = models.JSONField("已排定年份", default=list)
    in_force = models.BooleanField("现行", default=False)
    made_at = models.DateTimeField("生效时间")

    class Meta:
        verbose_name = "工作日历版本"
        constraints = [
            models.UniqueConstraint(
                fields=["in_force"], condition=Q(in_force=True), name="worktime_one_calendar_in_force"
            )
        ]


class CalendarDay(models.Model):
    """A day that the city treats otherwise than the national calendar does."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", "节假日"
        WORKDAY = "workday", "调休工作日"

    # Rows of no version are from before there were versions; they count until the first.
    version = models.ForeignKey(
        CalendarVersion,
        on_delete=models.PROTECT,
        related_name="days",
        null=True,
        blank=True,
        db_index=False,
        verbose_name="版本",
    )
    day = models.DateField("日期")
    kind = models.CharField("性质", max_length=10, choices=Kind.choices)
    note = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        verbose_name = "日历调整"
        constraints = [
            models.UniqueConstraint(fields=["version", "day"], name="worktime_day_once"),
            models.UniqueConstraint(
                fields=["day"], condition=Q(version__isnull=True), name="worktime_day_once_of_no_version"
            ),
        ]


class OfficeHours(models.Model):
    """A span of office time on a weekday (0 Monday … 6 Sunday), local time. No rows: the national default."""

    version = models.ForeignKey(
        CalendarVersion, on_delete=models.PROTECT, related_name="hours", null=True, blank=True, verbose_name="版本"
    )
    weekday = models.PositiveSmallIntegerField("星期")
    opens = models.TimeField("上班")
    closes = models.TimeField("下班")

    class Meta:
        verbose_name = "办公时间"
        constraints = [
            models.CheckConstraint(condition=models.Q(closes__gt=models.F("opens")), name="worktime_span"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="worktime_weekday"),
        ]
