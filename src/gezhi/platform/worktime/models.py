"""The city's own working calendar: what differs from the national one, and the office hours."""

from __future__ import annotations

from django.db import models


class CalendarDay(models.Model):
    """A day that the city treats otherwise than the national calendar does."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", "节假日"
        WORKDAY = "workday", "调休工作日"

    day = models.DateField("日期", unique=True)
    kind = models.CharField("性质", max_length=10, choices=Kind.choices)
    note = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        verbose_name = "日历调整"


class OfficeHours(models.Model):
    """A span of office time on a weekday (0 Monday … 6 Sunday), local time. No rows: the national default."""

    weekday = models.PositiveSmallIntegerField("星期")
    opens = models.TimeField("上班")
    closes = models.TimeField("下班")

    class Meta:
        verbose_name = "办公时间"
        constraints = [
            models.CheckConstraint(condition=models.Q(closes__gt=models.F("opens")), name="worktime_span"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="worktime_weekday"),
        ]
