"""The live edge: a raw ASGI application beside Django. Clients take a snapshot and then listen here, with resume.

``GET /live/<topic>?since=ID`` (or the header ``Last-Event-ID``) is a stream of server-sent events; for the topic ``cases``:
``event: case`` with ``{"type", "visible", "number", "case"}``, and ``event: reset`` where events were lost and a fresh
snapshot is due. It runs on its own port; cookies do not know ports, so the session of the web server signs in here too.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
import structlog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezhi.config.settings.embedded")
django.setup()

from django.conf import settings  # noqa: E402

from gezhi.interfaces.live.broadcast import Broadcaster  # noqa: E402
from gezhi.interfaces.live.feed import missed  # noqa: E402
from gezhi.interfaces.live.listener import Listener  # noqa: E402
from gezhi.interfaces.live.signed_in import actor_by_headers  # noqa: E402
from gezhi.interfaces.serving.listening import drop_stalled_readers  # noqa: E402
from gezhi.kernel.reading import whole_number  # noqa: E402
from gezhi.platform.outbox.publish import more_than  # noqa: E402
from gezhi.platform.steps.topics import Topic, topic_named  # noqa: E402

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_LIVE = "/live/"
# A change of rights is seen by the second (``Broadcaster``); whatever that may miss, a stream asks again after this long.
REAUTHENTICATE_SECONDS = 60.0
# A client that missed more events than this takes a fresh snapshot.
MOST_MISSED = 2_000
# What the kernel keeps of a stream for its reader: beyond, the native server takes no more and the queue here fills.
SEND_BUFFER_BYTES = 65_536
log = structlog.get_logger(__name__)
_broadcaster: Broadcaster | None = None


async def broadcaster() -> Broadcaster:
    """the broadcaster of this process, started at first use."""
    global _broadcaster  # noqa: PLW0603  (one per process is the point)
    if _broadcaster is None:
        _broadcaster = Broadcaster()
        await _broadcaster.start()
    return _broadcaster


async def stop_broadcaster() -> None:
    """End the broadcaster of this process and its database threads."""
    global _broadcaster  # noqa: PLW0603
    if _broadcaster is not None:
        await _broadcaster.stop()
        _broadcaster = None


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _host_of(address: str) -> str | None:
    """The host of an address; None for what is no address."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _port_of(origin: str) -> str:
    """The port that an origin names; empty where it is the scheme's own."""
    host = origin.partition("://")[2]
    return host.rpartition("]")[2].removeprefix(":") if host.startswith("[") else host.partition(":")[2]


