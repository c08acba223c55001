"""Who of a topic's listeners sees which row: an index by scope, so that an event asks no listener whom it does not concern."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Generic, TypeVar

from gezhi.platform.access.actor import Actor
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.steps.scopes import ScopeTable

L = TypeVar("L", bound=Hashable)
# Column and value of a scope.
_Place = tuple[str, int]


class Audience(Generic[L]):
    """The listeners of one topic with what each of them sees. It answers as ``seen_by`` and ``touches`` would for each."""

    def __init__(self, scopes: ScopeTable) -> None:
        self._table = scopes
        # Within a place by the body whose objects alone are seen, None where all are.
        self._at: dict[_Place, dict[int | None, set[L]]] = {}
        self._places: dict[L, set[tuple[_Place, int | None]]] = {}
        self._seeing_all: set[L] = set()

    def put(self, listener: L, actor: Actor) -> None:
        """Let a listener see what this actor sees, in place of what it saw before."""
        self.drop(listener)
        if actor.is_system:
            self._seeing_all.add(listener)
        places = {((scope.column, scope.value), scope.organisation_id) for scope in self._table.of(actor)}
        self._places[listener] = places
        for place, body in places:
            self._at.setdefault(place, {}).setdefault(body, set()).add(listener)

    def drop(self, listener: L) -> None:
        """Let a listener see nothing any more."""
        self._seeing_all.discard(listener)
        for place, body in self._places.pop(listener, ()):
            bodies = self._at[place]
            bodies[body].discard(listener)
            if not bodies[body]:
                del bodies[body]
            if not bodies:
                del self._at[place]

    def seeing(self, row: Mapping[str, Any]) -> AbstractSet[L]:
        """Those in whose sight a row (or the scope columns of one) lies. Not to be changed."""
        return self._meeting(row, self._table.columns, [self._seeing_all] if self._seeing_all else [])

    def seeing_a_part(self, row: Mapping[str, Any]) -> AbstractSet[L]:
        """Those of ``seeing`` who do not see all of the object. Not to be changed."""
        parts = self._meeting(row, self._table.part_columns, [])
        return parts - self.seeing_whole(row) if parts else parts

    def seeing_whole(self, row: Mapping[str, Any]) -> AbstractSet[L]:
        """Those of ``seeing`` who see all of the object. Not to be changed."""
        whole = [column for column in self._table.columns if column not in self._table.part_columns]
        return self._meeting(row, whole, [self._seeing_all] if self._seeing_all else [])

    def _meeting(self, row: Mapping[str, Any], columns: Iterable[str], found: list[set[L]]) -> AbstractSet[L]:
        body = row.get("organisation_id")
        for column in columns:
            value = row.get(column)
            bodies = None if value is None else self._at.get((column, value))
            if bodies is not None:
                found += [bodies[one] for one in {None, body} if one in bodies]
        # Most rows meet the scopes of one place only.
        return found[0] if len(found) == 1 else set().union(*found)

    def losing(self, was: Mapping[str, Any], now: Mapping[str, Any]) -> AbstractSet[L]:
        """Those who saw the object as it was and do not see it as it is."""
        if all(was.get(column) == now.get(column) for column in self._table.columns):
            return frozenset()
        return self.seeing(was) - self.seeing(now)

    def touched_by(self, event: OutboxEvent) -> AbstractSet[L]:
        """Those for whom what changed much at once may have changed what they see."""
        touched: Mapping[str, Iterable[int]] | None = event.payload.get("touched")
        if touched is None:
            return self._places.keys()
        found = set(self._seeing_all)
        for column, values in touched.items():
            for value in values:
                found.update(*self._at.get((column, value), {}).values())
        return found
