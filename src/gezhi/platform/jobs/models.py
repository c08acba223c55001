"""When each periodic job is next due. What it does stands in code (``periodic``), the job itself runs as a task."""

from __future__ import annotations

from django.db import models


class ScheduledJob(models.Model):
    """One periodic job. Several workers may tick: the row is locked while its task is put in the queue."""

    name = models.CharField("名称", max_length=60, primary_key=True)
    next_at = models.DateTimeField("下次时间")
    last_queued_at = models.DateTimeField("上次排队时间", null=True, blank=True)

    class Meta:
        verbose_name = "定时任务"
