"""What each page costs in a city of ten thousand, a hundred thousand and a million cases, and how it grows.

``GEZHI_BENCH_SIZES`` (``10000,100000,1000000``) says how many. Each page is asked for as a signed-in person of the whole
city (or of a street) asks for it, in one process; CPU time is that of this process, and on PostgreSQL that of the
connection's own process beside it. SQLite is part of the process. A page whose questions read the whole table of cases is
named with its plan, and the run then fails. The reference, in the same run: a page of the same list by one bare query.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks._postgres import server

SIZES = os.environ.get("GEZHI_BENCH_SIZES", "10000,100000,1000000")


def run() -> dict[str, float]:
    """Both databases, each in a process of its own. Raises ``RuntimeError`` where a page reads all cases."""
    scanned = _measured("SQLite", "")
    with server() as address:
        if address is None:
            print("PostgreSQL: skipped, it is not installed")
        else:
            scanned += _measured("PostgreSQL", address)
    if scanned:
        raise RuntimeError(f"{scanned} pages read all cases, see above")
    return {}


def _measured(name: str, address: str) -> int:
    print(f"-- {name}", flush=True)
    with tempfile.TemporaryDirectory(prefix="gezhi-bench-") as home:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GEZHI_", "DJANGO_"))}
        environment = {**kept, "GEZHI_HOME": home, "DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded"}
        environment |= {"GEZHI_RATE_ANONYMOUS": "1000000/m", "GEZHI_RATE_SIGNED_IN": "1000000/m"}
        if address:
            environment["GEZHI_DATABASE_URL"] = address
        subprocess.run([Path(sys.executable).with_name("gezhi"), "init", "--quiet"], env=environment, check=True)
        done = subprocess.run([sys.executable, "-m", "benchmarks._pages_at_scale", SIZES], env=environment, check=False)
    if done.returncode not in {0, 3}:
        raise RuntimeError(f"the measuring of {name} ended with {done.returncode}")
    return int(done.returncode == 3)
