"""Values that a process keeps in memory instead of asking the database each time, and how each is known to be out of date.

``Kept`` is read anew after some seconds, or looked at: small tables that are read with every request and edited now and then.
``KeptByVersion`` is costly to build and belongs to a version: the last one answers until the next is there.
``KeptByKey`` holds some words of many rows, each for some seconds: what things are called, on pages that name a few of them.
``forget_all`` drops everything, after a test or a restored database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import structlog
from django.db import connection

log = structlog.get_logger(__name__)
T = TypeVar("T")
_all: list[Kept[Any] | KeptByVersion[Any] | KeptByKey[Any]] = []


def forget_all() -> None:
    """Have every kept value of this process read anew."""
    for one in _all:
        one.forget()


@dataclass(frozen=True, slots=True)
class _Held(Generic[T]):
    value: T
    version: object
    loaded_at: float
    looked_at: float


class Kept(Generic[T]):
    """A value that is out of date after ``seconds``. Call it to have it.

    Without a ``version`` it is then read anew. With one, it is read anew when its version has changed, and after
    ``whole_seconds`` in any case: what is edited by hand, past the program, need not give it another version.
    """

    def __init__(
        self,
        load: Callable[[], T],
        *,
        seconds: float,
        version: Callable[[], object] | None = None,
        whole_seconds: float = 60.0,
    ) -> None:
        self._load, self._seconds = load, seconds
        self._version, self._whole_seconds = version, whole_seconds
        self._held: _Held[T] | None = None
        self.__doc__ = load.__doc__
        _all.append(self)

    def __call__(self) -> T:
        held, at = self._held, time.monotonic()
        if held is not None and at - held.looked_at < self._seconds:
            return held.value
        # Before the value is read: whatever changes meanwhile is then found by the next look.
        version = None if self._version is None else self._version()
        if (
            held is not None
            and self._version is not None
            and held.version == version
            and at - held.loaded_at < self._whole_seconds
        ):
            self._held = replace(held, looked_at=at)
            return held.value
        value = self._load()
        at = time.monotonic()
        self._held = _Held(value, version, loaded_at=at, looked_at=at)
        return value

    def forget(self) -> None:
        """Read it anew at the next call."""
        self._held = None


def kept(*, seconds: float, version: Callable[[], object] | None = None) -> Callable[[Callable[[], T]], Kept[T]]:
    """Make a function without arguments one whose value is kept for so long, or as long as it has this version."""

    def make(load: Callable[[], T]) -> Kept[T]:
        return Kept(load, seconds=seconds, version=version)

    return make


class KeptByKey(Generic[T]):
    """Values of keys, each read anew after ``seconds``; at most ``most`` of them. Call it with keys to have those that there are:
    what is not held is read at once, all together."""

    def __init__(self, load: Callable[[set[int]], dict[int, T]], *, seconds: float, most: int = 4_096) -> None:
        self._load, self._seconds, self._most = load, seconds, most
        self._held: dict[int, tuple[T, float]] = {}
        self.__doc__ = load.__doc__
        _all.append(self)

    def __call__(self, keys: Iterable[int]) -> dict[int, T]:
        wanted, at = set(keys), time.monotonic()
        known = ((key, self._held.get(key)) for key in wanted)
        found = {key: held[0] for key, held in known if held is not None and at - held[1] < self._seconds}
        lacking = wanted - found.keys()
        if lacking:
            read = self._load(lacking)
            if len(self._held) + len(read) > self._most:
                self._held = {}
            self._held.update((key, (value, at)) for key, value in read.items())
            found |= read
        return found

    def forget(self) -> None:
        """Read all anew at the next call."""
        self._held = {}


class KeptByVersion(Generic[T]):
    """A value of a version. A call costs no query while the version is unchanged: the process looks for a new version at
    most every ``recheck()`` seconds, and at once after ``forget``.

    Values are swapped whole, so that threads need no lock to read one. A version that another process put in force is built in
    the background, and the last value answers until it is there; only the first call of a process, and the first after
    ``forget``, wait.
    """

    def __init__(
        self, *, name: str, version: Callable[[], Any], build: Callable[[Any], T], recheck: Callable[[], float]
    ) -> None:
        self._name, self._version, self._build, self._recheck = name, version, build, recheck
        self._lock = threading.Lock()
        self._held: tuple[Any, T] | None = None
        self._looked_at = float("-inf")
        self.builder: threading.Thread | None = None
        _all.append(self)

    def __call__(self) -> T:
        held = self._held
        if held is not None and time.monotonic() - self._looked_at < self._recheck():
            return held[1]
        with self._lock:
            held = self._held
            if held is not None and time.monotonic() - self._looked_at < self._recheck():
                return held[1]
            version = self._version()
            if held is None:
                held = self._held = (version, self._build(version))
            elif held[0] != version and (self.builder is None or not self.builder.is_alive()):
                self.builder = threading.Thread(
                    target=self._rebuild, args=(version, held), name=self._name, daemon=True
                )
                self.builder.start()
            self._looked_at = time.monotonic()
            return held[1]

    def forget(self) -> None:
        """Look at once, and build anew, at the next call."""
        with self._lock:
            self._looked_at = float("-inf")
            self._held = None

    def _rebuild(self, version: Any, old: tuple[Any, T]) -> None:
        """Build a version and put it in the place of ``old``, unless that is gone by then."""
        try:
            fresh = self._build(version)
        except Exception:
            # Requests go on with the last value; the next look at the version tries again.
            log.exception("kept.build_failed", name=self._name, version=version)
            return
        finally:
            connection.close()
        with self._lock:
            if self._held is old:
                self._held = (version, fresh)
