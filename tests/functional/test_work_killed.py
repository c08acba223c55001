"""The real worker process is killed in the middle of an import: the run is found, done again, and nothing is twice or half."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.factories.served import environment_of, found_town, gezhi

ROWS = 24_000
MAPPING = """
source = "town-hotline"
[columns]
id = "no"
reported_at = "reported"
class = "kind"
description = "words"
longitude = "lon"
latitude = "lat"
[classes]
default = "E0110"
"""
START = """
import django; django.setup()
import sys
from pathlib import Path
from gezhi.kernel.clock import now
from gezhi.platform.access.actor import system_actor
from gezhi.platform.work.use_cases.start_work import start_work
from gezhi.platform.work.use_cases.take_upload import take_upload
actor = system_actor("cli:test")
def sent(path):
    return take_upload(actor=actor, kind_name="import_case_file", path=Path(path), file_name=Path(path).name,
                       content_type="text/plain", now=now())
given = {"file": sent(sys.argv[1]), "own_mapping": sent(sys.argv[2])}
print(start_work(actor=actor, name="import_case_file", given=given, now=now()).id.hex)
"""
# Looks every few milliseconds, and acts at once: an import of this size is over while another process starts.
ONCE_IN_IT = """
import django; django.setup()
import os, signal, sys, time
from uuid import UUID
from gezhi.kernel.clock import now
from gezhi.platform.access.actor import system_actor
from gezhi.platform.work.models import WorkRun
from gezhi.platform.work.use_cases.stop_work import stop_work
run_id = UUID(sys.argv[1])
print("ready", flush=True)
pid, until = int(sys.stdin.readline()), time.monotonic() + 90
while not WorkRun.objects.filter(id=run_id, state="running", total__gt=0, done__gte=1_000).exists():
    assert time.monotonic() < until, "the run got nowhere"
    time.sleep(0.005)
if pid:
    os.kill(pid, signal.SIGKILL)
else:
    stop_work(actor=system_actor("cli:test"), run_id=run_id, now=now())
"""
COUNT = """
import django; django.setup()
from django.db.models import Count
from gezhi.contexts.cases.models import Case
from gezhi.platform.audit.models import AuditRecord
import json
twice = Case.objects.values("external_id").annotate(n=Count("id")).filter(n__gt=1).count()
mute = Case.objects.annotate(n=Count("steps")).filter(n=0).count()
actions = list(AuditRecord.objects.filter(object_type="work").order_by("seq").values_list("action", flat=True))
print(json.dumps({"cases": Case.objects.count(), "twice": twice, "without_history": mute, "actions": actions}))
"""


@pytest.fixture
def city(tmp_path):
    environment = environment_of(tmp_path / "data", work_silence=3)
    environment["DJANGO_SETTINGS_MODULE"] = "gezhi.config.settings.embedded"
    found_town(environment)
    return environment


def python(environment, code: str, *arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


@contextmanager
def worker(environment, log: Path):
    with log.open("ab") as handle:
        process = subprocess.Popen(
            [sys.executable, "-m", "django", "run_work"], env=environment, stdout=handle, stderr=handle
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                assert process.wait(20) == 0


@contextmanager
def once_in_it(environment, run_id: str):
    """Yields what is to be called with the process to kill once the run is in its rows; with 0 the run is stopped."""
    watcher = subprocess.Popen(
        [sys.executable, "-c", ONCE_IN_IT, run_id],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with watcher:
        assert watcher.stdout.readline() == "ready\n"

        def act(pid: int) -> None:
            watcher.communicate(f"{pid}\n")
            assert watcher.returncode == 0

        yield act


def shown(environment, run_id: str) -> dict:
    return json.loads(gezhi(environment, "work", "show", run_id).stdout)


def wait_for(environment, run_id: str, holds, *, seconds: float = 90) -> dict:
    until = time.monotonic() + seconds
    while not holds(found := shown(environment, run_id)):
        assert time.monotonic() < until, found
    return found


def said_by_audit(environment) -> list[str]:
    """What the record has against the city. The town was laid into its tables by hand, so it is never nothing."""
    return gezhi(environment, "audit", "verify").stdout.splitlines()[:-1]


def files(folder: Path) -> tuple[Path, Path]:
    mapping, rows = folder / "town.toml", folder / "town.csv"
    mapping.write_text(MAPPING, "utf-8")
    lines = [
        f"{n},2026-03-02T02:{n % 60:02}:00+08:00,垃圾,路边有垃圾 {n},112.0{n % 50 + 10},32.02" for n in range(ROWS)
    ]
    rows.write_text("no,reported,kind,words,lon,lat\n" + "\n".join(lines) + "\n", "utf-8")
    return rows, mapping


def test_a_worker_killed_in_the_middle_of_an_import_leaves_a_run_that_is_done_again(city, tmp_path):
    before = said_by_audit(city)
    run_id = python(city, START, *files(tmp_path))
    log = tmp_path / "worker.log"
    with once_in_it(city, run_id) as kill, worker(city, log) as first:
        kill(first.pid)
        first.wait(10)
    left = json.loads(python(city, COUNT))
    assert 0 < left["cases"] < ROWS
    assert left["cases"] % 1_000 == 0
    assert (left["twice"], left["without_history"]) == (0, 0)
    assert shown(city, run_id)["state"] == "running"
    with worker(city, log):
        ended = wait_for(city, run_id, lambda run: run["state"] in {"done", "failed", "stopped"})
    assert "work.abandoned" in log.read_text()
    assert (ended["state"], ended["result"]["imported"], ended["result"]["existing"]) == (
        "done",
        ROWS - left["cases"],
        left["cases"],
    )
    found = json.loads(python(city, COUNT))
    assert found == {"cases": ROWS, "twice": 0, "without_history": 0, "actions": ["work.started", "work.done"]}
    assert said_by_audit(city) == before
    # What the killed worker had in hand goes with the upkeep of the next day; what the second had is gone already.
    assert [path.name for path in (tmp_path / "data" / "work").iterdir()] == [f"{run_id}-1"]


def test_an_import_that_is_stopped_keeps_whole_thousands_and_is_taken_up(city, tmp_path):
    before = said_by_audit(city)
    run_id = python(city, START, *files(tmp_path))
    with once_in_it(city, run_id) as stop, worker(city, tmp_path / "worker.log"):
        stop(0)
        ended = wait_for(city, run_id, lambda run: run["state"] != "running")
    assert ended["state"] == "stopped"
    left = json.loads(python(city, COUNT))
    assert 0 < left["cases"] < ROWS
    assert left["cases"] % 1_000 == 0
    assert left["without_history"] == 0
    again = python(city, START, *files(tmp_path))
    with worker(city, tmp_path / "worker.log"):
        ended = wait_for(city, again, lambda run: run["state"] in {"done", "failed"})
    assert ended["result"]["imported"] == ROWS - left["cases"]
    assert said_by_audit(city) == before
