"""A full disk: words and 503 for people and programs, nothing half left, work that waits and goes on."""

from __future__ import annotations

import errno
import json
import os
import sqlite3

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from gezhi.interfaces import health
from gezhi.interfaces.serving.intake import sweep
from gezhi.platform.files import store
from gezhi.platform.files.room import is_disk_full
from gezhi.platform.jobs.management.commands.run_jobs import give_up_tasks
from gezhi.platform.jobs.patience import LONGEST_WAIT, keep_working
from tests.factories.areas import centre
from tests.factories.cases import make_town

FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(autouse=True)
def _forget_full_disks():
    cache.clear()
    yield
    cache.clear()


def sqlite_says_full() -> OperationalError:
    """The error as Django passes it on, from a real database that may not grow."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE t (a)")
    database.execute("PRAGMA max_page_count=2")
    try:
        database.execute("INSERT INTO t VALUES (?)", ("x" * 100_000,))
    except sqlite3.OperationalError as error:
        wrapped = OperationalError(*error.args)
        wrapped.__cause__ = error
        return wrapped
    finally:
        database.close()
    raise AssertionError("the database grew")


class PostgresqlSaysFull(Exception):
    sqlstate = "53100"


def test_a_full_disk_is_told_from_other_failures():
    assert is_disk_full(FULL)
    assert is_disk_full(sqlite_says_full())
    assert is_disk_full(PostgresqlSaysFull())
    assert not is_disk_full(OSError(errno.EACCES, "Permission denied"))
    assert not is_disk_full(OperationalError("database is locked"))
    assert not is_disk_full(None)


@pytest.mark.django_db
@pytest.mark.parametrize("failure", [FULL, sqlite_says_full(), PostgresqlSaysFull()], ids=["disk", "sqlite", "pg"])
def test_the_api_and_the_pages_say_so_and_healthz_too(monkeypatch, failure):
    make_town()
    lon, lat = centre(0)

    def fail(**_):
        raise failure

    monkeypatch.setattr("gezhi.interfaces.api.v1.cases.report_case", fail)
    client = Client(raise_request_exception=False)
    body = {"class_code": "E0110", "description": "路边垃圾", "lon": lon, "lat": lat}
    answer = client.post("/api/v1/cases", json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer["Retry-After"] == "30"
    assert answer.json()["code"] == "disk_full"
    health = client.get("/healthz")
    assert (health.status_code, health.json()) == (503, {"status": "disk is full"})
    cache.clear()
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_a_page_says_so_wherever_it_fails(monkeypatch):
    def fail(*_, **__):
        raise FULL

    client = Client(raise_request_exception=False)
    # In a view, and in a middleware on the way out.
    for place in (
        "gezhi.interfaces.web.middleware.content_policy",
        "gezhi.interfaces.web.resident.pages.render",
    ):
        with monkeypatch.context() as patch:
            patch.setattr(place, fail)
            answer = client.get("/")
        assert answer.status_code == 503, place
        assert "存储空间不足" in answer.content.decode()


@pytest.mark.django_db
def test_healthz_says_so_before_anything_fails(monkeypatch):
    monkeypatch.setattr(health, "room_left", lambda folder: 1_000)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "disk is full"})


def test_a_fault_of_our_own_is_a_problem_document_for_the_api(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("a fault")

    monkeypatch.setattr("gezhi.interfaces.web.middleware.content_policy", fail)
    answer = Client(raise_request_exception=False).get("/api/v1/openapi.json")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "fault" not in answer.content.decode()


def test_nothing_is_left_of_a_file_that_could_not_be_written(monkeypatch, tmp_path):
    def fail(*_):
        raise FULL

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        store.write_whole(tmp_path / "aa" / "bb" / "x.jpg", b"content")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_killed_process_left_is_swept_when_it_is_old(tmp_path):
    for name, age in (("old", 4_000), ("young", 10)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    assert sweep(tmp_path, older_than=3_600, now=1_000_000) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["young"]


def test_the_worker_waits_longer_each_time_and_goes_on_by_itself():
    waits, tidied, failing = [], [], 9

    def work():
        nonlocal failing
        failing -= 1
        if failing >= 0:
            raise OperationalError("database or disk is full")

    keep_working(work, tidy=tidied.append, sleep=waits.append, monotonic=lambda: 0.0)
    assert waits == [1, 2, 4, 8, 16, 32, LONGEST_WAIT, LONGEST_WAIT, LONGEST_WAIT]
    assert len(tidied) == 9


@pytest.mark.django_db
def test_what_the_worker_had_in_hand_is_given_up(monkeypatch):
    from django_tasks.base import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    rows = [
        DBTaskResult.objects.create(
            task_path="gezhi.platform.jobs.upkeep.purge_outbox",
            args_kwargs={"args": [], "kwargs": {}},
            backend_name="default",
            priority=0,
            status=TaskResultStatus.RUNNING,
            worker_ids=["w" * 8, worker],
        )
        for worker in ("mine", "another")
    ]
    assert give_up_tasks(worker_id="mine", failure=OSError(errno.ENOSPC, "No space left on device")) == 1
    states = [DBTaskResult.objects.get(pk=row.pk).status for row in rows]
    assert states == [TaskResultStatus.FAILED, TaskResultStatus.RUNNING]
