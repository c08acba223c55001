"""Which processes an instance has, and what each is told."""

from __future__ import annotations

import itertools

from gezhi.interfaces.serving.processes import Connections, processes, room_for_connections


def options(command: tuple[str, ...]) -> dict[str, str]:
    return dict(itertools.pairwise(command))


def test_each_worker_is_a_server_of_its_own_so_that_one_that_ends_takes_no_other_with_it():
    limits = Connections(most=4_000, header_seconds=7)
    children = processes(host="127.0.0.1", port=8000, workers=3, connections=limits)
    assert [child.name for child in children] == ["web", "web 2", "web 3", "live", "jobs"]
    assert [child.port for child in children] == [8000, 8000, 8000, 8001, None]
    for child in children[:4]:
        told = options(child.command)
        assert (told["--workers"], told["--http"]) == ("1", "1")
        assert (told["--backpressure"], told["--http1-header-read-timeout"]) == ("4000", "7000")


def test_connections_are_never_more_than_the_machine_lets_a_process_open():
    assert room_for_connections(10, uploads=5) == 10
    assert room_for_connections(10**9, uploads=5) < 10**7
