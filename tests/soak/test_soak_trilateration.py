"""How finely can a stranger locate an open case with thousands of questions?"""

from __future__ import annotations

import random
import re
import time
from itertools import pairwise

import pytest
from django.db import connection

from gezhi.contexts.cases.domain.nearness import bounds_of, cell_of
from gezhi.contexts.cases.domain.photos import metres_between
from gezhi.contexts.cases.queries import classes
from gezhi.kernel.clock import now
from tests.factories.areas import CELL, centre
from tests.factories.cases import make_town, report
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db
QUESTIONS = 2_500


def test_a_stranger_gets_no_finer_than_the_cell():
    make_town()
    chance = random.Random(5)  # noqa: S311
    lon, lat = centre(0)
    target = lon + chance.uniform(-0.3, 0.3) * CELL, lat + chance.uniform(-0.3, 0.3) * CELL
    report(now=now(), lon=target[0], lat=target[1], class_code="E0192")
    client, asked, start = signed_in(None, None), 0, time.monotonic()

    def told(x: float, y: float) -> str:
        nonlocal asked
        asked += 1
        page = client.get("/report/nearby", {"lon": f"{x:.9f}", "lat": f"{y:.9f}"}).content.decode()
        return re.sub(r"\s+", " ", page)

    # From a grid of questions to where the answer changes, then halving every border: what an attacker would do.
    seen = {(x, y): told(x, y) for x, y in _spread(target, QUESTIONS - 400)}
    inside = [place for place, answer in seen.items() if "垃圾满溢" in answer]
    answers = {seen[place] for place in inside}
    west, east = _border(told, inside, axis=0)
    south, north = _border(told, inside, axis=1)
    width = metres_between(west, target[1], east, target[1])
    height = metres_between(target[0], south, target[0], north)
    off = metres_between((west + east) / 2, (south + north) / 2, *target)
    cell = bounds_of(cell_of(*target))
    print(
        f"\ntrilateration, {connection.vendor}: {asked} questions in {time.monotonic() - start:.0f} s; "
        f"located to {width:.0f} × {height:.0f} m (guess {off:.0f} m off); {len(answers)} different answers inside"
    )
    assert len(answers) == 1
    assert min(width, height) > 100
    assert (west, east) == (pytest.approx(cell[0], abs=1e-5), pytest.approx(cell[2], abs=1e-5))
    assert (south, north) == (pytest.approx(cell[1], abs=1e-5), pytest.approx(cell[3], abs=1e-5))


def _spread(target: tuple[float, float], count: int) -> list[tuple[float, float]]:
    side = int(count**0.5)
    step = 0.006 / side
    return [
        (target[0] + (i - side / 2) * step, target[1] + (j - side / 2) * step) for i in range(side) for j in range(side)
    ]


def _border(told, inside, *, axis: int) -> tuple[float, float]:
    """Where the answer ends in both directions of an axis, to a millimetre, by halving."""
    ends = []
    for way in (-1, 1):
        near = min(inside, key=lambda place: way * -place[axis])
        far = [*near]
        far[axis] += way * 0.004
        low, high = near[axis], far[axis]
        for _ in range(40):
            middle = [*near]
            middle[axis] = (low + high) / 2
            low, high = (middle[axis], high) if "垃圾满溢" in told(*middle) else (low, middle[axis])
        ends.append(low)
    assert all(one < other for one, other in pairwise(ends))
    return ends[0], ends[1]


def test_matters_of_persons_are_never_told():
    make_town()
    private = [entry.code for entry in classes() if entry.is_minor and not entry.is_public]
    for code in private:
        report(now=now(), class_code=code)
    lon, lat = centre(0)
    client = signed_in(None, None)
    found = 0
    for number in range(600):
        x, y = lon + (number % 40 - 20) * CELL / 8, lat + (number // 40 - 7) * CELL / 8
        found += "banner" in client.get("/report/nearby", {"lon": x, "lat": y}).content.decode()
    print(
        f"\nprivate matters, {connection.vendor}: {len(private)} open cases of as many classes, 600 questions, {found} told"
    )
    assert found == 0
