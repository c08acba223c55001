"""Django behind granian's event loop: bodies are taken in by the loop, requests are served on a few threads.

A thread gets a request only when its body is whole, and gives the response away whole. Slow senders and slow readers hold
connections, never threads (docs/adr/0013).
"""

from __future__ import annotations

import asyncio
import io
import json
import threading
import time
from collections import deque
from queue import SimpleQueue
from typing import Any

import structlog
from django.conf import settings
from django.db import connections
from django.utils import translation

from gezhi.interfaces import problem
from gezhi.interfaces.client_address import client_address
from gezhi.interfaces.failures import API
from gezhi.interfaces.serving.intake import Body, Incoming, Intake, discard, sweep
from gezhi.interfaces.serving.limits import IntakeLimits
from gezhi.interfaces.serving.listening import drop_stalled_readers
from gezhi.interfaces.serving.wsgi_call import WSGIApplication, call, peer_of
from gezhi.kernel.errors import GezhiError, InvalidInput, TooSlow

log = structlog.get_logger(__name__)

# A client whose request is refused may go on sending for so long and so much, so that it comes to read the answer.
LINGER_SECONDS = 10.0
LINGER_BYTES = 67_108_864
# Nobody needs a file of a request for so many seconds.
SWEPT_AFTER = 3_600.0
# The client has its answer from the thread itself; what the loop keeps for a request may wait a little, and waking the
# loop for each would cost as much as taking the request in.
RELEASE_EVERY = 0.05

_NO_BODY = Body(io.BytesIO(), 0)
_Job = tuple[Any, Any, Body, "GezhiError | None", "asyncio.Future[None]"]


class Application:
    """What granian loads. ``wsgi`` is Django; ``threads`` serve it; ``stalled`` see ``listening``."""

    def __init__(self, wsgi: WSGIApplication, *, limits: IntakeLimits, threads: int, stalled: int) -> None:
        self._wsgi = wsgi
        self._limits = limits
        self._stalled = stalled
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._done: deque[asyncio.Future[None]] = deque()
        self._in_hand = 0
        self._release_planned = False
        self._threads = [
            threading.Thread(target=self._work, name=f"serving-{number}", daemon=True) for number in range(threads)
        ]

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by granian before the first request."""
        sweep(self._limits.folder, older_than=SWEPT_AFTER, now=time.time())
        self._loop = loop
        self._intake = Intake(self._limits)
        for thread in self._threads:
            thread.start()
        drop_stalled_readers(loop, seconds=self._stalled)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by granian after the last response."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(2.0)

    async def __rsgi__(self, scope: Any, answer: Any) -> None:
        """One request."""
        headers = scope.headers
        announced = headers.get("content-length")
        if announced == "0" or (announced is None and headers.get("transfer-encoding") is None):
            await self._serve(scope, answer, _NO_BODY)
            return
        intake, source = self._intake, Incoming(answer)
        try:
            with intake.place(self._address(scope)):
                cap = intake.cap(headers.get("content-type", ""))
                body = await intake.take(source, length=None if announced is None else int(announced), cap=cap)
        except TooSlow as error:
            self._say_late(scope, answer, error)
        except InvalidInput:
            # The client broke off: nobody is there to read an answer.
            answer.response_empty(400, [])
        except GezhiError as error:
            await self._serve(scope, answer, _NO_BODY, error)
            # Who asked first ("Expect: 100-continue") sends nothing after a refusal.
            if headers.get("expect") is None:
                await discard(source, seconds=LINGER_SECONDS, most=LINGER_BYTES)
        else:
            try:
                await self._serve(scope, answer, body)
            finally:
                intake.drop(body)

    def _address(self, scope: Any) -> str:
        proxies = self._limits.proxies
        forwarded = ",".join(scope.headers.get_all("x-forwarded-for")) if proxies else None
        return client_address(peer_of(scope), forwarded, proxies=proxies)

    async def _serve(self, scope: Any, answer: Any, body: Body, refused: GezhiError | None = None) -> None:
        served = self._loop.create_future()
        self._jobs.put((scope, answer, body, refused, served))
        self._in_hand += 1
        if not self._release_planned:
            self._release_planned = True
            self._loop.call_later(RELEASE_EVERY, self._release)
        await served

    def _work(self) -> None:
        """A serving thread's life."""
        while (job := self._jobs.get()) is not None:
            scope, answer, body, refused, served = job
            try:
                call(self._wsgi, scope, answer, body, refused)
            except Exception:
                # A thread that ended here would never be replaced.
                log.exception("serving.failed", path=scope.path)
                answer.response_empty(500, [])
            self._done.append(served)
        connections.close_all()

    def _release(self) -> None:
        """In the loop, now and then: everything that was served since the last time is over."""
        while self._done:
            served = self._done.popleft()
            self._in_hand -= 1
            if not served.done():
                served.set_result(None)
        self._release_planned = self._in_hand > 0
        if self._release_planned:
            self._loop.call_later(RELEASE_EVERY, self._release)

    @staticmethod
    def _say_late(scope: Any, answer: Any, error: TooSlow) -> None:
        """408, made without a thread: five hundred of them may fall due in the same second."""
        english = scope.headers.get("accept-language", "").lower().startswith("en")
        with translation.override("en" if english else settings.LANGUAGE_CODE):
            words = problem.words(error)
            document = {"type": "about:blank", "title": problem.title(error), "status": 408, "code": error.code}
        if scope.path.startswith(API):
            kind, content = "application/problem+json", json.dumps({**document, "detail": words}, ensure_ascii=False)
        else:
            kind, content = "text/plain; charset=utf-8", words
        answer.response_str(408, [("content-type", kind), ("cache-control", "no-store")], content)
