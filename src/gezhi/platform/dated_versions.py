"""Which version of a table that decides is in force: one of each, put there at once or when its time has come (ADR 0025)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Max, Model

from gezhi.kernel.errors import NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.evidence import seal_changes
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.audit.record import record

# Has the columns in_force, waiting and effective_from, of which in_force is true of one at most.
V = TypeVar("V", bound=Model)


def _nothing() -> None:
    """Of a table that no process keeps in memory."""


def begins(effective_from: datetime | None, *, now: datetime) -> tuple[bool, datetime]:
    """Whether a new version waits for its time, and when that is: an instant ahead, else now."""
    if effective_from is not None and effective_from > now:
        return True, effective_from
    return False, now


@dataclass(frozen=True)
class Versions(Generic[V]):
    """The versions of one table. ``called``: the table in the names of audit actions (``cases.duties``); ``key``: the field that
    people know a version by; ``forget``: what has processes read it anew. Each method is called inside a transaction, by a use
    case that has asked whether its actor may."""

    model: type[V]
    called: str
    object_type: str
    key: str
    forget: Callable[[], None] = _nothing

    def next_number(self) -> int:
        """The number of a new version, for tables whose versions are known by numbers."""
        return (self.model._default_manager.aggregate(last=Max(self.key))["last"] or 0) + 1

    def put_in_force(self, version: V) -> None:
        """Put a version in force, and the one that was out of it."""
        in_force = self.model._default_manager.filter(in_force=True)
        with seal_changes(in_force):
            in_force.update(in_force=False)
        chosen = self.model._default_manager.filter(pk=version.pk)
        with seal_changes(chosen):
            chosen.update(in_force=True, waiting=False)
        stands: Any = version
        stands.in_force, stands.waiting = True, False

    def put_due_in_force(self, *, actor: Actor, now: datetime) -> list[V]:
        """Put the versions in force whose time has come, in its order."""
        due = self.model._default_manager.filter(waiting=True, effective_from__lte=now).order_by("effective_from", "pk")
        done = list(due.select_for_update())
        for version in done:
            self.put_in_force(version)
            self._record("in_force", version, actor=actor, now=now)
        if done:
            self.forget()
        return done

    def take_back(self, known_as: str | int, *, actor: Actor, now: datetime) -> None:
        """Take back a version that waits; it stays on record. Raises ``NotFound`` where none of this name waits."""
        waiting = self.model._default_manager.filter(**{self.key: known_as}, waiting=True)
        version = waiting.select_for_update().first()
        if version is None:
            raise NotFound("no_waiting_table", f"no version '{known_as}' waits for its time")
        chosen = self.model._default_manager.filter(pk=version.pk)
        with seal_changes(chosen):
            chosen.update(waiting=False)
        self._record("withdrawn", version, actor=actor, now=now)

    def taken_back(self) -> set[int]:
        """The ids of the versions that were taken back before their time."""
        found = AuditRecord.objects.filter(object_type=self.object_type, action=f"{self.called}_withdrawn")
        return {int(key) for key in found.values_list("object_id", flat=True)}

    def _record(self, what: str, version: V, *, actor: Actor, now: datetime) -> None:
        record(
            actor=actor,
            action=f"{self.called}_{what}",
            object_type=self.object_type,
            object_id=version.pk,
            data={self.key: getattr(version, self.key)},
            now=now,
        )
