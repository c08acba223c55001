"""Ask services elsewhere for a place: never longer than each may take, never the same twice within a day, and never many at once.

What is sent is the text that somebody typed and the box of the city. The standard library's client does: one GET, no redirects,
an answer of limited size. Its time limit is for each read alone, and a drip of bytes outlasts it: a watch ends the connection.
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from functools import lru_cache, partial
from hashlib import blake2b
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import BoundedSemaphore, Timer, local
from types import TracebackType
from typing import Any
from urllib.error import HTTPError, URLError

import structlog
from django.core.cache import caches

from gezhi.contexts.places.domain.geocoders import Geocoder, Named, read_answer
from gezhi.kernel import clock
from gezhi.kernel.datum import Bounds

log = structlog.get_logger(__name__)

_A_DAY = 86_400
# A service that does not answer is left alone so long: nobody waits for it again and again.
_LEFT_ALONE_SECONDS = 30
_MOST_BYTES = 1_000_000
# Questions that a service is asked at once, and all of them, by a process.
_AT_ONCE, _IN_ALL = 2, 8
_FAULTS = (OSError, HTTPException, ValueError, RecursionError, TooLate)
# How a service says itself that it wants to be left alone.
_TOO_MANY = 429
_LONGEST_WHOLE = 20


class _Watch:
    """Ends the connection that is made in this thread while it lasts, after so many seconds, whatever it is doing."""

    current = local()

    def __init__(self, seconds: float) -> None:
        self._socket: socket.socket | None = None
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True
        self.has_ended = False

    def __enter__(self) -> _Watch:
        self.current.watch = self
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        self.current.watch = None
        if self._socket is not None:
            self._socket.close()

    def _end(self) -> None:
        self.has_ended = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    @classmethod
    def connect(cls, *address: Any, **options: Any) -> socket.socket:
        """As ``socket.create_connection``, under the watch of this thread."""
        made = socket.create_connection(*address, **options)
        watch: _Watch | None = getattr(cls.current, "watch", None)
        if watch is not None:
            # Another handle of the same connection: encryption takes the first one over.
            watch._socket = made.dup()
        return made


def _watched(kind: type[HTTPConnection], *given: Any, **options: Any) -> HTTPConnection:
    made = kind(*given, **options)
    made._create_connection = _Watch.connect  # type: ignore[attr-defined]
    return made


class _Plain(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> HTTPResponse:
        return self.do_open(partial(_watched, HTTPConnection), request)


class _Encrypted(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> HTTPResponse:
        return self.do_open(partial(_watched, HTTPSConnection), request)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A service is asked where the city said, nowhere else."""

    def redirect_request(self, *_given: Any) -> None:
        return None


def ask(geocoders: tuple[Geocoder, ...], text: str, box: Bounds) -> tuple[dict[str, list[Named]], list[Geocoder]]:
    """What each service knows by its key, and those that did not answer in time, or may not be asked now."""
    kept = caches["outside"]
    # Half a character, as a command line may hold, can be asked of nobody.
    text = text.encode("utf-8", "replace").decode()
    keys = {one.key: _key(one, text) for one in geocoders}
    found: dict[str, list[Named]] = {}
    asked: list[tuple[Geocoder, float, Future[list[Named]]]] = []
    silent: list[Geocoder] = []
    for one in geocoders:
        known, turns = kept.get(keys[one.key]), _turns(one.key)
        if known is not None:
            found[one.key] = known
        elif kept.get(_silence(one)) or not turns.acquire(blocking=False):
            silent.append(one)
        elif not _within_rate(one):
            turns.release()
            silent.append(one)
        else:
            answer = _pool().submit(_fetched, one, one.asking(text, box))
            answer.add_done_callback(partial(_release, turns))
            asked.append((one, time.monotonic() + one.seconds, answer))
    for one, until, answer in asked:
        try:
            found[one.key] = answer.result(timeout=max(0.0, until - time.monotonic()))
        except _FAULTS as error:
            log.warning("places.outside_silent", service=one.key, why=repr(error)[:500])
            if _is_away(error):
                kept.set(_silence(one), True, _LEFT_ALONE_SECONDS)
            silent.append(one)
        else:
            kept.set(keys[one.key], found[one.key], _A_DAY)
    return found, silent


def _is_away(error: BaseException) -> bool:
    """Whether a service cannot be reached, or not in time: that is so for everybody. What it answers badly it has been asked by
    somebody, and answers another question well."""
    if isinstance(error, HTTPError):
        return error.code == _TOO_MANY
    return isinstance(error, URLError | TimeoutError)


def _fetched(one: Geocoder, address: str) -> list[Named]:
    """Raises one of ``_FAULTS``."""
    request = urllib.request.Request(address, headers={"User-Agent": "Gezhi", "Accept": "application/json"})  # noqa: S310
    with _Watch(one.seconds) as watch:
        try:
            with _opener().open(request, timeout=one.seconds) as answer:
                body = answer.read(_MOST_BYTES + 1)
        except (OSError, HTTPException) as error:
            if watch.has_ended:
                raise TimeoutError(f"more than {one.seconds} s") from error
            raise
        if watch.has_ended:
            raise TimeoutError(f"more than {one.seconds} s")
    if len(body) > _MOST_BYTES:
        raise ValueError(f"more than {_MOST_BYTES} bytes")
    # What is no text, or no number, is a fault of the record in which it stands.
    text = body.decode("utf-8-sig", "surrogateescape")
    return read_answer(one, json.loads(text, parse_int=_whole))


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_WHOLE else float(digits)


def _release(turns: BoundedSemaphore, _done: object) -> None:
    turns.release()


def _key(one: Geocoder, text: str) -> str:
    # A day's cache is of what was asked, whoever asked: the address too, so that another setting asks anew.
    told = "\n".join((one.key, one.address, one.form, one.datum, text.casefold()))
    return "place:" + blake2b(told.encode(), digest_size=16).hexdigest()


def _silence(one: Geocoder) -> str:
    return f"silent:{one.key}"


def _within_rate(one: Geocoder) -> bool:
    kept = caches["outside"]
    key = f"rate:{one.key}:{int(clock.now().timestamp() // 60)}"
    kept.add(key, 0, 120)
    return int(kept.incr(key)) <= one.a_minute


@lru_cache(maxsize=32)
def _turns(_key: str) -> BoundedSemaphore:
    return BoundedSemaphore(_AT_ONCE)


@lru_cache(maxsize=1)
def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirects, _Plain, _Encrypted)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    # A thread of its own for each question: a slow name server keeps nobody who asked beyond the time.
    return ThreadPoolExecutor(max_workers=_IN_ALL, thread_name_prefix="outside-places")
