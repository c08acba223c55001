"""Have sent pictures drawn anew, in a process of their own and before anything is written.

A few are drawn at once on one machine, whatever the number of web processes; a few more wait a moment; who comes then is
asked to come again. So pictures never hold more than a part of the threads that serve everybody else. Of one who asks, one
sending is drawn and one waits, and what took long to draw is followed by a rest twice as long: some who send many large ones
keep nobody else from sending one.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

import msgspec
import structlog
from django.conf import settings

from gezhi.kernel.errors import InvalidInput, Unavailable
from gezhi.platform.files.drawing_process import Answer, receive, send
from gezhi.platform.files.images import MAX_BYTES, Picture, too_large, unreadable

log = structlog.get_logger(__name__)

AT_ONCE = 2
# Of one web process: those whose pictures are drawn and those who wait for them. One thread at least is left for others
# (``serve`` gives a process two a core).
_room = threading.BoundedSemaphore(max(AT_ONCE + 1, 2 * (os.cpu_count() or 1) - 1))
# Of these, of one who asks: one is drawn, one waits.
_OF_ONE = 2
_asking: Counter[str] = Counter()
_counting = threading.Lock()
# Locks by which one who asks is one on the whole machine; two who meet in one wait for each other.
_LOCKS_OF_ONE = 256
# The first second, which a busy machine needs for any photo, is followed by no rest; beyond it a rest is so many times as long
# as the drawing was, but has an end.
_REST_AFTER, _REST_TIMES, _LONGEST_REST = 1.0, 2.0, 30.0
WAIT_SECONDS = 4.0
# By the wall clock, on a machine that has other work too; what it may compute is less (``drawing_process``).
SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 0.02


def draw(raws: Sequence[bytes], *, asker: str) -> list[Picture | InvalidInput]:
    """Each picture drawn, or the reason why not (see ``images.take_in``), in the order given.

    ``asker`` is whoever sends them, as limits count people: places are shared out among those.
    A picture that takes more than ten seconds of computing or a gigabyte is refused as too large. Raises ``Unavailable``
    (``pictures_busy``) while too many others are being drawn, or others of the same asker. Call it outside a transaction.
    """
    if not raws:
        return []
    with _room_for(asker), _place(asker), _Drawer() as drawer:
        return [drawer.draw(raw) for raw in raws]


def draw_one(raw: bytes, *, asker: str) -> Picture:
    """One picture. Raises ``InvalidInput`` (see ``images.take_in``) and ``Unavailable``."""
    (drawn,) = draw([raw], asker=asker)
    if isinstance(drawn, InvalidInput):
        raise drawn
    return drawn


def _busy() -> Unavailable:
    return Unavailable("pictures_busy", "too many pictures are being taken in; send it again in a moment", wait=5)


@contextmanager
def _room_for(asker: str) -> Iterator[None]:
    """One of the threads of this process that may have to do with drawing."""
    with _counting:
        if _asking[asker] >= _OF_ONE or not _room.acquire(blocking=False):
            raise _busy()
        _asking[asker] += 1
    try:
        yield
    finally:
        _room.release()
        with _counting:
            _asking[asker] -= 1
            if not _asking[asker]:
                del _asking[asker]


@contextmanager
def _place(asker: str) -> Iterator[None]:
    """Hold one of the machine's few places for drawing, and the only one of ``asker``."""
    folder = Path(settings.GEZHI_HOME) / "run"
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + WAIT_SECONDS
    own = folder / f"drawing-of-{zlib.crc32(asker.encode()) % _LOCKS_OF_ONE}.lock"
    places = [folder / f"drawing-{number}.lock" for number in range(AT_ONCE)]
    with _one_of([own], until=until):
        _rest(own, until=until)
        with _one_of(places, until=until):
            begun = time.monotonic()
            try:
                yield
            finally:
                spent = time.monotonic() - begun
                if spent > _REST_AFTER:
                    again = time.time() + min((spent - _REST_AFTER) * _REST_TIMES, _LONGEST_REST)
                    os.utime(own, (again, again))


def _rest(own: Path, *, until: float) -> None:
    """Wait for the end of the asker's rest, which the lock file's time tells. Raises ``Unavailable`` when that is too late."""
    left = own.stat().st_mtime - time.time()
    # A clock that was put back must not shut anybody out.
    if not 0 < left <= _LONGEST_REST:
        return
    if time.monotonic() + left > until:
        raise _busy()
    time.sleep(left)


@contextmanager
def _one_of(paths: Sequence[Path], *, until: float) -> Iterator[None]:
    """Hold the lock of one of the files. It ends with the process that holds it. Raises ``Unavailable`` when it is late."""
    while True:
        for path in paths:
            with path.open("ab") as handle:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield
                return
        if time.monotonic() >= until:
            raise _busy()
        time.sleep(_LOOK_AGAIN_SECONDS)


class _Drawer:
    """One process that draws, started at the first picture and again after one that ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> _Drawer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def draw(self, raw: bytes) -> Picture | InvalidInput:
        if len(raw) > MAX_BYTES:
            return too_large()
        answer = self._ask(raw)
        if answer is None:
            return too_large()
        if answer.picture is not None:
            return answer.picture
        return too_large() if answer.code == "photo_too_large" else unreadable()

    def _ask(self, raw: bytes) -> Answer | None:
        """The answer; None where the picture used up the time or the memory of its process."""
        process = self._process or self._start()
        watch = threading.Timer(SECONDS, process.kill)
        watch.start()
        try:
            send(cast("BinaryIO", process.stdin), raw)
            content = receive(cast("BinaryIO", process.stdout))
        except BrokenPipeError:
            content = None
        finally:
            watch.cancel()
        if content is None:
            self._end()
            log.warning("files.drawing_ended", bytes=len(raw), returncode=process.returncode)
            return None
        return msgspec.msgpack.decode(content, type=Answer)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "gezhi.platform.files.drawing_process", settings.TIME_ZONE]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
