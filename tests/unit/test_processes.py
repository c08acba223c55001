"""Which processes an instance has, and what each is told."""

from __future__ import annotations

from gezhi.interfaces.serving.native import BACKLOG, BUFFER_BYTES, Connections, Native, main
from gezhi.interfaces.serving.processes import processes, room_for_connections

LIMITS = Connections(most=4_000, header_seconds=7)


def test_each_worker_is_a_server_of_its_own_so_that_one_that_ends_takes_no_other_with_it():
    children = processes(host="127.0.0.1", port=8000, workers=3, connections=LIMITS)
    assert [child.name for child in children] == ["web", "web 2", "web 3", "live", "jobs", "work"]
    assert [child.port for child in children] == [8000, 8000, 8000, 8001, None, None]
    # Pages come from copies of the supervisor; the live edge and the jobs are programs of their own.
    assert [child.forked is not None for child in children] == [True, True, True, False, False, False]


def test_a_command_line_says_all_that_a_copy_knows(monkeypatch):
    served = []

    def serve(native: Native) -> None:
        served.append(native)

    monkeypatch.setattr(Native, "serve", serve)
    native = Native("gezhi.config.served:application", "rsgi", "::1", 8000, LIMITS, grace_seconds=2)
    main(list(native.command[3:]))
    assert served == [native]


def test_a_server_has_one_worker_one_protocol_and_the_limits_it_was_given():
    server = Native("gezhi.config.served:application", "rsgi", "127.0.0.1", 8000, LIMITS).server()
    assert (server.workers, str(server.http), server.backpressure, server.backlog) == (1, "1", 4_000, BACKLOG)
    assert (server.http1_settings.header_read_timeout, server.http1_settings.max_buffer_size) == (7_000, BUFFER_BYTES)
    assert server.workers_kill_timeout == 5
    assert (server.respawn_failed_workers, server.respawn_interval, server.websockets) == (True, 0, False)


def test_connections_are_never_more_than_the_machine_lets_a_process_open():
    assert room_for_connections(10, uploads=5) == 10
    assert room_for_connections(10**9, uploads=5) < 10**7
