"""What processes cost, as the kernel accounts it, and a port for them."""

from __future__ import annotations

import os
import socket
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_ESTABLISHED = "01"


def free_port() -> int:
    """A port that is free together with the one after it, which the live edge takes."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def with_children(pid: int) -> list[int]:
    """A process and all that live below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += with_children(int(child))
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and all its living children."""
    total = 0
    for process in with_children(pid):
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICK


def memory_mb(pid: int) -> float:
    """MB that a process and its living children hold in memory, what they share counted once (PSS)."""
    total = 0
    for process in with_children(pid):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1_000


def live_edge_of(pid: int) -> int:
    """The process of the live edge among the children of ``gezhi serve``."""
    for process in with_children(pid):
        if b"gezhi.interfaces.live.app" in Path(f"/proc/{process}/cmdline").read_bytes():
            return process
    raise RuntimeError("gezhi serve runs no live edge")


def connections_to(port: int) -> int:
    """How many connections the servers on a port hold, as the kernel lists them."""
    found = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, *_ = line.split()
        found += state == _ESTABLISHED and int(local.rpartition(":")[2], 16) == port
    return found
