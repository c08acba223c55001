"""The supervisor keeps its children running, says what happens, and stops them all."""

import itertools
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from gezhi.interfaces.serving.processes import Process
from gezhi.interfaces.serving.supervisor import Supervisor, port_taken


def python(code: str, *, name: str = "web", port: int | None = None) -> Process:
    return Process(name, (sys.executable, "-c", code), port)


def has_ended(pid: str) -> bool:
    """Whether the process is gone, or only waits to be collected by its new parent."""
    state = Path("/proc", pid, "stat")
    for _ in range(20):
        if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def stop_soon(after: float) -> None:
    threading.Timer(after, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()


@pytest.fixture
def said() -> list[str]:
    return []


def test_a_child_that_crashes_is_started_again_and_it_is_said(tmp_path, said):
    marks = tmp_path / "starts"
    code = f"open({str(marks)!r}, 'a').write('x'); raise SystemExit(3)"
    supervisor = Supervisor([python(code, name="jobs")], said.append)
    stop_soon(1.5)
    assert supervisor.run(healthy=lambda: True, ready=lambda: None) == 0
    assert len(marks.read_text()) >= 2
    assert said[0] == "jobs ended with code 3; starting it again in 0.5 s"
    if len(said) > 1:
        assert said[1].endswith("in 1 s")


def test_a_process_that_people_wait_for_is_back_at_once_however_often_it_ends(tmp_path, said):
    marks = tmp_path / "starts"
    code = f"import time; open({str(marks)!r}, 'a').write(f'{{time.time()}} '); raise SystemExit(3)"
    supervisor = Supervisor([python(code, port=1)], said.append)
    stop_soon(5)
    assert supervisor.run(healthy=lambda: True, ready=lambda: None) == 0
    times = [float(time) for time in marks.read_text().split()]
    assert len(times) >= 6
    assert max(later - earlier for earlier, later in itertools.pairwise(times)) < 2


def test_what_a_dead_child_leaves_behind_does_not_go_on_listening(tmp_path, said):
    pids = tmp_path / "pids"
    orphan = f"import os, time; open({str(pids)!r}, 'a').write(f'{{os.getpid()}} '); time.sleep(60)"
    code = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {orphan!r}]); time.sleep(1); sys.exit(1)"
    supervisor = Supervisor([python(code, port=1)], said.append)
    stop_soon(2.5)
    supervisor.run(healthy=lambda: True, ready=lambda: None)
    assert has_ended(pids.read_text().split()[0])


def test_a_stop_ends_what_a_child_that_died_just_before_has_left(tmp_path, said):
    pids = tmp_path / "pids"
    orphan = f"import os, time; open({str(pids)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    code = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {orphan!r}]); time.sleep(60)"
    supervisor = Supervisor([python(code)], said.append)

    def kill_and_stop() -> None:
        os.kill(supervisor._children[0].running.pid, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGTERM)

    supervisor.run(healthy=pids.exists, ready=lambda: threading.Timer(0.3, kill_and_stop).start())
    assert has_ended(pids.read_text())


def test_a_stop_reaches_every_child_and_restores_the_signal_handlers(tmp_path, said):
    pid_file = tmp_path / "pid"
    code = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    before = signal.getsignal(signal.SIGTERM)
    ready = []
    supervisor = Supervisor([python(code)], said.append)
    assert supervisor.run(healthy=pid_file.exists, ready=lambda: (ready.append(1), stop_soon(0.2))) == 0
    assert ready == [1]
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)
    assert signal.getsignal(signal.SIGTERM) is before
    assert said == ["stopping; answers under way have some seconds"]


def test_a_server_that_never_comes_up_is_given_up(said):
    supervisor = Supervisor([python("raise SystemExit(1)", port=1)], said.append)
    begun = time.monotonic()
    assert supervisor.run(healthy=lambda: False, ready=lambda: None) == 1
    assert time.monotonic() - begun < 20
    assert "does not come up" in said[-1]


def test_a_taken_port_is_seen_and_a_free_one_is_not():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert port_taken("127.0.0.1", port)
    assert not port_taken("127.0.0.1", port)
