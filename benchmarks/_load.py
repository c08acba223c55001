"""Requests to a server of this machine, over a few connections at once.

One thread, bare sockets: what a load costs its sender is taken from the machine on which the server is measured.
"""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Callable
from uuid import uuid4

from benchmarks._processes import cpu_seconds

# The square town of the benchmarks (``_town``): cells of so many degrees, from its south-west corner on.
WEST, SOUTH, CELL = 112.0, 32.0, 0.01

# Makes the request of a number, whole.
Ask = Callable[[int], bytes]
# Looks at the body of the answer to the request of a number.
Look = Callable[[int, bytes], None]
_GOOD = (b"HTTP/1.1 200 ", b"HTTP/1.1 201 ")


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A whole request of HTTP/1.1, for a connection that is kept."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def reports(side: int) -> Ask:
    """Reports over the API without an account, all over a town of ``side`` × ``side`` cells."""

    def ask(number: int) -> bytes:
        lon = WEST + CELL * side * ((number * 37) % 997 + 0.5) / 998
        lat = SOUTH + CELL * side * ((number * 61) % 991 + 0.5) / 992
        body = {"class_code": "E0110", "description": "路边有一堆垃圾没有清理", "lon": lon, "lat": lat}
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        return request("POST", "/api/v1/cases", headers, json.dumps(body).encode())

    return ask


class _Client:
    """One connection: at most one request is under way."""

    def __init__(self, port: int, numbers: range) -> None:
        self.numbers = iter(numbers)
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = -1
        self.start = 0.0
        self.answer = b""

    def send(self, ask: Ask) -> bool:
        """Send the next request; False where there is none."""
        number = next(self.numbers, None)
        if number is None:
            return False
        self.number, self.answer = number, b""
        whole = ask(number)
        self.start = time.perf_counter()
        self.socket.sendall(whole)
        return True

    def body(self) -> bytes | None:
        """The answer's body once it is whole. Raises ``RuntimeError`` for a status other than 200 and 201."""
        more = self.socket.recv(262_144)
        if not more:
            raise RuntimeError("the server has hung up")
        self.answer += more
        head, blank, body = self.answer.partition(b"\r\n\r\n")
        if not blank:
            return None
        told = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        if len(body) < int(told.partition(b":")[2]):
            return None
        if not head.startswith(_GOOD):
            raise RuntimeError(f"{head.partition(chr(13).encode())[0]!r} {body[:300]!r}")
        return body


def drive(port: int, count: int, ask: Ask, *, clients: int = 4, look: Look | None = None) -> tuple[list[float], float]:
    """Ask ``count`` times over ``clients`` connections: seconds of each, and of all together. Raises if one fails."""
    took: list[float] = []
    several = [_Client(port, range(first, count, clients)) for first in range(clients)]
    begun = time.perf_counter()
    with selectors.DefaultSelector() as waiting:
        for client in several:
            if client.send(ask):
                waiting.register(client.socket, selectors.EVENT_READ, client)
        while waiting.get_map():
            for key, _ in waiting.select():
                client = key.data
                body = client.body()
                if body is None:
                    continue
                took.append(time.perf_counter() - client.start)
                if look is not None:
                    look(client.number, body)
                if not client.send(ask):
                    waiting.unregister(client.socket)
    wall = time.perf_counter() - begun
    for client in several:
        client.socket.close()
    return took, wall


def settle(pid: int) -> None:
    """Wait until a server has done what it does at its start: a second without work."""
    while True:
        before = cpu_seconds(pid)
        time.sleep(1.0)
        if cpu_seconds(pid) - before < 0.05:
            return
