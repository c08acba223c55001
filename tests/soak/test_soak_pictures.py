"""Pictures that are made to hurt: twelve thousand broken ones, and bombs while somebody else reports."""

from __future__ import annotations

import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.platform.files.images import take_in
from tests.factories.areas import centre
from tests.factories.photos import bomb, mutated, photo

REPOSITORY = Path(__file__).resolve().parents[2]
GEZHI = (sys.executable, "-m", "gezhi.interfaces.cli.main")
SECONDS = 25
FRONTIER = "frontier"


def test_twelve_thousand_mutated_pictures():
    found: Counter[str] = Counter()
    start = time.monotonic()
    for raw in mutated(seed=int(os.environ.get("GEZHI_SOAK_SEED", "1")), count=12_000):
        try:
            take_in(raw, time_zone="Asia/Shanghai")
        except InvalidInput as error:
            found[error.code] += 1
        else:
            found["drawn"] += 1
    figures = ", ".join(f"{name} {count}" for name, count in sorted(found.items()))
    print(f"\nmutated pictures: 12000 in {time.monotonic() - start:.0f} s, 0 crashes ({figures})")
    assert set(found) <= {"drawn", "photo_unreadable", "photo_too_large"}


def _free_port() -> int:
    import socket

    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """A real server over the small city, on SQLite, with limits on nobody."""
    home = tmp_path_factory.mktemp("home") / "data"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GEZHI_", "DJANGO_"))}
    environment = {
        **inherited,
        "GEZHI_HOME": str(home),
        "GEZHI_RATE_ANONYMOUS": "1000000/m",
        "PYTHONPATH": str(REPOSITORY),
    }
    subprocess.run([*GEZHI, "init", "--quiet"], env=environment, check=True, timeout=120)
    town = "import django; django.setup(); from tests.factories.cases import make_town; make_town()"
    settings = {"DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded"}
    subprocess.run([sys.executable, "-c", town], env=environment | settings, check=True, timeout=120, cwd=REPOSITORY)
    port = _free_port()
    server = subprocess.Popen(
        [*GEZHI, "serve", "--port", str(port)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert f":{port}/" in server.stdout.readline()
        yield f"http://127.0.0.1:{port}", home
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
        server.communicate()


def _post(address: str, body: bytes, kind: str, *, source: str = "127.0.0.1", **headers: str) -> tuple[int, dict]:
    """One request from an address of the loopback network: status and document."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60, source_address=(source, 0))
    try:
        connection.request("POST", parts.path, body, {"Content-Type": kind, **headers})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")
    finally:
        connection.close()


def _report(base: str) -> dict:
    lon, lat = centre(0)
    body = {"class_code": "E0110", "description": "路边垃圾", "lon": lon, "lat": lat}
    status, made = _post(f"{base}/api/v1/cases", json.dumps(body).encode(), "application/json")
    assert status == 201, made
    return made


def _send_photo(base: str, case: dict, raw: bytes, *, source: str = "127.0.0.1") -> tuple[int, dict]:
    head = f'--{FRONTIER}\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    body = head.encode() + raw + f"\r\n--{FRONTIER}--\r\n".encode()
    path, code = f"{base}/api/v1/cases/{case['number']}/photos", {"X-Follow-Code": case["follow_code"]}
    return _post(path, body, f"multipart/form-data; boundary={FRONTIER}", source=source, **code)


def _resident_megabytes(home: Path) -> dict[str, float]:
    """The largest memory so far of this server's processes: those that draw, and all others."""
    largest = {"drawing": 0.0, "others": 0.0}
    for folder in Path("/proc").iterdir():
        try:
            if f"GEZHI_HOME={home}".encode() not in (folder / "environ").read_bytes():
                continue
            status = dict(line.partition(":")[::2] for line in (folder / "status").read_text().splitlines())
            kind = "drawing" if b"drawing_process" in (folder / "cmdline").read_bytes() else "others"
            largest[kind] = max(largest[kind], int(status["VmHWM"].split()[0]) / 1024)
        except (OSError, KeyError):
            continue  # Ended meanwhile, or no process at all.
    return largest


def test_others_report_while_bombs_go_off(served):
    base, home = served
    for _ in range(3):
        _send_photo(base, _report(base), photo())
    before = _resident_megabytes(home)["others"]
    kinds = [bomb(), bomb(), bomb(1, 49_999_999), bomb(7_000, 7_142)]
    stop, answers, waits, memory = threading.Event(), Counter(), [], {"drawing": 0.0, "others": 0.0}
    honest, honest_waits = Counter(), []

    def attack(raw: bytes) -> None:
        case = _report(base)
        while not stop.is_set():
            status, answer = _send_photo(base, case, raw)
            answers[f"{status} {answer.get('code', '')}".strip()] += 1

    attackers = [threading.Thread(target=attack, args=(raw,)) for raw in kinds]
    for thread in attackers:
        thread.start()
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        start = time.monotonic()
        _report(base)
        waits.append(time.monotonic() - start)
        case, start = _report(base), time.monotonic()
        honest[_send_photo(base, case, photo(), source="127.0.0.2")[0]] += 1
        honest_waits.append(time.monotonic() - start)
        now = _resident_megabytes(home)
        memory = {kind: max(memory[kind], now[kind]) for kind in memory}
        time.sleep(0.2)
    stop.set()
    for thread in attackers:
        thread.join(60)
    grown = memory["others"] - before
    told = ", ".join(f"{name}: {count}" for name, count in sorted(answers.items()))
    print(
        f"\nbombs: 4 at once for {SECONDS} s ({told}); {len(waits)} reports meanwhile, median {statistics.median(waits):.2f} s, "
        f"slowest {max(waits):.2f} s; web grew by {grown:.0f} MB, drawing took {memory['drawing']:.0f} MB; "
        f"photos of somebody else: {dict(honest)}, "
        f"slowest {max(honest_waits):.2f} s"
    )
    assert set(honest) == {201}
    assert max(waits) < 2.0
    assert grown < 100
    assert memory["drawing"] < 1_024
    assert {status.split()[0] for status in answers} <= {"201", "409", "422", "503"}


def test_a_flood_of_bytes_is_not_spooled(served):
    """400 MB in one form: no more than the limit of a picture reaches the disk."""
    base, _ = served
    case, folder = _report(base), Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108
    before = {path.name for path in folder.iterdir()}
    largest, done = 0, threading.Event()

    def watch() -> None:
        nonlocal largest
        while not done.is_set():
            for path in folder.iterdir():
                if path.name not in before and path.name.endswith(".upload"):
                    try:
                        largest = max(largest, path.stat().st_size)
                    except FileNotFoundError:
                        continue
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    outcome = "given up"
    try:
        status, answer = _send_photo(base, case, b"x" * 400_000_000)
        outcome = f"{status} {answer.get('code')}"
    except (http.client.HTTPException, OSError):
        pass
    done.set()
    watcher.join()
    print(f"\nflood: 400 MB in one form: {outcome}; at most {largest / 1e6:.1f} MB on the disk")
    assert largest <= 13_000_000
    assert not outcome.startswith("201")
    assert not [path for path in folder.iterdir() if path.name not in before and path.name.endswith(".upload")]
