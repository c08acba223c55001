"""What an event of the live edge costs a listener, and how late it comes: 500 listeners, 50 of whom take nothing.

``gezhi serve`` runs as in production and every listener sees every event. Events are published through the outbox, each
committed by itself, in three ways: one by one in a quiet hour, at a busy city's rate, and all at once. CPU time is that of
the live edge's processes as the kernel accounts it, its reading of the outbox included, divided by the events that readers
got. The reference is a bare asyncio server that writes the same bytes, event by event, to as many sockets in the same run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from uuid import uuid4

from benchmarks._postgres import server as database
from benchmarks._processes import connections_to, cpu_seconds, free_port, live_edge_of, memory_mb
from benchmarks._streams import Stream, open_streams, read_until

LISTENERS, STALLED = 500, 50
# Events and their rate a second.
QUIET, STEADY, BURST = (40, 4.0), (1_300, 40.0), (800, 10_000.0)
STALLED_SECONDS = 75
# What a bare server writes while its cost is measured.
BARE = (400, 40.0)
_SMALL = 2_048

_PREPARE = """
import django
django.setup()
from benchmarks._town import fill
print(fill(side=6, cases=0))
"""
_PUBLISH = """
import sys
import django
django.setup()
from benchmarks._outbox import repeat
repeat(count=int(sys.argv[1]), per_second=float(sys.argv[2]))
"""
# It begins once so many are connected.
_BARE = """
import asyncio, sys
count, per_second, size, wanted = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
writers = []
async def main():
    loop = asyncio.get_running_loop()
    async def take(reader, writer):
        writers.append(writer)
    server = await asyncio.start_server(take, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    while len(writers) < wanted:
        await asyncio.sleep(0.01)
    begun = loop.time()
    for number in range(count):
        await asyncio.sleep(max(0, begun + number / per_second - loop.time()))
        frame = b"id: %d\\nevent: case\\ndata: " % (number + 1)
        frame += b"x" * (size - len(frame) - 2) + b"\\n\\n"
        for writer in writers:
            writer.write(frame)
    await loop.run_in_executor(None, sys.stdin.readline)
asyncio.run(main())
"""


def run() -> dict[str, float]:
    """Both databases, each with a server of its own. Returns the figures of SQLite."""
    print("-- SQLite", flush=True)
    figures = _of_database("")
    with database() as address:
        if address is None:
            print("PostgreSQL: skipped, it is not installed")
        else:
            print("-- PostgreSQL", flush=True)
            _of_database(address)
    return figures


def _of_database(address: str) -> dict[str, float]:
    home = Path(tempfile.mkdtemp(prefix="gezhi-bench-"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GEZHI_", "DJANGO_"))}
    environment |= {
        "GEZHI_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded",
        "GEZHI_LIVE_STREAMS": str(LISTENERS),
        "GEZHI_STALLED_SECONDS": str(STALLED_SECONDS),
    }
    if address:
        environment["GEZHI_DATABASE_URL"] = address
    server: subprocess.Popen[bytes] | None = None
    try:
        gezhi = str(Path(sys.executable).parent / "gezhi")
        subprocess.run([gezhi, "init", "--quiet"], env=environment, check=True)
        token = _python(environment, _PREPARE).splitlines()[-1]
        port = free_port()
        command = [gezhi, "serve", "--port", str(port), "--workers", "1", "--no-jobs"]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        assert server.stdout is not None
        server.stdout.readline()
        _report(port)
        return _measure(environment, port, live_edge_of(server.pid), token)
    finally:
        if server is not None:
            server.terminate()
            server.wait(20)
        shutil.rmtree(home)


def _python(environment: dict[str, str], script: str, *arguments: object) -> str:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def _report(port: int) -> None:
    body = {"class_code": "E0110", "description": "路边有一堆垃圾没有清理" * 4, "lon": 112.031, "lat": 32.031}
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/cases", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        answer.read()


def _measure(environment: dict[str, str], port: int, live: int, token: str) -> dict[str, float]:
    newest = int(_python(environment, _PUBLISH, 1, 1).split()[0])
    figures = {"memory_at_start_mb": memory_mb(live)}
    stalled = open_streams(port + 1, STALLED, token=token, since=newest, receive_buffer=_SMALL)
    readers = open_streams(port + 1, LISTENERS - STALLED, token=token, since=newest)
    figures["memory_with_listeners_mb"] = memory_mb(live)
    for name, (count, per_second) in (("quiet", QUIET), ("steady", STEADY), ("burst", BURST)):
        cpu, late = _published(environment, live, readers, count, per_second)
        figures[f"{name}_cpu_us"] = cpu
        figures[f"{name}_late_median_ms"] = statistics.median(late)
        figures[f"{name}_late_p95_ms"] = statistics.quantiles(late, n=20)[-1]
        figures[f"{name}_late_worst_ms"] = max(late)
        figures[f"memory_after_{name}_mb"] = memory_mb(live)
    figures["readers_reset_or_dropped"] = sum(stream.resets > 0 or stream.closed for stream in readers)
    _awaken(stalled, port + 1, live, figures)
    figures["bytes_of_an_event"] = size = _bytes_of_an_event(
        port + 1, token, max(stream.ids[-1] for stream in readers) - 100
    )
    figures["bare_cpu_us"] = bare = _bare(size)
    for name in ("quiet", "steady", "burst"):
        figures[f"{name}_ratio_to_bare"] = figures[f"{name}_cpu_us"] / bare
    for stream in (*stalled, *readers):
        stream.connection.close()
    for name, value in figures.items():
        print(f"{name:<28} {value:10.2f}", flush=True)
    return figures


def _published(
    environment: dict[str, str], live: int, readers: list[Stream], count: int, per_second: float
) -> tuple[float, list[float]]:
    """CPU µs of the live edge for each event and reader, and how many ms after its commit each event came to each reader."""
    before, had = cpu_seconds(live), [len(stream.ids) for stream in readers]
    command = [sys.executable, "-c", _PUBLISH, str(count), str(per_second)]
    with tempfile.TemporaryFile("w+") as output, subprocess.Popen(command, env=environment, stdout=output) as publisher:
        wanted = [number + count for number in had]
        read_until(
            readers,
            lambda: all(
                len(stream.ids) >= number or stream.resets > 0 for stream, number in zip(readers, wanted, strict=True)
            ),
            seconds=120,
        )
        if publisher.wait(30) != 0:
            raise RuntimeError("events were not published")
        output.seek(0)
        committed = {int(line.split()[0]): int(line.split()[1]) for line in output}
    cpu = cpu_seconds(live) - before
    late = [
        (at - committed[number]) / 1e6
        for stream, first in zip(readers, had, strict=True)
        for number, at in zip(stream.ids[first:], stream.at[first:], strict=True)
    ]
    return cpu / len(late) * 1e6, late


def _awaken(stalled: list[Stream], port: int, live: int, figures: dict[str, float]) -> None:
    """Let half of those who took nothing read at last, and see the others dropped."""
    late, lost = stalled[: STALLED // 2], stalled[STALLED // 2 :]
    with suppress(TimeoutError):
        read_until(late, lambda: all(stream.resets or stream.closed for stream in late), seconds=20)
    figures["stalled_reset_on_reading"] = sum(stream.resets > 0 for stream in late)
    figures["stalled_events_before_reset"] = statistics.mean(len(stream.ids) for stream in late)
    there = connections_to(port) - len(lost)
    give_up = time.monotonic() + STALLED_SECONDS + 30
    while connections_to(port) > there and time.monotonic() < give_up:
        time.sleep(1)
    figures["stalled_dropped"] = len(lost) + there - connections_to(port)
    figures["memory_at_end_mb"] = memory_mb(live)


def _bytes_of_an_event(port: int, token: str, since: int) -> int:
    stream = open_streams(port, 1, token=token, since=since)[0]
    with stream.connection as connection:
        connection.setblocking(True)
        text = b""
        while text.count(b"\nevent: case\n") < 3:
            text += connection.recv(65_536)
    first, second = (found.start() for found in islice(re.finditer(rb"^id: ", text, re.MULTILINE), 2))
    return second - first


@contextmanager
def _bare_server(size: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", _BARE, str(BARE[0]), str(BARE[1]), str(size), str(LISTENERS - STALLED)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server
        finally:
            server.kill()


def _bare(size: int) -> float:
    """CPU µs of a bare server for each event and socket."""
    with _bare_server(size) as server:
        assert server.stdout is not None
        address = ("127.0.0.1", int(server.stdout.readline()))
        before = cpu_seconds(server.pid)
        streams = [Stream(socket.create_connection(address)) for _ in range(LISTENERS - STALLED)]
        for stream in streams:
            stream.connection.setblocking(False)
        read_until(streams, lambda: all(len(stream.ids) >= BARE[0] for stream in streams), seconds=120)
        cpu = cpu_seconds(server.pid) - before
        for stream in streams:
            stream.connection.close()
    return cpu / (BARE[0] * len(streams)) * 1e6
