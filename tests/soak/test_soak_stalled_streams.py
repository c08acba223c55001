"""Streams of live updates whose readers take nothing: their queues fill, they are dropped, and nobody else notices."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks._processes import connections_to, live_edge_of, memory_mb
from benchmarks._streams import open_streams, read_until

from gezhi.interfaces.live.listener import QUEUE_LENGTH
from tests.factories.served import REPOSITORY, environment_of, found_town, serving

STALLED, READERS = 60, 5
# Seconds after which a reader that takes nothing is dropped; the events come well within.
SECONDS = 25
# Some five times what the queue, the native server and the kernel keep for one reader together.
EVENTS = 6_000
PUBLISH = """
import sys
import django
django.setup()
from benchmarks._outbox import repeat
repeat(count=int(sys.argv[1]), per_second=float(sys.argv[2]))
"""


def publish(environment, *, count: int, per_second: float = 1_000) -> subprocess.Popen[bytes]:
    settings = {"DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded", **environment}
    command = [sys.executable, "-c", PUBLISH, str(count), str(per_second)]
    return subprocess.Popen(command, env=settings, cwd=REPOSITORY, stdout=subprocess.PIPE)


def ids_of(publisher) -> list[int]:
    output, _ = publisher.communicate(timeout=60)
    assert publisher.returncode == 0
    return [int(line.split()[0]) for line in output.splitlines()]


def test_stalled_streams_cost_little_and_everybody_else_gets_every_event(tmp_path):
    environment = environment_of(
        tmp_path / "data", stalled_seconds=SECONDS, live_streams=STALLED + READERS, rate_anonymous="1000000/m"
    )
    token = found_town(environment)
    with serving(environment, "--no-jobs") as server:
        assert server.report(1, key="stalled", words="路边有一堆垃圾没有清理" * 20)[0] == 201
        since = ids_of(publish(environment, count=1))[0]
        port, live = server.port + 1, live_edge_of(server.process.pid)
        readers = open_streams(port, READERS, token=token, since=since)
        expected = []

        def follow(count: int) -> None:
            publisher = publish(environment, count=count)
            wanted = [(stream, len(stream.ids) + count) for stream in readers]
            read_until(readers, lambda: all(len(stream.ids) >= number for stream, number in wanted), seconds=60)
            expected.extend(ids_of(publisher))

        # What the first thousands leave behind in the process is no stalled reader's doing.
        follow(2_000)
        stalled = open_streams(port, STALLED, token=token, since=expected[-1], receive_buffer=2_048)
        before = memory_mb(live)
        begun = time.monotonic()
        follow(EVENTS // 2)
        full = memory_mb(live)
        follow(EVENTS // 2)
        later = memory_mb(live)
        assert time.monotonic() - begun < SECONDS, "the machine is too slow to see this"
        for stream in readers:
            assert stream.ids == expected
            assert not stream.resets
        each = (full - before) * 1_000 / STALLED
        print(f"stalled streams: {each:.0f} kB each, {before:.0f} → {full:.0f} → {later:.0f} MB")
        assert each < 500
        assert later - full < 5

        # Half of them read at last: what was kept for them, and then the word to start afresh.
        late, lost = stalled[: STALLED // 2], stalled[STALLED // 2 :]
        read_until(late, lambda: all(stream.resets for stream in late), seconds=30)
        for stream in late:
            assert stream.resets == 1
            assert stream.ids == expected[2_000 : 2_000 + len(stream.ids)]
            assert QUEUE_LENGTH // 4 < len(stream.ids) < QUEUE_LENGTH + 500
        print(f"stalled streams: {len(late[0].ids)} events kept for one")

        # The others are dropped; until then each was one of the streams that the account may have.
        give_up = time.monotonic() + SECONDS + 30
        while connections_to(port) > READERS + len(late) and time.monotonic() < give_up:
            time.sleep(0.2)
        print(f"stalled streams: dropped {time.monotonic() - begun:.0f} s after the first event")
        assert connections_to(port) == READERS + len(late)
        again = open_streams(port, len(lost), token=token, since=expected[-1])
        readers += again
        follow(20)
        assert all(stream.ids == expected[-20:] for stream in again)
        for stream in (*readers, *stalled):
            stream.connection.close()
