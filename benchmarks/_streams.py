"""Many readers of server-sent events in one thread, and some that do not read."""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_ID = re.compile(rb"^id: (\d+)\nevent: (\w+)", re.MULTILINE)
_PIECE = 262_144


@dataclass(eq=False, slots=True)
class Stream:
    """One open stream. ``ids``: of the events that came, in their order; ``at``: when each came, in ns of the monotonic clock."""

    connection: socket.socket
    ids: list[int] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    resets: int = 0
    closed: bool = False
    _rest: bytes = b""

    def read(self) -> None:
        """Take what is there."""
        try:
            piece = self.connection.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self.closed = True
            return
        now = time.monotonic_ns()
        text = self._rest + piece
        whole = text.rfind(b"\n\n") + 2
        if whole < 2:
            self._rest = text
            return
        self._rest = text[whole:]
        for found in _ID.finditer(text, 0, whole):
            if found[2] == b"reset":
                self.resets += 1
            else:
                self.ids.append(int(found[1]))
                self.at.append(now)


def open_streams(
    port: int, count: int, *, token: str, since: int, receive_buffer: int | None = None, source: str = "127.0.0.1"
) -> list[Stream]:
    """Open streams of the cases, one after the other, each up to its first words."""
    found = []
    for _ in range(count):
        connection = socket.socket()
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.bind((source, 0))
        connection.settimeout(30)
        connection.connect(("127.0.0.1", port))
        head = f"GET /live/cases?since={since} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        connection.sendall(head.encode())
        text = b""
        while b": listening\n\n" not in text:
            piece = connection.recv(4_096)
            if not piece:
                raise RuntimeError(f"no stream: {text!r}")
            text += piece
        connection.setblocking(False)
        found.append(Stream(connection))
    return found


def read_until(streams: list[Stream], done: Callable[[], bool], *, seconds: float) -> None:
    """Read all these streams until ``done``. Raises ``TimeoutError`` where that takes longer than so many seconds."""
    give_up = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            if not stream.closed:
                selector.register(stream.connection, selectors.EVENT_READ, stream)
        while not done():
            if time.monotonic() > give_up:
                raise TimeoutError(f"not done within {seconds:g} s")
            for key, _ in selector.select(0.1):
                key.data.read()
                if key.data.closed:
                    selector.unregister(key.fileobj)
