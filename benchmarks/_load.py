"""Requests to a server of this machine, over a few connections at once."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable

from benchmarks._processes import cpu_seconds

# Asks for the request of a number over a connection.
Ask = Callable[[http.client.HTTPConnection, int], None]


def request(
    connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str], body: bytes | None = None
) -> bytes:
    """The body of an answer. Raises ``RuntimeError`` for any other than 200 and 201."""
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    content = response.read()
    if response.status not in {200, 201}:
        raise RuntimeError(f"{method} {path}: {response.status} {content[:300]!r}")
    return content


def drive(port: int, count: int, ask: Ask, *, clients: int = 4) -> tuple[list[float], float]:
    """Ask ``count`` times over ``clients`` connections: seconds of each, and of all together. Raises if one fails."""
    took: list[float] = []
    failures: list[BaseException] = []

    def work(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            for number in range(first, count, clients):
                start = time.perf_counter()
                ask(connection, number)
                took.append(time.perf_counter() - start)
        except BaseException as error:  # noqa: BLE001  (handed to the main thread)
            failures.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return took, time.perf_counter() - start


def settle(pid: int) -> None:
    """Wait until a server has done what it does at its start: a second without work."""
    while True:
        before = cpu_seconds(pid)
        time.sleep(1.0)
        if cpu_seconds(pid) - before < 0.05:
            return
