"""Periodic jobs: a name, a task, an interval. The queue has no clock of its own; ``tick`` is that clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from gezhi.platform.jobs.models import ScheduledJob


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task that is put in the queue every ``every``."""

    name: str
    task: Any
    every: timedelta


_registered: dict[str, Periodic] = {}


def register(name: str, task: Any, *, every: timedelta) -> None:
    """Have ``task`` (a django-tasks task without arguments) run every ``every``. Call it in ``AppConfig.ready``."""
    _registered[name] = Periodic(name, task, every)


def registered() -> tuple[Periodic, ...]:
    """The periodic jobs, by name."""
    return tuple(_registered[name] for name in sorted(_registered))


def tick(*, now: datetime) -> list[str]:
    """Queue every job that is due at ``now``; returns their names. A job missed while nothing ran is queued once."""
    queued: list[str] = []
    for job in registered():
        with transaction.atomic():
            row, _ = ScheduledJob.objects.select_for_update().get_or_create(name=job.name, defaults={"next_at": now})
            if row.next_at > now:
                continue
            row.next_at = now + job.every
            row.last_queued_at = now
            row.save(update_fields=["next_at", "last_queued_at"])
            job.task.enqueue()
            queued.append(job.name)
    return queued
