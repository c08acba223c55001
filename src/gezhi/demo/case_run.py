"""Play planned cases through the real use cases, on a clock that stands where each step was taken."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from gezhi.demo.case_cast import Cast, LiveCase
from gezhi.demo.case_courses import STEPS
from gezhi.demo.case_plan import CaseScript
from gezhi.kernel import clock


def play_cases(scripts: Sequence[CaseScript], *, now: datetime, tick: Callable[[], None]) -> int:
    """Play every step that falls before ``now``, in the order of time; returns how many cases were reported."""
    if not scripts:
        return 0
    cast = Cast(scripts[0].reported_at)
    simulated = clock.SimulatedClock(scripts[0].reported_at)
    queue = [(script.reported_at, number) for number, script in enumerate(scripts)]
    heapq.heapify(queue)
    live = [LiveCase(script) for script in scripts]
    by_key = {case.script.key: case for case in live}
    reported = 0
    while queue:
        at, position = heapq.heappop(queue)
        if at > now:
            break
        simulated.move_to(at)
        case = live[position]
        with clock.using(simulated):
            if not case.number:
                cast.report(case, at)
                reported += 1
                tick()
            else:
                cast.take(case, at, by_key)
        upcoming = next(_due(case, at), None)
        if upcoming is not None:
            heapq.heappush(queue, (upcoming, position))
    return reported


def _due(case: LiveCase, at: datetime) -> Iterator[datetime]:
    """When the next step falls due; nothing when the case is done."""
    script = case.script
    steps = STEPS[script.course]
    limit = len(steps) if script.steps is None else script.steps
    if case.over:
        return
    if case.taken < min(limit, len(steps)):
        yield at + timedelta(minutes=script.minutes[case.taken])
    elif script.steps is None and script.rating and "close" in steps and case.taken == len(steps):
        yield at + timedelta(minutes=script.minutes[-1])
