"""Five hundred slow senders, readers and heads, two thousand connections at rest: what everybody else notices of them."""

from __future__ import annotations

import contextlib
import io
import socket
import statistics
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.factories.served import answer_on, environment_of, found_town, serving

ATTACKERS = 500
# Longer than the grace of a body: all that are too slow are sent away within the watch.
SECONDS = 25.0
STATIC = Path(__file__).resolve().parents[2] / "src" / "gezhi" / "interfaces" / "web" / "static"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    environment = environment_of(tmp_path_factory.mktemp("home") / "data", rate_anonymous="1000000/m")
    found_town(environment)
    with serving(environment) as served:
        # The first of each kind of page loads what all others need.
        served.seconds_of("/", timeout=30)
        served.seconds_of("/report", timeout=30)
        yield served


def address(number: int) -> str:
    """Attackers come from fifty addresses, as behind a few gateways."""
    return f"127.0.1.{1 + number % 50}"


def senders(server, *, port: int | None = None, path: str = "/api/v1/cases") -> list[socket.socket]:
    found = []
    for number in range(ATTACKERS):
        connection = server.connect(source=address(number), port=port)
        kind, size = ("application/json", 5_000) if number % 2 else ("multipart/form-data; boundary=x", 900_000)
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n".encode()
        )
        found.append(connection)
    return found


def heads(server, *, port: int | None = None) -> list[socket.socket]:
    found = [server.connect(source=address(number), port=port) for number in range(ATTACKERS)]
    for connection in found:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    return found


def readers(server) -> list[socket.socket]:
    """Half ask for the largest file, half for a page, and take a byte now and then."""
    largest = max((path for path in STATIC.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    found = []
    for number in range(ATTACKERS):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        connection.bind((address(number), 0))
        connection.connect(("127.0.0.1", server.port))
        path = f"/static/{largest.relative_to(STATIC)}" if number % 2 else "/report"
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        found.append(connection)
    return found


def rest(server) -> list[socket.socket]:
    return [server.connect(source=address(number)) for number in range(2_000)]


@contextmanager
def trickle(connections: list[socket.socket], *, read: bool = False):
    """One byte each way every two seconds; the server may close any of them."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(2.0):
            for connection in connections:
                with contextlib.suppress(OSError):
                    connection.setblocking(False)
                    connection.recv(1) if read else connection.send(b"x")

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        for connection in connections:
            connection.close()


def watch(server, *, seconds: float) -> str:
    """Figures of /healthz, a page and a report over so many seconds. Fails where anything takes a second or fails."""
    times: dict[str, list[float]] = {"healthz": [], "page": [], "report": []}
    give_up = time.monotonic() + seconds
    number = 0
    while time.monotonic() < give_up:
        number += 1
        times["healthz"].append(server.seconds_of(timeout=5))
        times["page"].append(server.seconds_of("/report", timeout=5))
        begun = time.monotonic()
        key = f"slow-{time.time_ns()}"
        assert server.report(number, key=key)[0] == 201
        times["report"].append(time.monotonic() - begun)
        time.sleep(0.05)
    figures = []
    for name, measured in times.items():
        p50, p95 = statistics.median(measured), sorted(measured)[int(len(measured) * 0.95)]
        figures.append(f"{name} p50 {p50 * 1000:.0f} p95 {p95 * 1000:.0f} ms")
        assert p95 < 1, (name, figures)
    return ", ".join(figures)


@pytest.mark.parametrize("kind", ["nobody", "senders", "heads", "readers", "at rest"])
def test_slow_clients_are_not_noticed(server, kind):
    make = {"nobody": lambda _: [], "senders": senders, "heads": heads, "readers": readers, "at rest": rest}[kind]
    with trickle(make(server), read=kind == "readers"):
        figures = watch(server, seconds=5 if kind == "nobody" else SECONDS)
    print(f"slow clients, {kind}: {figures}")


def photo(number: int) -> bytes:
    noise = np.random.default_rng(number).integers(0, 256, (1_500, 1_500, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def form(fields: dict[str, str], pictures: list[bytes]) -> bytes:
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--x\r\nContent-Disposition: form-data; name="photo"; filename="{number}.jpg"\r\n'
        f"Content-Type: image/jpeg\r\n\r\n".encode()
        + content
        + b"\r\n"
        for number, content in enumerate(pictures)
    ]
    return b"".join(parts) + b"--x--\r\n"


def send_slowly(server, body: bytes, *, cookie: str, rate: int) -> tuple[int, dict[str, str], float]:
    begun = time.monotonic()
    with server.connect(source="127.0.0.77", timeout=60) as connection:
        head = (
            "POST /report/send HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            f"Cookie: csrftoken={cookie}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection.sendall(head.encode())
        for start in range(0, len(body), rate // 10):
            connection.sendall(body[start : start + rate // 10])
            ahead = begun + (start / rate) - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
        status, headers, _ = answer_on(connection)
    return status, headers, time.monotonic() - begun


def test_an_honest_phone_gets_its_photos_through_among_them(server):
    # Cookie and field agree: that is all that the check against forged forms asks of a browser.
    token = "a" * 32
    fields = {
        "csrfmiddlewaretoken": token,
        "lon": "112.03",
        "lat": "32.03",
        "description": "路边有一堆垃圾没有清理",
        "class_code": "E0110",
        "key": "1b4e28ba-2fa1-4d3b-8ef5-19dba1e2ab01",
    }
    body = form(fields, [photo(number) for number in range(4)])
    with ExitStack() as stack:
        stack.enter_context(trickle(senders(server)))
        status, headers, seconds = send_slowly(server, body, cookie=token, rate=600_000)
    assert status == 302, (status, headers)
    assert headers["location"].startswith("/follow/")
    print(f"slow clients: four photos, {len(body) / 1e6:.0f} MB at 600 kB/s, arrived in {seconds:.0f} s")


def test_the_live_edge_stands_them_too(server):
    port = server.port + 1

    def seconds() -> float:
        begun = time.monotonic()
        with server.connect(port=port) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert answer_on(connection)[0] == 200
        return time.monotonic() - begun

    for name, attackers in (
        ("heads", heads(server, port=port)),
        ("bodies", senders(server, port=port, path="/live/cases")),
    ):
        with trickle(attackers):
            measured = [seconds() for _ in range(50) if time.sleep(0.1) is None]
        print(f"slow clients, live edge, {name}: healthz p50 {statistics.median(measured) * 1000:.1f} ms")
        assert max(measured) < 1
