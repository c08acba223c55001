"""A disk that fills up for real: what people, programs, the health check and the job worker see, and the day after."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest

from tests.factories.served import answer_on, command_of, descendants, environment_of, found_town, serving

SIZE_MIB = 120
LONG = "长" * 1_500


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this account may not mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as handle:
        try:
            while True:
                handle.write(b"\0" * 65_536)
        except OSError:
            pass
        try:
            while True:
                handle.write(b"\0" * 512)
        except OSError:
            pass
    return filler


def job_workers(server) -> list[int]:
    return [pid for pid in descendants(server.process.pid) if "run_jobs" in command_of(pid)]


def test_a_disk_that_is_full_and_then_has_room_again(small_disk):
    environment = environment_of(small_disk / "data", disk_reserve_mb=1, rate_anonymous="100000/m")
    found_town(environment)
    with serving(environment) as server:
        status, _, body = server.report(0, key="full")
        assert status == 201, body
        workers = job_workers(server)
        filler = fill(small_disk)
        seen: dict[int, int] = {}
        acknowledged = [0]
        for number in range(1, 400):
            status, headers, body = server.report(number, key="full", words=LONG)
            seen[status] = seen.get(status, 0) + 1
            if status == 201:
                acknowledged.append(number)
                continue
            assert status == 503, body
            assert headers["Content-Type"] == "application/problem+json"
            assert headers["Retry-After"]
            if seen[503] >= 20:
                break
        assert seen.get(503, 0) >= 20
        status, _, body = server.ask("GET", "/healthz")
        assert (status, json.loads(body)) == (503, {"status": "disk is full"})
        # An upload is turned away before it is stored; the page is in the product's words.
        with server.connect() as connection:
            size = 1_000_000
            form = "Content-Type: multipart/form-data; boundary=x\r\nHost: localhost"
            connection.sendall(f"POST /report/send HTTP/1.1\r\n{form}\r\nContent-Length: {size}\r\n\r\n".encode())
            connection.sendall(b"x" * size)
            status, headers, body = answer_on(connection)
        assert status == 503
        assert "存储空间不足" in body.decode()
        assert server.ask("GET", "/")[0] == 200
        # Long enough for the worker to fail a few times.
        time.sleep(25)
        assert job_workers(server) == workers, "the job worker was started again"
        assert list((small_disk / "data" / "incoming").iterdir()) == []
        filler.unlink()
        begun = time.monotonic()
        while server.ask("GET", "/healthz")[0] != 200:
            assert time.monotonic() - begun < 60
            time.sleep(0.5)
        recovered = time.monotonic() - begun
        for number in (*acknowledged, 500):
            status, _, body = server.report(number, key="full", **({} if number in {0, 500} else {"words": LONG}))
            assert status in {200, 201}, body
        assert job_workers(server) == workers
        leftovers = [path for path in (small_disk / "data").rglob("tmp*") if path.is_file()]
        assert leftovers == []
    print(
        f"full disk: {seen.get(201, 0)} reports fitted, {seen[503]} × 503, /healthz well {recovered:.1f} s after room,"
        f" job worker ended 0 times, {len(acknowledged)} acknowledged reports all there"
    )
