"""Ask services elsewhere for a place: never longer than each may take, never the same twice within a day, and never many at once.

What is sent is the text that somebody typed and the box of the city. The standard library's client does: one GET, no redirects,
an answer of limited size.
"""

from __future__ import annotations

import time
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from functools import lru_cache
from hashlib import blake2b
from http.client import HTTPException
from threading import BoundedSemaphore
from typing import Any
from urllib.error import HTTPError

import msgspec
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
# What waits for services elsewhere at once, in a process.
_AT_ONCE = 4
_FAULTS = (OSError, HTTPException, ValueError, RecursionError, TooLate)
# What a service answers to a question that it does not like: another may go well.
_BAD_QUESTION = {400, 404, 413, 414, 422}
_turns = BoundedSemaphore(_AT_ONCE)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A service is asked where the city said, nowhere else."""

    def redirect_request(self, *_given: Any) -> None:
        return None


def ask(geocoders: tuple[Geocoder, ...], text: str, box: Bounds) -> tuple[dict[str, list[Named]], list[Geocoder]]:
    """What each service knows by its key, and those that did not answer in time, or may not be asked now."""
    kept = caches["outside"]
    keys = {one.key: _key(one, text) for one in geocoders}
    found: dict[str, list[Named]] = {}
    asked: list[tuple[Geocoder, float, Future[list[Named]]]] = []
    silent: list[Geocoder] = []
    for one in geocoders:
        known = kept.get(keys[one.key])
        if known is not None:
            found[one.key] = known
        elif kept.get(_silence(one)) or not _within_rate(one) or not _turns.acquire(blocking=False):
            silent.append(one)
        else:
            answer = _pool().submit(_fetched, one, one.asking(text, box))
            answer.add_done_callback(lambda _done: _turns.release())
            asked.append((one, time.monotonic() + one.seconds, answer))
    for one, until, answer in asked:
        try:
            found[one.key] = answer.result(timeout=max(0.0, until - time.monotonic()))
        except _FAULTS as error:
            log.warning("places.outside_silent", service=one.key, why=repr(error))
            if not (isinstance(error, HTTPError) and error.code in _BAD_QUESTION):
                kept.set(_silence(one), True, _LEFT_ALONE_SECONDS)
            silent.append(one)
        else:
            kept.set(keys[one.key], found[one.key], _A_DAY)
    return found, silent


def _fetched(one: Geocoder, address: str) -> list[Named]:
    """Raises one of ``_FAULTS``."""
    until = time.monotonic() + one.seconds
    request = urllib.request.Request(address, headers={"User-Agent": "Gezhi", "Accept": "application/json"})  # noqa: S310
    parts, size = [], 0
    with _opener().open(request, timeout=one.seconds) as answer:
        while part := answer.read1(65_536):
            size += len(part)
            if size > _MOST_BYTES or time.monotonic() > until:
                raise ValueError(f"more than {_MOST_BYTES} bytes, or {one.seconds} seconds")
            parts.append(part)
    return read_answer(one, msgspec.json.decode(b"".join(parts)))


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


@lru_cache(maxsize=1)
def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirects)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    # A thread of its own for each question: neither a name server nor a drip of bytes keeps whoever asked beyond the time.
    return ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="outside-places")
