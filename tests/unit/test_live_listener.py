"""What waits for one reader is bounded, keeps its order, and is given up where nobody takes it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from gezhi.contexts.cases.kind import CASE
from gezhi.interfaces.live.listener import DRAIN_BYTES, QUEUE_BYTES, QUEUE_LENGTH, Listener
from gezhi.platform.access.actor import ANONYMOUS


def within_a_stream(check):
    async def stream():
        await check(Listener(ANONYMOUS, CASE.live, asyncio.current_task()))

    # In a thread of its own: the loop of the browser tests may run in this one.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(lambda: asyncio.run(stream())).result()


def test_it_keeps_so_many_events_and_no_more():
    async def check(listener):
        frames = [b"%d\n" % number for number in range(QUEUE_LENGTH + 5)]
        for frame in frames:
            listener.give(frame)
        assert listener.behind
        assert listener.waiting == QUEUE_LENGTH
        assert listener.take() == b"".join(frames[:QUEUE_LENGTH])
        listener.give(b"later")
        assert listener.take() == b"", "who is behind gets its reset first"

    within_a_stream(check)


def test_it_keeps_so_many_bytes_and_no_more():
    async def check(listener):
        frame = b"x" * (QUEUE_BYTES // 10)
        for _ in range(20):
            listener.give(frame)
        assert listener.behind
        assert listener.waiting == 10
        huge = Listener(ANONYMOUS, CASE.live, asyncio.current_task())
        huge.give(b"x" * (QUEUE_BYTES + 1))
        assert huge.behind
        assert await asyncio.wait_for(huge.something(), 1)

    within_a_stream(check)


def test_messages_hold_whole_events_in_order():
    async def check(listener):
        frames = [b"%d" % number * 1_000 for number in range(100)]
        for frame in [*frames, b"y" * (DRAIN_BYTES * 2)]:
            listener.give(frame)
        messages = []
        while message := listener.take():
            messages.append(message)
        assert b"".join(messages) == b"".join(frames) + b"y" * (DRAIN_BYTES * 2)
        assert all(len(message) <= DRAIN_BYTES for message in messages[:-1])
        assert len(messages) > 5
        assert listener.waiting == 0

    within_a_stream(check)


def test_it_wakes_for_an_event_and_for_a_sign_of_life():
    async def check(listener):
        loop = asyncio.get_running_loop()
        loop.call_soon(listener.give, b"x")
        assert await listener.something()
        listener.take()
        loop.call_soon(lambda: listener.tend(loop.time() + 14, heartbeat=15, stalled=60))
        loop.call_later(0.02, lambda: listener.tend(loop.time() + 15, heartbeat=15, stalled=60))
        begun = loop.time()
        assert not await listener.something()
        assert loop.time() - begun > 0.01

    within_a_stream(check)


def test_a_message_that_is_not_taken_in_time_interrupts_the_stream_once():
    async def check(listener):
        loop = asyncio.get_running_loop()
        listener.sending_since = loop.time()
        listener.tend(loop.time() + 59, heartbeat=15, stalled=60)
        assert not listener.stalled
        for _ in range(2):
            listener.tend(loop.time() + 60, heartbeat=15, stalled=60)
        assert listener.stalled
        assert listener.task.cancelling() == 1
        listener.task.uncancel()
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            return
        raise AssertionError("the stream went on")

    within_a_stream(check)
