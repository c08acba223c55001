"""The one source of the present moment. Rules take ``now`` as an argument; only the edges ask a clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SimulatedClock:
    """A clock that stands until it is moved forward: replay and simulation run on it."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Move forward to ``moment``; time never runs backwards."""
        if moment < self._now:
            raise ValueError(f"the clock stands at {self._now.isoformat()}, {moment.isoformat()} is past")
        self._now = moment.astimezone(UTC)


_clock: ContextVar[Clock] = ContextVar("gezhi_clock", default=SystemClock())  # noqa: B039


def now() -> datetime:
    """The present moment of the clock in force, aware, UTC."""
    return _clock.get().now()


@contextmanager
def using(clock: Clock) -> Iterator[Clock]:
    """Run a block on another clock."""
    token = _clock.set(clock)
    try:
        yield clock
    finally:
        _clock.reset(token)
