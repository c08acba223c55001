"""A child that is a copy of its parent: a session and a name of its own, and no longer there when the parent is gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gezhi.interfaces.serving.forking import CAN_FORK

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="copies of a process are for Linux")

# A parent of its own, since the suite's process has threads.
PARENT = """
import json, os, signal, sys, time
from pathlib import Path
from gezhi.interfaces.serving.processes import Process
from gezhi.interfaces.serving.supervisor import Supervisor
told = Path(sys.argv[1])
loaded = "before the copy"
def work():
    seen = {"pid": os.getpid(), "session": os.getsid(0), "name": Path("/proc/self/comm").read_text().strip(),
            "port": os.environ.get("GEZHI_WEB_PORT"), "loaded": loaded,
            "default": signal.getsignal(signal.SIGTERM) is signal.SIG_DFL}
    told.with_suffix(".new").write_text(json.dumps(seen))
    told.with_suffix(".new").rename(told)
    time.sleep(60)
children = [Process("web", (sys.executable, "-c", "raise SystemExit(9)"), 1, forked=work)]
environment = {**os.environ, "GEZHI_WEB_PORT": "4711"}
sys.exit(Supervisor(children, print, environment).run(healthy=told.exists, ready=lambda: print("ready", flush=True)))
"""


def gone(pid: int) -> bool:
    for _ in range(40):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def parent(tmp_path):
    told = tmp_path / "told.json"
    process = subprocess.Popen([sys.executable, "-c", PARENT, str(told)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    yield process, json.loads(told.read_text()), told
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_copy_has_what_is_loaded_and_a_session_a_name_and_an_environment_of_its_own(parent):
    process, seen, _ = parent
    assert seen == {
        "pid": seen["pid"],
        "session": seen["pid"],
        "name": "gezhi web",
        "port": "4711",
        "loaded": "before the copy",
        "default": True,
    }
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert gone(seen["pid"])


def test_a_copy_that_is_killed_is_followed_by_another(parent):
    process, seen, told = parent
    told.unlink()
    os.kill(seen["pid"], signal.SIGKILL)
    assert process.stdout.readline() == "web ended with signal 9; starting it again in 0.1 s\n"
    begun = time.monotonic()
    while not told.exists() and time.monotonic() - begun < 10:
        time.sleep(0.02)
    assert json.loads(told.read_text())["pid"] != seen["pid"]


def test_a_copy_ends_when_its_parent_is_killed(parent):
    process, seen, _ = parent
    process.kill()
    assert gone(seen["pid"])
