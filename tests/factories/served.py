"""`gezhi serve` as a process of its own, on a data folder of its own: for tests that need the real server."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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

    def seconds_of(self, path: str = "/healthz", *, timeout: float = 10) -> float:
        """How long a GET takes; raises where it fails."""
        begun = time.monotonic()
        with urllib.request.urlopen(self.url + path, timeout=timeout) as answer:  # noqa: S310 - our own address
            answer.read()
        return time.monotonic() - begun


def descendants(pid: int) -> list[int]:
    """The processes below a process, itself not among them."""
    found = []
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


@contextmanager
def serving(environment: dict[str, str], *arguments: str, wait: float = 60) -> Iterator[Served]:
    """Serve until the block ends; the block begins when ``/healthz`` answers."""
    port = free_port()
    log = Path(environment["GEZHI_HOME"]) / "serve.log"
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [*GEZHI, "serve", "--port", str(port), *arguments], env=environment, stdout=sink, stderr=sink
        )
    served = Served(process, port, log)
    try:
        give_up = time.monotonic() + wait
        while True:
            try:
                served.seconds_of(timeout=2)
                break
            except (OSError, urllib.error.URLError):
                if time.monotonic() > give_up or process.poll() is not None:
                    raise RuntimeError(f"not served:\n{log.read_text()}") from None
                time.sleep(0.1)
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
