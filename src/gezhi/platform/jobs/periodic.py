"""Periodic jobs: a name, a task, an interval. The queue has no clock of its own; ``tick`` is that clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from gezhi.platform.jobs.models import ScheduledJob
from gezhi.platform.registry import Registry


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task (of django-tasks, without arguments) that is put in the queue every ``every``."""

    task: Any
    every: timedelta


PERIODIC: Registry[Periodic] = Registry("periodic jobs")


def tick(*, now: datetime) -> list[str]:
    """Queue every job that is due at ``now``; returns their names. A job missed while nothing ran is queued once."""
    queued: list[str] = []
    for name, job in sorted(PERIODIC.items()):
        with transaction.atomic():
            row, _ = ScheduledJob.objects.select_for_update().get_or_create(name=name, defaults={"next_at": now})
            if row.next_at > now:
                continue
            row.next_at = now + job.every
            row.last_queued_at = now
            row.save(update_fields=["next_at", "last_queued_at"])
            job.task.enqueue()
            queued.append(name)
    return queued
