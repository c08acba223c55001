"""Live topics: what a context tells its listeners, and who hears what.

An event carries an object's row after the step and the scope columns before it. A listener who sees the row now gets it;
one who saw it before and does not now is told to drop it; everybody else gets nothing. So snapshot + events = fresh
snapshot. Whoever does not see all of an object hears of a step only where it changed what they are told. What changes much
at once (an import) names what it touched, and resets the listeners whose scopes that meets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gezhi.platform.access.actor import Actor
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.registry import Registry
from gezhi.platform.steps.scopes import ScopeTable


@dataclass(frozen=True, slots=True)
class Topic:
    """``/live/<name>``. ``row``: the key under which an event carries the row. ``steps``: the events of one object;
    ``resets``: those of many at once."""

    name: str
    row: str
    steps: frozenset[str]
    resets: frozenset[str]
    scopes: ScopeTable

    @property
    def changed(self) -> str:
        """What the steps are called for whoever is not told which it was."""
        return f"{self.row}.changed"


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One event for one listener. ``row`` is None where the object has left the listener's sight. To whoever does not see all of
    the object, ``type`` says only that it has changed: which step it was may be the office's own."""

    id: int
    type: str
    visible: bool
    row: Mapping[str, Any] | None
    number: str


_TOPICS: Registry[Topic] = Registry("topics")
_by_type: dict[str, Topic] = {}


def register_topic(topic: Topic) -> None:
    """Make a topic known to the live edge. Raises ``ValueError`` for an event that is another topic's."""
    for type_ in topic.steps | topic.resets:
        if _by_type.setdefault(type_, topic).name != topic.name:
            raise ValueError(f"the event '{type_}' belongs to the topic '{_by_type[type_].name}'")
        _by_type[type_] = topic
    _TOPICS.add(topic.name, topic)


def topic_named(name: str) -> Topic | None:
    """The topic of this name, None where there is none."""
    return _TOPICS.get(name)


def topic_of(event: OutboxEvent) -> Topic | None:
    """The topic to which an event belongs; None for one that no listener is told."""
    return _by_type.get(event.type)


def seen_by(topic: Topic, actor: Actor, event: OutboxEvent) -> LiveEvent | None:
    """A step as this actor may see it; None where it is none of the actor's business."""
    row = event.payload[topic.row]
    if topic.scopes.holds(actor, row):
        whole = topic.scopes.outside is None or topic.scopes.sees_whole(actor, row)
        heard = whole or moves_outside(event) or topic.scopes.sees_whole(actor, event.payload["was"])
        return shown(topic, event, whole=whole) if heard else None
    if topic.scopes.holds(actor, event.payload["was"]):
        return LiveEvent(event.pk, event.type, False, None, event.subject)
    return None


def told_outside(*, version: int, moved: bool) -> dict[str, Any]:
    """What an event says under ``told`` to whoever does not see all of its object: which version they are told, and whether what
    they are told has changed."""
    return {"version": version, "moved": moved}


def moves_outside(event: OutboxEvent) -> bool:
    """Whether a step has changed what is told outside the office."""
    told: Mapping[str, Any] | None = event.payload.get("told")
    return told is None or bool(told["moved"])


def shown(topic: Topic, event: OutboxEvent, *, whole: bool) -> LiveEvent:
    """A step for whoever sees the object; ``whole``: all of it."""
    row = event.payload[topic.row]
    if whole or topic.scopes.outside is None:
        return LiveEvent(event.pk, event.type, True, row, event.subject)
    # Events from before ``told`` was written say nothing of a version.
    version = event.payload.get("told", {"version": 0})["version"]
    return LiveEvent(event.pk, topic.changed, True, topic.scopes.outside.told(row, version), event.subject)


def touches(topic: Topic, actor: Actor, event: OutboxEvent) -> bool:
    """Whether what changed much at once may have changed what this actor sees. An event that names nothing touches all."""
    touched: Mapping[str, Iterable[int]] | None = event.payload.get("touched")
    if touched is None or actor.is_system:
        return True
    return any(scope.value in touched.get(scope.column, ()) for scope in topic.scopes.of(actor))


def touched_by(topic: Topic, rows: Iterable[Mapping[str, Any]]) -> dict[str, list[int]]:
    """What an event of many objects names: scope column → the values that occur."""
    found: dict[str, set[int]] = {}
    for row in rows:
        for column in topic.scopes.columns:
            if row.get(column) is not None:
                found.setdefault(column, set()).add(row[column])
    return {column: sorted(values) for column, values in found.items()}
