"""`gezhi serve` as a process of its own, on a data folder of its own: for tests that need the real server."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

GEZHI = (sys.executable, "-m", "gezhi.interfaces.cli.main")


def free_port() -> int:
    """A port that is free together with the one after it, which the live edge takes."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def environment_of(home: Path, **settings: object) -> dict[str, str]:
    """The environment of an instance: nothing of the suite's own settings but the Python that runs it."""
    foreign = ("GEZHI_", "DJANGO_", "PYTHONDONTWRITEBYTECODE")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    given = {f"GEZHI_{name.upper()}": str(value) for name, value in settings.items()}
    return {**inherited, "GEZHI_HOME": str(home), **given}


def gezhi(environment: dict[str, str], *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*GEZHI, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=seconds
    )


_FILL = "import django; django.setup(); from benchmarks._town import fill; print(fill(side=6, cases=0))"
REPOSITORY = Path(__file__).resolve().parents[2]


def found_town(environment: dict[str, str]) -> str:
    """Make a data folder with six by six grids around ``report_body``'s places; returns the token of a dispatcher."""
    done = gezhi(environment, "init")
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    settings = {"DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded", **environment}
    filled = subprocess.run(
        [sys.executable, "-c", _FILL], env=settings, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True
    )
    return filled.stdout.strip().splitlines()[-1]


def report_body(number: int, *, words: str = "路边有一堆垃圾没有清理") -> bytes:
    """A report by the API, each at a place of its own in the town."""
    lon, lat = 112.0 + 0.06 * ((number * 37) % 97 + 0.5) / 98, 32.0 + 0.06 * ((number * 61) % 89 + 0.5) / 90
    body = {"class_code": "E0110", "description": words, "lon": lon, "lat": lat}
    return json.dumps(body, ensure_ascii=False).encode()


@dataclass
class Served:
    """A running server. ``process`` is the supervisor, its log goes to ``log``."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self, *, source: str = "127.0.0.1", port: int | None = None, timeout: float = 10) -> socket.socket:
        """A raw connection, from any address of the loopback network."""
        return socket.create_connection(("127.0.0.1", port or self.port), timeout, source_address=(source, 0))

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, *, timeout: float = 60
    ) -> tuple[int, Message, bytes]:
        """One request on a connection of its own: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body or None, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def report(self, number: int, *, key: str, words: str = "路边有一堆垃圾没有清理") -> tuple[int, Message, bytes]:
        """File a report under an idempotency key."""
        # The same for the same report, as a phone keeps it, and of the kind that a client without an account must send.
        secret = uuid.UUID(bytes=hashlib.sha256(f"{key}-{number}".encode()).digest()[:16], version=4)
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(secret)}
        return self.ask("POST", "/api/v1/cases", report_body(number, words=words), headers)

    def wait_until_up(self, *, seconds: float = 30) -> float:
        """Wait until ``/healthz`` answers; returns the seconds that took. Raises ``TimeoutError``."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            try:
                self.seconds_of(timeout=2)
            except OSError:
                time.sleep(0.05)
            else:
                return time.monotonic() - begun
        raise TimeoutError(self.log.read_text())

    def wait_until_said(self, words: str, *, seconds: float = 10) -> None:
        """Wait until the server's log holds ``words``. Raises ``TimeoutError``."""
        begun = time.monotonic()
        while words not in self.log.read_text():
            if time.monotonic() - begun > seconds:
                raise TimeoutError(self.log.read_text())
            time.sleep(0.02)

    def seconds_of(self, path: str = "/healthz", *, timeout: float = 10) -> float:
        """How long a GET takes; raises where it fails."""
        begun = time.monotonic()
        with urllib.request.urlopen(self.url + path, timeout=timeout) as answer:  # noqa: S310 - our own address
            answer.read()
        return time.monotonic() - begun


def descendants(pid: int) -> list[int]:
    """The processes below a process, itself not among them."""
    found = []
    # Whatever has just ended has no children any more.
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def command_of(pid: int) -> str:
    """The command line of a process; empty where it has just gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def name_of(pid: int) -> str:
    """The name of a process in the list of processes; empty where it has just gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


@contextmanager
def serving(environment: dict[str, str], *arguments: str, wait: float = 60) -> Iterator[Served]:
    """Serve until the block ends; the block begins when ``/healthz`` answers and the address is said."""
    port = free_port()
    log = Path(environment["GEZHI_HOME"]) / "serve.log"
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [*GEZHI, "serve", "--port", str(port), *arguments], env=environment, stdout=sink, stderr=sink
        )
    served = Served(process, port, log)
    try:
        served.wait_until_up(seconds=wait)
        served.wait_until_said("Gezhi is at ")
        yield served
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answer_on(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the next answer on a raw connection."""
    stream = connection.makefile("rb")
    status = int(stream.readline().split()[1])
    headers = {}
    while (line := stream.readline().strip()) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return status, headers, stream.read(int(headers.get("content-length", 0)))
