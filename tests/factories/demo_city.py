"""The demo city, founded in a folder of its own and served by `gezhi serve` as a person would."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.factories.served import environment_of, gezhi, serving


class DemoCity:
    """A served demo city: its address and its logins."""

    def __init__(self, environment: dict[str, str], address: str) -> None:
        self.environment, self.address = environment, address
        self.password: str = json.loads(_said(gezhi(environment, "demo", "logins", "--json")))["password"]

    def python(self, program: str) -> Any:
        """What a program prints as JSON that runs inside the instance, with Django set up."""
        start = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'gezhi.config.settings.embedded'; django.setup()\n"
        command = [sys.executable, "-c", start + program]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=300)
        return json.loads(_said(done))


def _said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def served_demo_city(home: Path, *, scale: float = 0.02, **settings: object) -> Iterator[DemoCity]:
    """Found a small demo city in ``home`` and serve it until the block ends."""
    environment = environment_of(home, **settings)
    _said(gezhi(environment, "init", "--quiet"))
    _said(gezhi(environment, "demo", "city", "--scale", str(scale), "--seed", "3", "--days", "2", seconds=300))
    with serving(environment) as served:
        yield DemoCity(environment, served.url)
