"""Taking request bodies in, before a thread is given to the request: how large, how slow, how many at once.

A body that is on its way costs a task of the event loop and, beyond 64 KiB, an unnamed temporary file, never a thread.
The file vanishes with the process, however that ends.
"""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # handed on without being named in `__all__`

from gezhi.interfaces.serving.limits import IntakeLimits
from gezhi.kernel.errors import InvalidInput, TooLarge, TooMany, TooSlow, Unavailable
from gezhi.platform.files.room import is_disk_full, room_left

IN_MEMORY = 65_536
# The free room of the disk is looked at again after so many bytes.
_LOOK_AGAIN = 8_388_608
_WAIT_SECONDS = 15


class Incoming:
    """The body of one request as granian's protocol object gives it: whole, or piece by piece."""

    __slots__ = ("_begun", "_source")

    def __init__(self, source: Any) -> None:
        self._source = source
        self._begun = False

    async def whole(self) -> bytes:
        """All of it, kept in memory. Raises ``ProtocolClosed`` when the client breaks off."""
        self._begun = True
        content: bytes = await self._source()
        return content

    async def piece(self) -> bytes | None:
        """The next piece; None after the last. A body ends with one empty piece, one that broke off with two."""
        if not self._begun:
            self._begun = True
            self._source.__aiter__()
        try:
            piece: bytes = await self._source.__anext__()
        except StopAsyncIteration:
            return None
        return piece


class Body:
    """A body that has arrived whole: a file to read from the start, and its length in bytes."""

    __slots__ = ("file", "length")

    def __init__(self, file: IO[bytes], length: int) -> None:
        self.file = file
        self.length = length


class Intake:
    """The bodies of one process. Make it and use it inside one event loop."""

    def __init__(self, limits: IntakeLimits) -> None:
        self.limits = limits
        self.held = 0
        self._by_address: Counter[str] = Counter()
        self._uploads = 0

    def cap(self, content_type: str) -> int:
        """The largest body of this content type: forms may carry files, nothing else does."""
        return self.limits.upload_bytes if content_type.startswith("multipart/form-data") else self.limits.plain_bytes

    @contextmanager
    def place(self, address: str) -> Iterator[None]:
        """A place among the unfinished bodies. Raises ``TooMany`` (this address has its share), ``Unavailable``."""
        if self._by_address[address] >= self.limits.uploads_per_address:
            raise TooMany("too_many_uploads", "too many uploads from one address", wait=_WAIT_SECONDS)
        if self._uploads >= self.limits.uploads:
            raise Unavailable("uploads_busy", "too many uploads at once", wait=_WAIT_SECONDS)
        self._by_address[address] += 1
        self._uploads += 1
        try:
            yield
        finally:
            self._uploads -= 1
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]

    async def take(self, source: Incoming, *, length: int | None, cap: int) -> Body:
        """Gather a body. ``length`` is what the client announced, None if it sends in pieces without saying.

        Raises ``TooLarge`` as soon as it is known, ``TooSlow``, ``Unavailable`` (no room), ``InvalidInput`` (the client
        broke off). Give the body back with ``drop`` when it has been read.
        """
        if length is not None and length > cap:
            raise TooLarge("request_too_large", f"more than {cap} bytes", limit=cap)
        if length is not None and length <= IN_MEMORY:
            return await self._small(source, length)
        return await self._large(source, length=length, cap=cap)

    def drop(self, body: Body) -> None:
        """Forget a body: its file is closed and with that gone."""
        self.held -= body.length
        body.file.close()

    async def _small(self, source: Incoming, length: int) -> Body:
        limits = self.limits
        try:
            async with asyncio.timeout(min(limits.grace + length / limits.slowest, limits.longest)):
                content = await source.whole()
        except TimeoutError as error:
            raise TooSlow("request_too_slow", "the body did not arrive in time") from error
        except ProtocolClosed as error:
            raise InvalidInput("request_broken_off", "the client broke off") from error
        self.held += len(content)
        return Body(io.BytesIO(content), len(content))

    async def _large(self, source: Incoming, *, length: int | None, cap: int) -> Body:
        spool = SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(self.limits.folder))  # noqa: SIM115 - lives on in the body
        body = Body(spool, 0)
        try:
            await self._gather(source, body, cap=cap)
            if length is not None and body.length != length:
                raise InvalidInput("request_broken_off", "the client broke off")
            body.file.seek(0)
        except BaseException:
            self.drop(body)
            raise
        return body

    async def _gather(self, source: Incoming, body: Body, *, cap: int) -> None:
        limits = self.limits
        loop = asyncio.get_running_loop()
        began = loop.time()
        empty = 0
        try:
            async with asyncio.timeout_at(began + limits.grace) as deadline:
                while (piece := await source.piece()) is not None:
                    empty += not piece
                    if body.length + len(piece) > cap:
                        raise TooLarge("request_too_large", f"more than {cap} bytes", limit=cap)
                    self._write(body, piece)
                    earned = began + limits.grace + body.length / limits.slowest
                    deadline.reschedule(min(earned, loop.time() + limits.stall, began + limits.longest))
        except TimeoutError as error:
            raise TooSlow("request_too_slow", "the body did not arrive in time") from error
        if empty > 1:
            raise InvalidInput("request_broken_off", "the client broke off")

    def _write(self, body: Body, piece: bytes) -> None:
        before = body.length
        beyond = before + len(piece) > IN_MEMORY
        if self.held + len(piece) > self.limits.held:
            raise Unavailable("uploads_busy", "too much is being uploaded at once", wait=_WAIT_SECONDS)
        if beyond and (before <= IN_MEMORY or before // _LOOK_AGAIN != (before + len(piece)) // _LOOK_AGAIN):
            self._look_for_room()
        try:
            body.file.write(piece)
        except OSError as error:
            if is_disk_full(error):
                raise Unavailable("disk_full", "the disk is full", wait=_WAIT_SECONDS) from error
            raise
        body.length += len(piece)
        self.held += len(piece)

    def _look_for_room(self) -> None:
        if room_left(self.limits.folder) < self.limits.reserve:
            raise Unavailable("disk_full", "the disk is full", wait=_WAIT_SECONDS)


async def discard(source: Incoming, *, seconds: float, most: int) -> None:
    """Read on and forget what still comes, for so long and so much: a client that is cut off never sees its answer."""
    try:
        async with asyncio.timeout(seconds):
            while most > 0 and (piece := await source.piece()) is not None:
                most -= max(1, len(piece))
    except (TimeoutError, ProtocolClosed):
        return


def sweep(folder: Path, *, older_than: float, now: float) -> int:
    """Remove files that a process left when it was killed, so many seconds old; returns how many. ``now`` is Unix time."""
    left = [path for path in folder.iterdir() if path.is_file() and now - path.stat().st_mtime > older_than]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
