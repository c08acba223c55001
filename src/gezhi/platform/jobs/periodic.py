"""Periodic jobs: a name, a task, an interval. The queue has no clock of its own; ``tick`` is that clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from gezhi.platform.jobs.models import ScheduledJob
from gezhi.platform.registry import Registry


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task (of django-tasks, without arguments) that is put in the queue every ``every``; ``at``: at this time of the city's
    day, where it is for the night."""

    task: Any
    every: timedelta
    at: time | None = None

    def first(self, now: datetime) -> datetime:
        """When it is queued for the first time: at once, or at its time of day."""
        return now if self.at is None else _next_at(self.at, now)

    def after(self, now: datetime) -> datetime:
        """When it is queued again that was queued at ``now``."""
        return now + self.every if self.at is None else _next_at(self.at, now)


def _next_at(at: time, now: datetime) -> datetime:
    """The first instant after ``now`` that has this time of the city's day."""
    local = timezone.localtime(now)
    today = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=1)


PERIODIC: Registry[Periodic] = Registry("periodic jobs")


def tick(*, now: datetime) -> list[str]:
    """Queue every job that is due at ``now``; returns their names. A job missed while nothing ran is queued once."""
    queued: list[str] = []
    for name, job in sorted(PERIODIC.items()):
        with transaction.atomic():
            row, _ = ScheduledJob.objects.select_for_update().get_or_create(
                name=name, defaults={"next_at": job.first(now)}
            )
            if row.next_at > now:
                continue
            row.next_at = job.after(now)
            row.last_queued_at = now
            row.save(update_fields=["next_at", "last_queued_at"])
            job.task.enqueue()
            queued.append(name)
    return queued
