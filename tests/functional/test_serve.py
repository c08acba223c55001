"""`gezhi init`, `doctor` and `serve` as a person runs them, in a data folder of their own."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from gezhi.interfaces.serving.supervisor import port_taken
from tests.factories.served import GEZHI, free_port, gezhi

BUILD = Path(__file__).resolve().parents[2] / "src" / "gezhi" / "interfaces" / "web" / "static" / "build"


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    # A database of its own, whatever the suite itself runs on.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GEZHI_", "DJANGO_"))}
    return {**inherited, "GEZHI_HOME": str(tmp_path_factory.mktemp("home") / "data")}


@pytest.fixture(scope="module")
def ready(environment):
    before = gezhi(environment, "doctor", "--json")
    done = gezhi(environment, "init")
    assert done.returncode == 0, done.stderr
    return before


def test_doctor_says_what_is_missing_before_init_and_nothing_stops_after(environment, ready):
    findings = {finding["subject"]: finding for finding in json.loads(ready.stdout)["findings"]}
    assert ready.returncode == 1
    assert findings["database"]["weight"] == "stops"
    assert "gezhi init" in findings["database"]["remedy"]
    after = gezhi(environment, "doctor")
    assert after.returncode == 0, after.stdout


def test_init_can_be_repeated_and_keeps_the_keys(environment, ready):
    folder = Path(environment["GEZHI_HOME"]) / "keys"
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert {"django.key", "vault.key", "audit.key"} <= before.keys()
    assert gezhi(environment, "init", "--quiet").stdout == ""
    assert {path.name: path.read_text() for path in folder.iterdir()} == before
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())


def test_serve_refuses_a_database_that_is_not_ready(environment, tmp_path):
    done = gezhi({**environment, "GEZHI_HOME": str(tmp_path)}, "serve", "--port", str(free_port()))
    assert done.returncode == 2
    assert "gezhi init" in done.stderr


def weight_of_script(port: int, takes: str) -> int:
    """Bytes on the wire of the script of every page, for a browser that takes so much."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/static/build/app.js", headers={"Accept-Encoding": takes})
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - loopback
        assert answer.headers.get("Content-Encoding", "identity") == takes
        return len(answer.read())


def refused_for_its_key(port: int) -> tuple[int, str]:
    """What a report is answered whose idempotency key is not ASCII: without it, it could come twice."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/api/v1/cases")
    connection.putheader("Idempotency-Key", b"0b8ee9b6-8a1c-4a3e-9d36-3d8a5c2f8f4\xe9")
    connection.putheader("Content-Length", "2")
    connection.endheaders(b"{}")
    answer = connection.getresponse()
    return answer.status, json.load(answer)["code"]


def test_serve_answers_names_a_taken_port_and_stops_on_ctrl_c(environment, ready):
    port = free_port()
    server = subprocess.Popen(
        [*GEZHI, "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert f"http://127.0.0.1:{port}/" in server.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            assert json.load(answer) == {"status": "ok"}
        if (BUILD / "app.js").exists():
            sizes = {name: weight_of_script(port, name) for name in ("identity", "gzip", "br")}
            assert sizes["br"] < sizes["gzip"] < sizes["identity"] / 2
        for where in (port, free_port()):
            twin = gezhi(environment, "serve", "--port", str(where))
            assert twin.returncode == 2
            assert f"is served already, by process {server.pid}" in twin.stderr
        assert refused_for_its_key(port) == (400, "unreadable_header")
        begun = time.monotonic()
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=15) == 0
        assert time.monotonic() - begun < 12
    finally:
        if server.poll() is None:
            server.kill()
        said = server.communicate()[1]
    assert "gezhi serve: stopping" in said
    assert not port_taken("127.0.0.1", port)
    with socket.create_server(("127.0.0.1", port)):
        done = gezhi(environment, "serve", "--port", str(port))
    assert done.returncode == 2
    assert f"port {port} (web) is taken" in done.stderr
    assert f"--port {port + 10}" in done.stderr


def test_settings_that_cannot_be_read_are_named(environment, tmp_path):
    (tmp_path / "settings.toml").write_text("port = = 3")
    done = gezhi({**environment, "GEZHI_HOME": str(tmp_path)}, "doctor")
    assert done.returncode == 2
    assert "settings.toml" in done.stderr
