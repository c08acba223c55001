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

    ``sending_since``: since when (on the loop's clock) a message is on its way to the native server; None where none is.
    ``stalled`` is set when it was not taken in time, and ``task``, which serves the stream, is interrupted.
    ``doubted`` is set when the rights that it was opened with may be others now.
    """

    actor: Actor
    topic: Topic
    task: asyncio.Task[None]
    behind: bool = False
    stalled: bool = False
    doubted: bool = False
    sending_since: float | None = None
    _waiting_since: float = 0.0
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
        taken: list[bytes] = []
        size = 0
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

    def doubt(self) -> None:
        """Have its stream ask whom it serves before anything more is sent."""
        self.doubted = True
        self.wake()

    def wake(self) -> None:
        """Have it look."""
        self._answer(woken=True)

    async def something(self) -> bool:
        """Wait until there is something to send or somebody wakes it; False where it is time to say that all is well."""
        if self._frames or self.behind:
            return True
        loop = asyncio.get_running_loop()
        self._waiting_since = loop.time()
        self._waiting = loop.create_future()
        try:
            return await self._waiting
        finally:
            self._waiting = None

    def tend(self, now: float, *, heartbeat: float, stalled: float) -> None:
        """Wake it where it has waited for ``heartbeat`` seconds, interrupt it where it has been sending for ``stalled``.

        To be called every now and then: a timer for each message would cost more than the message.
        """
        if self.sending_since is not None:
            if now - self.sending_since >= stalled and not self.stalled:
                self.stalled = True
                self.task.cancel()
        elif now - self._waiting_since >= heartbeat:
            self._answer(woken=False)

    def _answer(self, *, woken: bool) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(woken)
