"""Eight residents report at once, on SQLite and on PostgreSQL: reports a second, how long each waits, what each costs.

The server runs as in production with two workers; posters, server and database share the machine. The reference, in the same
run: the same eight connections ask for the server's health, which costs a request and nothing else.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks._load import drive, reports, request, settle
from benchmarks._postgres import server
from benchmarks._processes import cpu_seconds, free_port

POSTERS, POSTS, WARM_UP, SIDE = 8, 2_400, 200, 50
_PREPARE = "import django; django.setup(); from benchmarks._town import fill; fill(side=50, cases=1000)"


def run() -> dict[str, float]:
    """Both databases; PostgreSQL where it is installed."""
    figures = _served("SQLite", "")
    with server() as address:
        if address is None:
            print("PostgreSQL: skipped, it is not installed")
        else:
            figures |= _served("PostgreSQL", address)
    return figures


def _served(name: str, address: str) -> dict[str, float]:
    gezhi, port = str(Path(sys.executable).with_name("gezhi")), free_port()
    with tempfile.TemporaryDirectory(prefix="gezhi-bench-") as home:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GEZHI_", "DJANGO_"))}
        environment = {
            **kept,
            "GEZHI_HOME": home,
            "DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded",
            "GEZHI_RATE_ANONYMOUS": "1000000/m",
            **({"GEZHI_DATABASE_URL": address} if address else {}),
        }
        subprocess.run([gezhi, "init", "--quiet"], env=environment, check=True)
        subprocess.run([sys.executable, "-c", _PREPARE], env=environment, check=True)
        command = [gezhi, "serve", "--port", str(port), "--workers", "2", "--no-jobs"]
        running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        try:
            assert running.stdout is not None
            running.stdout.readline()
            settle(running.pid)
            return _measure(name, port, running.pid)
        finally:
            running.terminate()
            running.wait(20)


def _measure(name: str, port: int, pid: int) -> dict[str, float]:
    post, health = reports(SIDE), request("GET", "/healthz", {})
    drive(port, WARM_UP, post, clients=POSTERS)
    before, database = cpu_seconds(pid), _database_seconds()
    took, wall = drive(port, POSTS, post, clients=POSTERS)
    web = (cpu_seconds(pid) - before) / POSTS
    theirs = (_database_seconds() - database) / POSTS
    drive(port, WARM_UP, lambda _: health, clients=POSTERS)
    bare, bare_wall = drive(port, POSTS, lambda _: health, clients=POSTERS)
    ordered, plain = sorted(took), sorted(bare)
    figures = {
        "posts_per_second": POSTS / wall,
        "median_ms": 1_000 * statistics.median(ordered),
        "p95_ms": 1_000 * ordered[int(0.95 * len(ordered))],
        "worst_ms": 1_000 * ordered[-1],
        "web_cpu_ms": 1_000 * web,
        "database_cpu_ms": 1_000 * theirs,
        "bare_per_second": POSTS / bare_wall,
        "bare_p95_ms": 1_000 * plain[int(0.95 * len(plain))],
        "median_ratio_to_bare": statistics.median(ordered) / statistics.median(plain),
    }
    for figure, value in figures.items():
        print(f"{name:<12}{figure:<24} {value:10.2f}", flush=True)
    return {f"{name.lower()}_{figure}": value for figure, value in figures.items()}


def _database_seconds() -> float:
    """CPU seconds of all PostgreSQL processes of the machine."""
    total = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "comm").read_text().startswith("postgres"):
                total += int((process / "schedstat").read_text().split()[0]) / 1e9
        except OSError:
            # It has ended meanwhile.
            continue
    return total
