"""What one report (POST) and one list of 50 out of 100,000 cases cost the server in CPU time, beside bare SQLite.

The server runs as in production (granian, two workers, SQLite in WAL mode). CPU time is that of all server
processes as the kernel accounts it, divided by the number of requests. The reference is the least that a program could
do on the same file system in the same run: one row of like size inserted and committed, and 50 rows selected.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._load import drive, reports, request, settle
from benchmarks._processes import cpu_seconds, free_port

POSTS = 1_500
LISTS = 600
# Enough that each worker has met each kind of request, whichever of the two takes a connection.
WARM_UP = 200
SIDE = 50
CASES = 100_000

_PREPARE = """
import sys
import django
django.setup()
from benchmarks._town import fill
print(fill(side=int(sys.argv[1]), cases=int(sys.argv[2])))
"""


def _bare_sqlite(folder: Path) -> tuple[float, float]:
    """CPU milliseconds of one committed insert, and of one list of 50 of 100,000, without any framework."""
    database = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
    database.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, at TEXT, district INTEGER, status TEXT, words TEXT)")
    database.execute("CREATE INDEX item_district ON item (district, at DESC)")
    words = "路边有一堆垃圾没有清理" * 12
    database.execute("BEGIN")
    database.executemany(
        "INSERT INTO item (at, district, status, words) VALUES (?, ?, ?, ?)",
        ((f"2026-03-{1 + number % 28:02} {number:06}", 1, "reported", words) for number in range(CASES)),
    )
    database.execute("COMMIT")
    start = time.process_time()
    for number in range(POSTS):
        database.execute("BEGIN IMMEDIATE")
        database.execute(
            "INSERT INTO item (at, district, status, words) VALUES (?, ?, ?, ?)",
            (f"2026-04-01 {number}", 1, "x", words),
        )
        database.execute("COMMIT")
    insert = (time.process_time() - start) / POSTS
    start = time.process_time()
    for _ in range(LISTS):
        database.execute("SELECT * FROM item WHERE district = 1 ORDER BY at DESC LIMIT 50").fetchall()
    select = (time.process_time() - start) / LISTS
    database.close()
    return insert * 1_000, select * 1_000


def run() -> dict[str, float]:
    """Run the benchmark and print the figures."""
    home = Path(tempfile.mkdtemp(prefix="gezhi-bench-"))
    port = free_port()
    environment = {
        **os.environ,
        "GEZHI_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded",
        "GEZHI_RATE_ANONYMOUS": "1000000/m",
        "GEZHI_RATE_SIGNED_IN": "1000000/m",
    }
    server: subprocess.Popen[bytes] | None = None
    try:
        gezhi = str(Path(sys.executable).parent / "gezhi")
        subprocess.run([gezhi, "init", "--quiet"], env=environment, check=True)
        prepared = subprocess.run(
            [sys.executable, "-c", _PREPARE, str(SIDE), str(CASES)],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        token = prepared.stdout.strip().splitlines()[-1]
        command = [gezhi, "serve", "--port", str(port), "--workers", "2", "--no-jobs"]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        assert server.stdout is not None
        server.stdout.readline()
        return _measure(home, port, server.pid, token)
    finally:
        if server is not None:
            server.terminate()
            server.wait(20)
        shutil.rmtree(home)


def _measure(home: Path, port: int, pid: int, token: str) -> dict[str, float]:
    listing, post = request("GET", "/api/v1/cases?limit=50", {"Authorization": f"Bearer {token}"}), reports(SIDE)

    def look(number: int, body: bytes) -> None:
        if number == 0 and len(json.loads(body)["items"]) != 50:
            raise RuntimeError("the list does not hold 50 cases")

    settle(pid)
    startup = cpu_seconds(pid)
    drive(port, WARM_UP, lambda _: listing)
    before = cpu_seconds(pid)
    _, list_wall = drive(port, LISTS, lambda _: listing, look=look)
    list_ms = (cpu_seconds(pid) - before) / LISTS * 1_000
    drive(port, WARM_UP, post)
    before = cpu_seconds(pid)
    _, post_wall = drive(port, POSTS, post)
    post_ms = (cpu_seconds(pid) - before) / POSTS * 1_000
    insert_ms, select_ms = _bare_sqlite(home)
    figures = {
        "startup_cpu_s": startup,
        "post_cpu_ms": post_ms,
        "post_ratio_to_bare_insert": post_ms / insert_ms,
        "posts_per_second": POSTS / post_wall,
        "list_cpu_ms": list_ms,
        "list_ratio_to_bare_select": list_ms / select_ms,
        "lists_per_second": LISTS / list_wall,
        "bare_insert_cpu_ms": insert_ms,
        "bare_select_cpu_ms": select_ms,
    }
    for name, value in figures.items():
        print(f"{name:<28} {value:10.3f}", flush=True)
    return figures
