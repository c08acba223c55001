"""Keep a handful of child processes running until told to stop.

A child that ends is started again after a pause that doubles while it ends again and falls back once it has lived for a
minute: from 0.5 s to 30 s for one that works in the background, from 0.1 s to 0.4 s for one that people wait for. What it
has left of its own processes is ended first: they would go on listening beside the new ones. Children get sessions of
their own, so that Ctrl-C reaches only the supervisor, which then stops them in order and waits; on Linux the kernel ends
them too if the supervisor itself is killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from gezhi.interfaces.serving.forking import CAN_FORK, Forked, end_with_parent
from gezhi.interfaces.serving.processes import Process

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
FIRST_PAUSE_SERVING, LONGEST_PAUSE_SERVING = 0.1, 0.4
STEADY_AFTER = 60.0
HOPELESS_AFTER = 3  # restarts of one child before anything was ever served
STOP_WITHIN = 10.0
TICK = 0.1


def port_taken(host: str, port: int) -> bool:
    """Whether something else listens on the port. The check is needed because granian shares ports on purpose."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


_Running = subprocess.Popen[bytes] | Forked


@dataclass
class _Child:
    process: Process
    running: _Running | None = None
    started: float = 0.0
    due: float = 0.0
    restarts: int = 0
    pause: float = field(init=False)

    def __post_init__(self) -> None:
        self.calm()

    def calm(self) -> None:
        """Back to the shortest pause."""
        self.pause = FIRST_PAUSE if self.process.port is None else FIRST_PAUSE_SERVING

    def lengthen(self) -> None:
        """The next pause is twice as long, up to the longest of its kind."""
        longest = LONGEST_PAUSE if self.process.port is None else LONGEST_PAUSE_SERVING
        self.pause = min(self.pause * 2, longest)


def _end_group(running: _Running) -> None:
    """End what is left of a child's session: the child has one of its own, so the group is itself and its workers."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(running.pid, signal.SIGKILL)


@dataclass
class Supervisor:
    """Runs ``processes`` until SIGINT or SIGTERM. ``say`` receives one line per thing worth knowing."""

    processes: Sequence[Process]
    say: Callable[[str], None]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    _children: list[_Child] = field(default_factory=list, init=False)
    _stopping: bool = field(default=False, init=False)

    def run(self, *, healthy: Callable[[], bool], ready: Callable[[], None], patience: float = 60.0) -> int:
        """Start all, call ``ready`` once ``healthy()``, keep them running. Returns the exit code.

        0 after a stop that was asked for; 1 if the children did not become healthy within ``patience`` seconds.
        """
        with self._signals():
            self._children = [_Child(process) for process in self.processes]
            for child in self._children:
                self._start(child)
            code = self._loop(healthy, ready, time.monotonic() + patience)
            if self._stopping:
                self.say("stopping; answers under way have some seconds")
            self._stop()
        return code

    def _loop(self, healthy: Callable[[], bool], ready: Callable[[], None], give_up: float) -> int:
        waiting = True
        while not self._stopping:
            for child in self._children:
                self._tend(child)
            if waiting and healthy():
                waiting = False
                ready()
            elif waiting and (time.monotonic() > give_up or self._hopeless()):
                self.say("the server does not come up; the lines above say why, or `gezhi doctor` does")
                return 1
            time.sleep(TICK)
        return 0

    def _hopeless(self) -> bool:
        return any(child.restarts >= HOPELESS_AFTER for child in self._children if child.process.port is not None)

    def _start(self, child: _Child) -> None:
        process = child.process
        if CAN_FORK and process.forked is not None:
            child.running = Forked(process.forked, name=f"gezhi {process.name}", environment=self.environment)
        else:
            child.running = subprocess.Popen(  # noqa: S603 - our own command lines
                process.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=end_with_parent if CAN_FORK else None,  # noqa: PLW1509 - single-threaded here
            )
        child.started = time.monotonic()

    def _tend(self, child: _Child) -> None:
        now = time.monotonic()
        if child.running is None:
            if now >= child.due:
                self._start(child)
            return
        status = child.running.poll()
        if status is None:
            if now - child.started > STEADY_AFTER:
                child.calm()
            return
        _end_group(child.running)
        child.running, child.restarts = None, child.restarts + 1
        child.due = now + child.pause
        how = f"signal {-status}" if status < 0 else f"code {status}"
        self.say(f"{child.process.name} ended with {how}; starting it again in {child.pause:g} s")
        child.lengthen()

    def _stop(self) -> None:
        started = [child.running for child in self._children if child.running is not None]
        for running in started:
            running.terminate()
        give_up = time.monotonic() + STOP_WITHIN
        for running in started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(max(0.1, give_up - time.monotonic()))
            # Also where the child itself has ended: it may have done so without its workers.
            _end_group(running)
            running.wait()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(_number: int, _frame: FrameType | None) -> None:
            self._stopping = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def answers(url: str) -> bool:
    """Whether a GET of ``url`` gives 200 within two seconds."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
