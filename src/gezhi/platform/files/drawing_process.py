"""The process in which pictures are drawn: ``python -m gezhi.platform.files.drawing_process TIME_ZONE``.

Each picture comes on standard input as its length (eight bytes) and its bytes; the answer goes the same way, as msgpack:
the code of a refusal, or the picture. What the process may take is limited before it reads a byte, so whatever a picture
does, it does it here. It knows neither the database nor the data folder.
"""

from __future__ import annotations

import os
import resource
import sys
from dataclasses import asdict
from typing import BinaryIO

import msgspec

from gezhi.kernel.errors import InvalidInput
from gezhi.platform.files.images import Picture, take_in

MEMORY = 1024 * 1024 * 1024
# Of each picture.
CPU_SECONDS = 10
LENGTH = 8


class Answer(msgspec.Struct, frozen=True):
    """``code`` empty: the picture was drawn."""

    code: str = ""
    picture: Picture | None = None


def send(stream: BinaryIO, content: bytes) -> None:
    """Write one message."""
    stream.write(len(content).to_bytes(LENGTH, "big"))
    stream.write(content)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """Read one message; None at the end, and where the other side broke off."""
    head = stream.read(LENGTH)
    if len(head) < LENGTH:
        return None
    length = int.from_bytes(head, "big")
    content = stream.read(length)
    return content if len(content) == length else None


def _answer(raw: bytes, time_zone: str) -> bytes:
    try:
        picture = take_in(raw, time_zone=time_zone)
    except InvalidInput as error:
        return msgspec.msgpack.encode(Answer(error.code))
    return msgspec.msgpack.encode({"code": "", "picture": asdict(picture)})


def _allow(seconds: int) -> None:
    """End the process when it has computed for so long from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    end = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))


def main() -> None:
    """Draw until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Whoever waits for a page comes before whoever sent a large picture.
    os.nice(5)
    while (raw := receive(sys.stdin.buffer)) is not None:
        _allow(CPU_SECONDS)
        send(sys.stdout.buffer, _answer(raw, sys.argv[1]))


if __name__ == "__main__":
    main()
