"""The broadcaster: reads the outbox once, hands each event to every listener who may see it.

It wakes by a datagram on a socket in the data folder (one machine, SQLite) or by LISTEN/NOTIFY (PostgreSQL), and looks
once a second in any case, so that a lost wake-up costs a second and never an event. Once a second it also looks whether
those whom it serves still have the rights that they had.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db import close_old_connections, connection, connections

from gezhi.interfaces.live.audience import Audience
from gezhi.interfaces.live.feed import PAGE, frame_of
from gezhi.interfaces.live.listener import QUEUE_LENGTH, Listener
from gezhi.kernel import clock
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.standing import Standing, standing_of
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.outbox.publish import CHANNEL, latest_id, read_after
from gezhi.platform.steps.topics import LiveEvent, Topic, moves_outside, shown, topic_of

log = structlog.get_logger(__name__)
T = TypeVar("T")

TICK_SECONDS = 1.0
# Whoever loses a right hears what it showed for so long at most.
RIGHTS_SECONDS = 1.0
# A stream on which nothing was sent for so long gets a sign of life.
HEARTBEAT_SECONDS = 15.0
# After a read it waits this long for more: a busy city's events are read, and sent, some at a time.
GATHER_SECONDS = 0.1
# A listener that has not taken a message for so long is waited for no more.
SLOW_SECONDS = 1.0
LOOK_SECONDS = 0.01
# In so many seconds an account may open twice as many streams as it may have at once; a browser opens one with each page.
OPENING_SECONDS = 60.0


async def _run_in(threads: ThreadPoolExecutor, work: Callable[..., T], *arguments: Any, **named: Any) -> T:
    def run() -> T:
        close_old_connections()
        return work(*arguments, **named)

    return await asyncio.get_running_loop().run_in_executor(threads, run)


class Broadcaster:
    """Listeners of one process. Make it and use it inside one event loop."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.last_id = 0
        self._audiences: dict[str, Audience[Listener]] = {}
        self._wake = asyncio.Event()
        # Who comes, and what each missed, is looked up beside what is new: many who come keep nobody waiting.
        self._following = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-follow")
        self._answering = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-answer")
        self._openings: dict[int, deque[float]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to follow the outbox from its present end."""
        self.last_id = await self._follow_in_thread(latest_id)
        self._tasks.append(asyncio.create_task(self._follow()))
        self._tasks.append(asyncio.create_task(self._tend()))
        self._tasks.append(asyncio.create_task(self._watch_rights()))
        if connection.vendor == "postgresql":
            self._tasks.append(asyncio.create_task(self._listen_postgresql()))
        else:
            self._tasks.append(
                asyncio.create_task(self._listen_socket(Path(settings.GEZHI_HOME) / "run" / "live.sock"))
            )

    async def stop(self) -> None:
        """End all tasks and database threads."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # Connections belong to the threads that opened them: each thread closes its own.
        for threads in (self._following, self._answering):
            await asyncio.get_running_loop().run_in_executor(threads, connections.close_all)
            threads.shutdown(wait=True)

    async def in_thread(self, work: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Run database work for one stream in a thread of its own: the event loop never waits for the database."""
        return await _run_in(self._answering, work, *arguments, **named)

    async def _follow_in_thread(self, work: Callable[..., T], *arguments: Any, **named: Any) -> T:
        return await _run_in(self._following, work, *arguments, **named)

    def may_open(self, user_id: int) -> bool:
        """Whether an account may open a stream now; counts it."""
        now = asyncio.get_running_loop().time()
        before = self._openings.setdefault(user_id, deque(maxlen=2 * settings.GEZHI_LIVE_STREAMS))
        if len(before) == before.maxlen and now - before[0] < OPENING_SECONDS:
            return False
        before.append(now)
        return True

    def streams_of(self, user_id: int) -> int:
        """How many streams an account has open."""
        return sum(listener.actor.user_id == user_id for listener in self.listeners)

    @contextlib.asynccontextmanager
    async def listen(self, actor: Actor, topic: Topic) -> AsyncIterator[tuple[Listener, int]]:
        """A listener, and the id after which its queue holds everything."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a stream is served by a task of its own")
        listener = Listener(actor, topic, task)
        self.listeners.add(listener)
        self.serve(listener, actor)
        try:
            yield listener, self.last_id
        finally:
            self.listeners.discard(listener)
            self._audience(topic).drop(listener)

    def serve(self, listener: Listener, actor: Actor) -> None:
        """Let a listener hear what this actor may, from now on. What waits for one who had other rights is not sent: the reader
        takes a fresh snapshot."""
        if (actor.user_id, actor.grants) != (listener.actor.user_id, listener.actor.grants):
            listener.forget()
            listener.fall_behind()
        listener.actor = actor
        self._audience(listener.topic).put(listener, actor)

    def give_up(self, listener: Listener) -> None:
        """Tell a listener nothing any more and keep nothing for it. Its stream still counts as one of the account's."""
        self._audience(listener.topic).drop(listener)
        listener.forget()

    def _audience(self, topic: Topic) -> Audience[Listener]:
        return self._audiences.setdefault(topic.name, Audience(topic.scopes))

    async def _tend(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = loop.time()
            for listener in self.listeners:
                listener.tend(now, heartbeat=HEARTBEAT_SECONDS, stalled=settings.GEZHI_STALLED_SECONDS)

    async def _watch_rights(self) -> None:
        before: dict[int, Standing] = {}
        while True:
            await asyncio.sleep(RIGHTS_SECONDS)
            users = {listener.actor.user_id for listener in self.listeners} - {None}
            try:
                stands = await self.in_thread(standing_of, users, now=clock.now())
            except Exception:
                log.exception("live.rights_unknown")
                continue
            # Who came since is asked for once more: what changed between was seen by nobody.
            changed = {user for user, standing in stands.items() if before.get(user) != standing}
            for listener in self.listeners:
                if listener.actor.user_id in changed:
                    listener.doubt()
            before = stands

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), TICK_SECONDS)
            self._wake.clear()
            try:
                await self._read_on()
            except Exception:
                log.exception("live.read_failed", last_id=self.last_id)
                await asyncio.sleep(TICK_SECONDS)
            # What wakes it during this pause was committed before the read that follows, which sees it.
            await asyncio.sleep(GATHER_SECONDS)

    async def _read_on(self) -> None:
        """Hand out what is new. With nobody listening only the end of the outbox is looked up."""
        if not self.listeners:
            newest = await self._follow_in_thread(latest_id)
            # Who came in the meantime was promised everything after `last_id`.
            if not self.listeners:
                self.last_id = newest
                return
        more = True
        while more:
            events = await self._follow_in_thread(read_after, self.last_id, limit=PAGE)
            for event in events:
                self._hand_out(event)
                self.last_id = event.pk
            await self._until_taken()
            # What was committed since has woken it again.
            more = len(events) == PAGE

    async def _until_taken(self) -> None:
        """Wait until every listener that takes what it gets has room for another page of events; not for the stalled."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + SLOW_SECONDS
        while (now := loop.time()) < give_up and any(self._awaited(listener, now) for listener in self.listeners):
            await asyncio.sleep(LOOK_SECONDS)

    def _awaited(self, listener: Listener, now: float) -> bool:
        if listener.behind or listener.waiting <= QUEUE_LENGTH // 2:
            return False
        return listener.sending_since is None or now - listener.sending_since < SLOW_SECONDS

    def _hand_out(self, event: OutboxEvent) -> None:
        topic = topic_of(event)
        audience = None if topic is None else self._audiences.get(topic.name)
        if topic is None or audience is None:
            return
        if event.type in topic.resets:
            for listener in audience.touched_by(event):
                listener.fall_behind()
            return
        row = event.payload[topic.row]
        # Whoever sees the same is told the same: an event is written once for all.
        if seeing := audience.seeing(row):
            some = audience.seeing_a_part(row)
            hearing = some if moves_outside(event) else some & audience.seeing_whole(event.payload["was"])
            for listeners, whole in ((seeing - some, True), (hearing, False)):
                frame = frame_of(topic, shown(topic, event, whole=whole)) if listeners else b""
                for listener in listeners:
                    listener.give(frame)
        if losing := audience.losing(event.payload["was"], row):
            frame = frame_of(topic, LiveEvent(event.pk, event.type, False, None, event.subject))
            for listener in losing:
                listener.give(frame)

    async def _listen_socket(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            receiver.bind(str(path))
            os.chmod(path, 0o600)
            receiver.setblocking(False)
            loop = asyncio.get_running_loop()
            while True:
                await loop.sock_recv(receiver, 64)
                self._wake.set()
        except OSError:
            # A path longer than a socket's name may be, or a file system without sockets: the tick serves instead.
            log.warning("live.no_socket", path=str(path))
        finally:
            receiver.close()
            path.unlink(missing_ok=True)

    async def _listen_postgresql(self) -> None:
        import psycopg

        parameters = connection.get_connection_params()
        wanted = {
            name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if name in parameters
        }
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**wanted, autocommit=True) as channel:
                    await channel.execute(f"LISTEN {CHANNEL}")
                    async for _ in channel.notifies():
                        self._wake.set()
            except psycopg.OperationalError:
                log.warning("live.listen_lost")
                await asyncio.sleep(TICK_SECONDS)
