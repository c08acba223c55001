"""The demo city, founded in a folder of its own and served by `gezhi serve` as a person would."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

GEZHI = (sys.executable, "-m", "gezhi.interfaces.cli.main")


def free_port() -> int:
    """A port that is free together with the one after it, which the live edge takes."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def own_environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of an instance in ``home``, whatever database the suite itself runs on."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GEZHI_", "DJANGO_"))}
    return {**inherited, "GEZHI_HOME": str(home), **settings}


class DemoCity:
    """A served demo city: its address and its logins."""

    def __init__(self, environment: dict[str, str], address: str) -> None:
        self.environment, self.address = environment, address
        self.password: str = json.loads(self.gezhi("demo", "logins", "--json"))["password"]

    def gezhi(self, *arguments: str) -> str:
        """What a command prints."""
        return _run([*GEZHI, *arguments], self.environment)

    def python(self, program: str) -> Any:
        """What a program prints as JSON that runs inside the instance, with Django set up."""
        start = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'gezhi.config.settings.embedded'; django.setup()\n"
        return json.loads(_run([sys.executable, "-c", start + program], self.environment))


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def served_demo_city(home: Path, *, scale: float = 0.02, **settings: str) -> Iterator[DemoCity]:
    """Found a small demo city in ``home`` and serve it; what the server says stands in ``home``/server.log."""
    environment = own_environment(home, **settings)
    _run([*GEZHI, "init", "--quiet"], environment)
    _run([*GEZHI, "demo", "city", "--scale", str(scale), "--seed", "3", "--days", "2"], environment)
    port = free_port()
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [*GEZHI, "serve", "--port", str(port)], env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            assert server.stdout is not None
            said = server.stdout.readline()
            assert f":{port}/" in said, (home / "server.log").read_text()
            yield DemoCity(environment, f"http://127.0.0.1:{port}")
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
