"""The outbox: an event is written in the transaction of its change and leaves afterwards."""

from __future__ import annotations

from django.db import models


class OutboxEvent(models.Model):
    """One event on its way out. ``id`` grows in the order of commits and is the resume point of every listener."""

    at = models.DateTimeField("时间")
    type = models.CharField("类型", max_length=60)
    subject = models.CharField("主体", max_length=60)
    district_id = models.BigIntegerField("区县", null=True, blank=True)
    payload = models.JSONField("内容")

    class Meta:
        verbose_name = "待发事件"
        indexes = [models.Index(fields=["at"], name="outbox_event_at")]


class PurgeMark(models.Model):
    """Up to which event the outbox has been emptied: a listener who is behind it has missed something."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    event_id = models.BigIntegerField("已清理至")

    class Meta:
        verbose_name = "清理位置"
