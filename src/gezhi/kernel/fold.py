"""An object is the fold of its history: the row in the database is a copy, kept for speed, that must equal it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

# Column → value: the state of an object, or what a step changes of it.
Columns = Mapping[str, Any]


@dataclass(frozen=True)
class Folded:
    """The columns that a history decides. ``instants`` are ISO 8601 texts in the history, datetimes in the row.

    ``defaults``: what a column holds before the first step, where that is not None.
    """

    values: tuple[str, ...]
    instants: tuple[str, ...]
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All columns, in one order."""
        return self.values + self.instants

    @cached_property
    def start(self) -> Columns:
        """Column → value before the first step."""
        return dict.fromkeys(self.names) | dict(self.defaults)

    @cached_property
    def known(self) -> frozenset[str]:
        """The columns as a set."""
        return frozenset(self.names)

    @cached_property
    def _instants(self) -> frozenset[str]:
        return frozenset(self.instants)

    def fold(self, rows: Iterable[StepChanges]) -> Columns:
        """The state after ``rows``, oldest first: column → value, instants as aware datetimes, plus ``version``.

        Raises ``ValueError`` if a version is missing or out of order, or a row changes a column that is not the history's.
        """
        state, version = {**self.start}, 0
        for row in rows:
            version += 1
            if row.version != version:
                raise ValueError(f"history row {row.version} where row {version} should be")
            if not isinstance(row.changes, dict):
                raise ValueError(f"history row {row.version} does not say what it changed")
            for name, value in row.changes.items():
                if name not in state:
                    raise ValueError(f"history row {row.version} changes '{name}', which is no column of the history's")
                state[name] = datetime.fromisoformat(value) if name in self._instants and value is not None else value
        return {**state, "version": version}


@dataclass(frozen=True, slots=True)
class StepChanges:
    """What the fold needs of one history row. ``changes`` hold plain JSON."""

    version: int
    changes: Columns


def plain(value: Any) -> Any:
    """A value as the history keeps it: instants as ISO 8601 texts in UTC."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