def _cors(scope: Scope, headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Allow the web pages of this very host, on the port where they are served, and nobody else."""
    origin = headers.get("origin", "")
    if not origin or _host_of(origin) is None or _host_of(origin) != _host_of(f"//{headers.get('host', '')}"):
        return []
    # Cookies know no ports: another program of the same host must not read the stream with them.
    ours = settings.ENV.text("web_port", default="")
    if ours and _port_of(origin) not in {"", ours}:
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI entry."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    if scope["type"] != "http":
        return
    headers = _headers(scope)
    cors = _cors(scope, headers)
    path = scope["path"]
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        # Nothing here takes a body: it is not even read.
        await _answer(send, 413, b'{"title":"Nothing is taken in here","status":413}', cors)
    elif scope["method"] == "OPTIONS":
        allow = [
            (b"access-control-allow-headers", b"last-event-id, authorization"),
            (b"access-control-max-age", b"600"),
        ]
        await _answer(send, 204, b"", cors + allow if cors else [])
    elif path == "/healthz":
        await _answer(send, 200, b'{"ok":true}', cors)
    elif path.startswith(_LIVE) and scope["method"] == "GET" and (topic := topic_named(path.removeprefix(_LIVE))):
        await _stream(topic, scope, cors, receive, send)
    else:
        await _answer(send, 404, b'{"title":"Not found","status":404}', cors)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await broadcaster()
            drop_stalled_readers(
                asyncio.get_running_loop(), seconds=settings.GEZHI_STALLED_SECONDS, send_buffer=SEND_BUFFER_BYTES
            )
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await stop_broadcaster()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _since(scope: Scope, headers: dict[str, str]) -> int | None:
    text = headers.get("last-event-id") or parse_qs(scope["query_string"].decode("latin-1")).get("since", [""])[0]
    return whole_number(text)


async def _stream(topic: Topic, scope: Scope, cors: list[tuple[bytes, bytes]], receive: Receive, send: Send) -> None:
    headers = _headers(scope)
    center = await broadcaster()
    actor = await center.in_thread(actor_by_headers, headers)
    if actor.user_id is None:
        await _answer(send, 401, b'{"title":"Sign in","status":401}', cors)
        return
    if center.streams_of(actor.user_id) >= settings.GEZHI_LIVE_STREAMS or not center.may_open(actor.user_id):
        await _answer(send, 429, b'{"title":"Too many open streams of this account","status":429}', cors)
        return
    since = _since(scope, headers)
    if since is None:
        await _answer(send, 400, b'{"title":"since must be a whole number","status":400}', cors)
        return
    head = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        *cors,
    ]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    # Browsers come back by themselves, and a reader that takes a byte now and then is not kept for ever.
    ends = asyncio.get_running_loop().time() + settings.GEZHI_LIVE_SECONDS
    gone = asyncio.create_task(_until_disconnected(receive))
    try:
        async with center.listen(actor, topic) as (listener, from_id):
            gone.add_done_callback(lambda _: listener.wake())
            out = _Out(send, listener)
            serving = _Serving(center, listener, headers, gone, ends=ends)
            with suppress(_Stalled):
                await _catch_up(serving, since=since, until=from_id, out=out)
                await _relay(serving, out)
            if listener.stalled:
                log.info("live.stalled", user_id=listener.actor.user_id)
                center.give_up(listener)
                # Until its connection is gone it is one of the streams that the account may have.
                await asyncio.wait({gone}, timeout=max(0.0, ends - asyncio.get_running_loop().time()))
    finally:
        gone.cancel()


async def _until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class _Stalled(Exception):
    """The reader of a stream has taken nothing for too long."""


class _Out:
    """The way out to one reader. A message is taken once the native server has room for it."""

    def __init__(self, send: Send, listener: Listener) -> None:
        self._send, self._listener = send, listener
        self._loop = asyncio.get_running_loop()

    async def write(self, body: bytes, *, more: bool = True) -> None:
        """Send a piece of the stream. Raises ``_Stalled`` where it is not taken in time."""
        self._listener.sending_since = self._loop.time()
        try:
            await self._send({"type": "http.response.body", "body": body, "more_body": more})
        except asyncio.CancelledError:
            if not self._listener.stalled:
                raise
            self._listener.task.uncancel()
            raise _Stalled from None
        finally:
            self._listener.sending_since = None

    async def reset(self, last_id: int) -> None:
        """Tell the reader to take a fresh snapshot."""
        await self.write(b"id: %d\nevent: reset\ndata: {}\n\n" % last_id)


class _Serving:
    """A stream under way: whom it serves, asked again by the clock whatever it is busy with, and whether it goes on."""

    def __init__(
        self,
        center: Broadcaster,
        listener: Listener,
        headers: dict[str, str],
        gone: asyncio.Task[None],
        *,
        ends: float,
    ) -> None:
        self.center, self.listener = center, listener
        self._headers, self._gone, self._ends = headers, gone, ends
        self._loop = asyncio.get_running_loop()
        self._ask_again = self._loop.time() + REAUTHENTICATE_SECONDS

    @property
    def gone(self) -> bool:
        """Whether the reader has left."""
        return self._gone.done()

    async def goes_on(self) -> bool:
        """Whether it may be written on: the reader is there, its time is not over, and the one whom it serves is known."""
        if self.gone or self._loop.time() >= self._ends:
            return False
        if self.listener.doubted or self._loop.time() >= self._ask_again:
            self.listener.doubted = False
            self._ask_again = self._loop.time() + REAUTHENTICATE_SECONDS
            self.center.serve(self.listener, await self.center.in_thread(actor_by_headers, self._headers))
        return self.listener.actor.user_id is not None


async def _catch_up(serving: _Serving, *, since: int, until: int, out: _Out) -> None:
    """Send what happened between the client's snapshot and the moment from which the queue holds everything."""
    center, listener = serving.center, serving.listener
    await out.write(b": listening\n\n")
    if until - since > MOST_MISSED and await center.in_thread(more_than, MOST_MISSED, after=since):
        # A fresh snapshot costs less than all of that, and says the same.
        await out.reset(until)
        return
    while since < until and await serving.goes_on() and not listener.behind:
        page = await center.in_thread(missed, listener.actor, listener.topic, since=since, until=until)
        if page.reset:
            await out.reset(page.last_id)
            return
        for message in page.messages:
            # Behind: its rights are others now, and the reset that is due comes instead of the rest.
            if not await serving.goes_on() or listener.behind:
                return
            await out.write(message)
        if page.last_id == since:
            return
        since = page.last_id
    if since > until:
        # The client is ahead of the outbox: it talked to another database before.
        await out.reset(until)


async def _relay(serving: _Serving, out: _Out) -> None:
    center, listener = serving.center, serving.listener
    woken = True
    while await serving.goes_on():
        if message := listener.take():
            await out.write(message)
        elif not woken:
            await out.write(b": still here\n\n")
        if listener.behind and not listener.waiting:
            # Whatever happens while the reset is on its way is queued behind it.
            listener.behind = False
            await out.reset(center.last_id)
        woken = await listener.something()
    if not serving.gone:
        await out.write(b"", more=False)
