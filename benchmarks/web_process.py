"""What a web process takes (memory, seconds to its first answer) and what a hub page costs, beside Django alone.

The server runs as in production (one web process, SQLite in WAL mode). References of the same run: a program of Django
with one view, for memory and start; one insert and one list of 50 in bare SQLite, for CPU time.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks._load import Ask, Look, drive, reports, request, settle
from benchmarks._processes import cpu_seconds, free_port, memory_mb, with_children
from benchmarks.cases_http import _bare_sqlite

SIDE, CASES = 70, 5_000
STARTS = 3
# Before the memory is read.
REQUESTS = 200
ASKED = 300
POSTS = 500
MB = 1_000

_PREPARE = """
import sys
import django
django.setup()
from benchmarks._town import fill
fill(side=int(sys.argv[1]), cases=int(sys.argv[2]))
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from gezhi.platform.access.sessions import SessionStore
person = get_user_model().objects.get(username="operations")
session = SessionStore()
session[SESSION_KEY] = str(person.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = person.get_session_auth_hash()
session.save()
print(session.session_key)
"""

_DJANGO_ALONE = """
import sys
from wsgiref.simple_server import make_server
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
urlpatterns = [path("healthz", lambda request: HttpResponse("ok"))]
make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application()).serve_forever()
"""


@contextlib.contextmanager
def _served(command: list[str], port: int, environment: dict[str, str]) -> Iterator[tuple[int, float]]:
    """Run a server; yields its process id and the seconds until ``/healthz`` was first good."""
    start = time.perf_counter()
    server = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not _healthy(port):
            if time.perf_counter() - start > 60 or server.poll() is not None:
                raise RuntimeError(f"{command[0]} does not come up")
            time.sleep(0.01)
        yield server.pid, time.perf_counter() - start
    finally:
        server.terminate()
        server.wait(20)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _memory_mb(pid: int) -> tuple[float, float]:
    """Resident megabytes of a process: all (RSS), and with what it shares counted by its share (PSS)."""
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, size = line.split()[:2]
        sizes[name.rstrip(":")] = int(size) / MB
    return sizes["Rss"], sizes["Pss"]


def _mapped_mb(pid: int, name: str) -> float:
    """Resident megabytes of a file that a process has mapped: the system's own copy, given up when memory is wanted."""
    found, size = False, 0
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if not line.split()[0].endswith(":"):
            found = line.endswith(name)
        elif found and line.startswith("Rss:"):
            size += int(line.split()[1])
    return size / MB


def _web_processes(pid: int) -> list[int]:
    """The processes that answer requests for pages: those named so, without the ones that only watch over them."""
    named = [
        process for process in with_children(pid) if Path(f"/proc/{process}/comm").read_text().startswith("gezhi web")
    ]
    return [process for process in named if not set(with_children(process)[1:]) & set(named)]


def _cpu_ms(pid: int, port: int, count: int, ask: Ask, look: Look | None = None) -> float:
    """CPU milliseconds of all server processes for a request, once they have met some of the kind."""
    drive(port, 40, ask)
    before = cpu_seconds(pid)
    drive(port, count, ask, look=look)
    return (cpu_seconds(pid) - before) / count * 1_000


def _page(address: str, session: str, language: str) -> bytes:
    return request("GET", address, {"Cookie": f"sessionid={session}; django_language={language}"})


def _full(number: int, body: bytes) -> None:
    if body.count(b'<a class="list-row" id=') != 50:
        raise RuntimeError("the page does not show 50 cases")


def _measure(pid: int, port: int, session: str) -> dict[str, float]:
    settle(pid)
    rows, page = (_page(address, session, "zh-hans") for address in ("/hub/rows?queue=all", "/hub?queue=all"))
    english, post = _page("/hub/rows?queue=all", session, "en"), reports(SIDE)
    drive(port, REQUESTS // 2, post)
    drive(port, REQUESTS // 2, lambda _: page)
    processes = _web_processes(pid)
    memory = [_memory_mb(process) for process in processes]
    return {
        "web_processes": float(len(memory)),
        "web_rss_mb": max(rss for rss, _ in memory),
        "web_pss_mb": max(pss for _, pss in memory),
        "of_rss_database_file_mb": max(_mapped_mb(process, "gezhi.sqlite3") for process in processes),
        "all_processes_pss_mb": memory_mb(pid),
        "hub_rows_cpu_ms": _cpu_ms(pid, port, ASKED, lambda _: rows, _full),
        "hub_rows_english_cpu_ms": _cpu_ms(pid, port, ASKED, lambda _: english, _full),
        "hub_page_cpu_ms": _cpu_ms(pid, port, ASKED, lambda _: page, _full),
        "post_cpu_ms": _cpu_ms(pid, port, POSTS, post),
    }


def _django_alone(environment: dict[str, str]) -> tuple[float, float]:
    """Seconds to the first answer and resident megabytes of a program of Django with one view."""
    port = free_port()
    with _served([sys.executable, "-c", _DJANGO_ALONE, str(port)], port, environment) as (pid, seconds):
        return seconds, _memory_mb(pid)[0]


def run() -> dict[str, float]:
    """Run the benchmark and print the figures."""
    home = Path(tempfile.mkdtemp(prefix="gezhi-bench-"))
    environment = {
        **os.environ,
        "GEZHI_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded",
        "GEZHI_RATE_ANONYMOUS": "1000000/m",
        "GEZHI_RATE_SIGNED_IN": "1000000/m",
    }
    try:
        gezhi = str(Path(sys.executable).parent / "gezhi")
        subprocess.run([gezhi, "init", "--quiet"], env=environment, check=True)
        prepare = [sys.executable, "-c", _PREPARE, str(SIDE), str(CASES)]
        prepared = subprocess.run(prepare, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        session = prepared.stdout.split()[-1]
        seconds = []
        for start in range(STARTS):
            port = free_port()
            serve = [gezhi, "serve", "--port", str(port), "--workers", "1", "--no-jobs"]
            with _served(serve, port, environment) as (pid, to_answer):
                seconds.append(to_answer)
                if start == STARTS - 1:
                    figures = _measure(pid, port, session)
        bare_seconds, bare_mb = _django_alone(environment)
        bare_insert_ms, bare_select_ms = _bare_sqlite(home)
    finally:
        shutil.rmtree(home)
    figures = {
        "to_healthz_s": statistics.median(seconds),
        "start_ratio_to_django_alone": statistics.median(seconds) / bare_seconds,
        **figures,
        "rss_ratio_to_django_alone": figures["web_rss_mb"] / bare_mb,
        "rows_ratio_to_bare_select": figures["hub_rows_cpu_ms"] / bare_select_ms,
        "post_ratio_to_bare_insert": figures["post_cpu_ms"] / bare_insert_ms,
        "django_alone_s": bare_seconds,
        "django_alone_rss_mb": bare_mb,
        "bare_insert_cpu_ms": bare_insert_ms,
        "bare_select_cpu_ms": bare_select_ms,
    }
    for name, value in figures.items():
        print(f"{name:<28} {value:10.3f}", flush=True)
    return figures
