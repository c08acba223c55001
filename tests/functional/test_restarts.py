"""A web process that dies is back within two seconds, however often it dies, and nobody is left behind on its port."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.factories.served import descendants, environment_of, gezhi, name_of, serving


def web_processes(server) -> tuple[list[int], list[int]]:
    """Granian's own process of the web server, and its workers."""
    below = {pid: name_of(pid) for pid in descendants(server.process.pid)}
    web = [pid for pid, name in below.items() if name.startswith("gezhi web")]
    return web[:1], web[1:]


def back_after_killing(server, *, worker: bool) -> float:
    """Kill the web server's main process or its worker; seconds until another one answers."""
    main, workers = web_processes(server)
    (dead,) = workers if worker else main
    os.kill(dead, signal.SIGKILL)
    begun = time.monotonic()
    while time.monotonic() - begun < 30:
        time.sleep(0.02)
        main, workers = web_processes(server)
        if dead not in main + workers and len(main) == len(workers) == 1:
            try:
                server.seconds_of(timeout=1)
            except OSError:
                continue
            return time.monotonic() - begun
    raise RuntimeError(server.log.read_text())


@pytest.mark.parametrize("who", ["main", "worker"])
def test_a_killed_web_process_is_back_within_two_seconds_again_and_again(tmp_path, who):
    environment = environment_of(tmp_path / "data")
    assert gezhi(environment, "init").returncode == 0
    with serving(environment, "--no-jobs") as server:
        gaps = [back_after_killing(server, worker=who == "worker") for _ in range(4)]
    assert max(gaps) < 2, gaps
