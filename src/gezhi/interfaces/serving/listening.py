"""Connections whose reader takes nothing any more. The native server writes without a time limit; the kernel has one."""

from __future__ import annotations

import asyncio
import os
import socket
from functools import partial
from pathlib import Path

_OPEN_FILES = Path("/proc/self/fd")
_TRY_EVERY, _TRIES = 0.1, 100


def _listening() -> list[socket.socket]:
    """The sockets on which this process listens for TCP, as duplicates to be closed after use."""
    found = []
    for name in os.listdir(_OPEN_FILES):
        try:
            # Only sockets: closing a copy of a file takes away every lock that this process holds on it (POSIX), and SQLite
            # would go on writing without the lock that keeps others from removing its log.
            if not os.readlink(_OPEN_FILES / name).startswith("socket:"):
                continue
            copy = os.dup(int(name))
        except OSError:
            # Closed meanwhile: the folder was listed through one of them.
            continue
        try:
            candidate = socket.socket(fileno=copy)
        except OSError:
            os.close(copy)
            continue
        tcp = candidate.family in {socket.AF_INET, socket.AF_INET6} and candidate.type == socket.SOCK_STREAM
        if tcp and candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            found.append(candidate)
        else:
            candidate.close()
    return found


def drop_stalled_readers(
    loop: asyncio.AbstractEventLoop, *, seconds: int, send_buffer: int | None = None, tries: int = _TRIES
) -> None:
    """Have the kernel end each connection whose other side takes nothing for so many seconds while there is something
    to send, and keep no more than ``send_buffer`` bytes of it (None: as much as it likes). Connections inherit this from
    the socket that listens, which appears shortly after the start of the loop.

    Linux only; elsewhere nothing happens.
    """
    if not hasattr(socket, "TCP_USER_TIMEOUT") or not _OPEN_FILES.is_dir():
        return
    listeners = _listening()
    for listener in listeners:
        with listener:
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, seconds * 1_000)
            if send_buffer is not None:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
    if not listeners and tries > 1:
        again = partial(drop_stalled_readers, loop, seconds=seconds, send_buffer=send_buffer, tries=tries - 1)
        loop.call_later(_TRY_EVERY, again)
