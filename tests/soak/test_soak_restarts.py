"""Web, live and job processes killed again and again while reports come in: none that was acknowledged is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time

import pytest

from tests.factories.served import command_of, descendants, environment_of, found_town, name_of, serving

KILLS, REPORTERS = 12, 3
MARKS = {"web": "gezhi web", "live": "live.app", "jobs": "run_jobs"}


def victims(server, kind: str) -> list[int]:
    return [pid for pid in descendants(server.process.pid) if MARKS[kind] in f"{name_of(pid)} {command_of(pid)}"]


class Reporter(threading.Thread):
    """Files one report after the other, each under a key; a report without an answer is sent again, as a phone does."""

    def __init__(self, server, number: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.server, self.number, self.stop = server, number, stop
        self.acknowledged: dict[int, str] = {}
        self.longest_gap = 0.0
        self.faults: list[object] = []

    def run(self) -> None:
        number, last = self.number * 100_000, time.monotonic()
        while not self.stop.is_set():
            try:
                status, _, body = self.server.report(number, key="kills")
            except OSError:
                time.sleep(0.05)
                continue
            if status not in {200, 201}:
                self.faults.append((status, body))
                time.sleep(0.05)
                continue
            self.acknowledged[number] = json.loads(body)["number"]
            self.longest_gap = max(self.longest_gap, time.monotonic() - last)
            last = time.monotonic()
            number += 1


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_acknowledged_report_is_lost_over_kills(tmp_path, database, request):
    given = {"rate_anonymous": "10000000/m", "rate_signed_in": "10000000/m"}
    if database == "postgresql":
        given["database_url"] = request.getfixturevalue("fresh_postgresql")
    environment = environment_of(tmp_path / "data", **given)
    token = found_town(environment)
    chance = random.Random(1)  # noqa: S311 - the same victims in each run
    with serving(environment) as server:
        stop = threading.Event()
        reporters = [Reporter(server, number, stop) for number in range(REPORTERS)]
        for reporter in reporters:
            reporter.start()
        kills = 0
        for _ in range(KILLS):
            time.sleep(2.5)
            kind = chance.choice(["web", "web", "web", "live", "jobs"])
            found = victims(server, kind)
            if found:
                os.kill(chance.choice(found), signal.SIGKILL)
                kills += 1
        time.sleep(3)
        server.wait_until_up()
        stop.set()
        for reporter in reporters:
            reporter.join(30)
        lost, seen = [], 0
        for reporter in reporters:
            assert reporter.faults == []
            for number, case in reporter.acknowledged.items():
                status, _, body = server.ask(
                    "GET", f"/api/v1/cases/{case}", headers={"Authorization": f"Bearer {token}"}
                )
                seen += 1
                if status != 200 or case not in body.decode():
                    lost.append((number, case, status))
        assert lost == []
        gap = max(reporter.longest_gap for reporter in reporters)
    assert gap < 2
    print(f"kills, {database}: {kills} kills, {seen} acknowledged reports all there, longest gap {gap:.1f} s")
