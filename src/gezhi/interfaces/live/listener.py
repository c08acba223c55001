"""One open stream: what waits to be sent on it, within bounds."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.topics import Topic

# What one stream keeps that its reader does not take: so many events, and so many bytes of them.
QUEUE_LENGTH = 1_000
QUEUE_BYTES = 1_048_576
# The native server holds a few messages for a reader, so one message is not long.
DRAIN_BYTES = 16_384


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream. ``behind`` is set when it did not get every event: it must take a fresh snapshot.

    ``sending_since``: since when (on the loop's clock) the native server has not taken a message; None while it takes them.
    """

    actor: Actor
    topic: Topic
    behind: bool = False
    sending_since: float | None = None
    _frames: deque[bytes] = field(default_factory=deque)
    _bytes: int = 0
    _waiting: asyncio.Future[bool] | None = None

    @property
    def waiting(self) -> int:
        """How many events wait."""
        return len(self._frames)

    def give(self, frame: bytes) -> None:
        """Queue an event; a full queue leaves the listener behind. Who is behind gets nothing until its reset."""
        if self.behind:
            return
        if len(self._frames) >= QUEUE_LENGTH or self._bytes + len(frame) > QUEUE_BYTES:
            self.fall_behind()
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        self.wake()

    def fall_behind(self) -> None:
        """Have it reset once it has taken what waits."""
        self.behind = True
        self.wake()

    def take(self) -> bytes:
        """What waits, oldest first: one message of whole events, the rest at the next call. Empty where nothing waits."""
        if self._bytes <= DRAIN_BYTES:
            message = b"".join(self._frames)
            self.forget()
            return message
        taken, size = [], 0
        while self._frames and (not taken or size + len(self._frames[0]) <= DRAIN_BYTES):
            frame = self._frames.popleft()
            taken.append(frame)
            size += len(frame)
        self._bytes -= size
        return b"".join(taken)

    def forget(self) -> None:
        """Let go of what waits."""
        self._frames.clear()
        self._bytes = 0

    def wake(self) -> None:
        """Have it look."""
        self._answer(woken=True)

    async def something(self, *, seconds: float) -> bool:
        """Wait until there is something to send or somebody wakes it; False where so many seconds passed without."""
        if self._frames or self.behind:
            return True
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        timer = loop.call_later(seconds, self._late)
        try:
            return await self._waiting
        finally:
            timer.cancel()
            self._waiting = None

    def _late(self) -> None:
        self._answer(woken=False)

    def _answer(self, *, woken: bool) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(woken)
