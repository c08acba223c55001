"""A month of reports in a made-up town, with matters that are reported again, and with what only looks like it.

Everything hangs on the seed. A matter has one true place; whoever reports it says in other words where it is (a crossing, a
building, a shop) and what is to be seen, and a phone puts the mark 0 to 80 metres away. What must not be taken for a repetition:
the same class 60 to 150 metres away on the same day, another matter at the same place on the same day, and the same class at the
same place weeks after the first was settled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import cos, hypot, pi, radians, sin
from random import Random

from benchmarks import _repeated_words as said
from benchmarks._repeated_words import SAYINGS, Sayings
from gezhi.contexts.cases.domain.class_table import FALLBACK_BEFORE_TOLD, is_minor
from gezhi.contexts.cases.domain.duplicates import WEIGHTS, Known, Matter, Ties, Usual, Weights, same_matters
from gezhi.contexts.cases.domain.suggest import Named
from gezhi.contexts.cases.everyday import everyday_words, shipped

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS, TOWN_M, BLOCK_M, SHOP_M, AT_CROSSING_M = 30.0, 4_000.0, 200.0, 60.0, 70.0
WEST, SOUTH = 112.1, 32.0
_M_PER_DEGREE = 111_195.0
JITTER_M, SAME_PLACE_M, NEAR_MISS_M = 80.0, 15.0, (60.0, 150.0)
COMPONENT_DAYS, EVENT_HOURS = 5.0, 24.0
# Of two things of a class near each other, so many are seen to differ in the details that are told.
DETAILS_DIFFER = 0.9
# One in ten takes another class for the same matter, as people do.
MISTAKEN = 0.1
MISTAKEN_FOR = {
    "E0110": "E0192",
    "E0192": "E0110",
    "E0113": "C0284",
    "C0284": "E0113",
    "C0123": "C0102",
    "E0503": "E0506",
    "E0506": "E0503",
    "E0410": "E0493",
    "E0401": "E0406",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A report of the stream. Two of the same ``group`` are of the same matter. ``kind``: why it is in the stream."""

    matter: Matter
    group: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Thing:
    sayings: Sayings
    x: float
    y: float
    details: tuple[int, ...]
    at: datetime
    closed_at: datetime


def stream(*, seed: int, half: int, groups: int = 200, alone: int = 900, apart: bool = True) -> list[Told]:
    """The reports in order of time. ``half`` (0 or 1): which half of the words is spoken. ``apart``: what only looks alike has its
    mark at least 60 metres from each mark of the group; else from that of the first report alone, and may lie beside others."""
    return _Town(seed, half, apart=apart).reports(groups, alone)


class _Town:
    def __init__(self, seed: int, half: int, *, apart: bool) -> None:
        self.apart = apart
        self.chance, self.half = Random(seed), half  # noqa: S311
        names = Random(seed + 1)  # noqa: S311
        across = int(TOWN_M / BLOCK_M) + 2
        self.roads = [names.choice(said.ROADS) + "路" for _ in range(across)]
        self.cross_roads = [names.choice(said.CROSS_ROADS) + "街" for _ in range(across)]
        self.seed = seed

    def reports(self, groups: int, alone: int) -> list[Told]:
        found: list[Told] = []
        number = 0
        for _ in range(groups):
            thing = self._thing()
            same = [self._told(thing, thing.x, thing.y, thing.at)]
            same += [self._again(thing) for _again in range(self.chance.choice((1, 1, 1, 2, 3)))]
            found += [Told(one, number, "again" if place else "first") for place, one in enumerate(same)]
            for kind, other in self._look_alikes(thing, same):
                number += 1
                found.append(Told(other, number, kind))
            number += 1
        for _ in range(alone):
            thing = self._thing()
            found.append(Told(self._told(thing, thing.x, thing.y, thing.at), number, "alone"))
            number += 1
        return sorted(found, key=lambda told: told.matter.reported_at)

    def _thing(self, **fixed: object) -> _Thing:
        chance = self.chance
        sayings = fixed.get("sayings") or chance.choice(SAYINGS)
        at = fixed.get("at") or START + timedelta(days=chance.uniform(0, DAYS))
        open_days = chance.uniform(2.0, 7.0) if sayings.code.startswith("C") else chance.uniform(0.3, 2.5)
        # Another thing is seldom broken in the same way.
        details = [one for one in range(len(sayings.details)) if one not in fixed.get("unlike", ())]
        count = min(len(details), chance.choice((1, 2, 2, 3)))
        return _Thing(
            sayings=sayings,
            x=fixed.get("x", chance.uniform(0, TOWN_M)),
            y=fixed.get("y", chance.uniform(0, TOWN_M)),
            details=tuple(chance.sample(details, count)),
            at=at,
            closed_at=at + timedelta(days=open_days),
        )

    def _again(self, thing: _Thing) -> Matter:
        if thing.sayings.code.startswith("C"):
            later = timedelta(days=min(self.chance.expovariate(1 / 1.5), COMPONENT_DAYS))
        else:
            later = timedelta(hours=min(self.chance.expovariate(1 / 7), EVENT_HOURS))
        told = self._told(thing, *self._moved(thing, JITTER_M), thing.at + later)
        if self.chance.random() < MISTAKEN:
            return replace(told, class_code=MISTAKEN_FOR.get(told.class_code, told.class_code))
        return told

    def _look_alikes(self, thing: _Thing, same: list[Matter]) -> Iterator[tuple[str, Matter]]:
        chance = self.chance
        soon = thing.at + timedelta(hours=chance.uniform(0, 24))
        if chance.random() < 0.5:
            unlike = thing.details[: len(thing.sayings.details) - 1] if chance.random() < DETAILS_DIFFER else ()
            near = self._near_miss(thing, same, at=soon, unlike=unlike)
            if near is not None:
                yield "near miss", near
        if chance.random() < 0.5:
            others = [one for one in SAYINGS if one.code != thing.sayings.code]
            other = self._thing(sayings=chance.choice(others), at=soon, x=thing.x, y=thing.y)
            yield "another matter", self._told(other, *self._moved(other, SAME_PLACE_M), soon)
        if chance.random() < 0.5:
            later = thing.at + timedelta(days=chance.uniform(18, 35))
            again = self._thing(sayings=thing.sayings, at=later, x=thing.x, y=thing.y)
            yield "weeks later", self._told(again, *self._moved(again, SAME_PLACE_M), later)

    def _near_miss(self, thing: _Thing, same: list[Matter], **fixed: object) -> Matter | None:
        """A report of another thing of the class; ``apart``: no mark of the first thing is nearer than it may be."""
        for _try in range(40):
            angle, far = self.chance.uniform(0, 2 * pi), self.chance.uniform(*NEAR_MISS_M)
            x, y = thing.x + far * cos(angle), thing.y + far * sin(angle)
            other = self._thing(sayings=thing.sayings, x=x, y=y, **fixed)
            told = self._told(other, x, y, other.at)
            if not self.apart or all(metres(told, one) >= NEAR_MISS_M[0] for one in same):
                return told
        return None

    def _moved(self, thing: _Thing, most: float) -> tuple[float, float]:
        angle, far = self.chance.uniform(0, 2 * pi), self.chance.uniform(0, most)
        return thing.x + far * cos(angle), thing.y + far * sin(angle)

    def _told(self, thing: _Thing, x: float, y: float, at: datetime) -> Matter:
        lat = SOUTH + y / _M_PER_DEGREE
        lon = WEST + x / (_M_PER_DEGREE * cos(radians(SOUTH)))
        closed_at = max(thing.closed_at, at + timedelta(hours=2))
        return Matter(thing.sayings.code, lon, lat, at, closed_at, self._words(thing))

    def _words(self, thing: _Thing) -> str:
        chance = self.chance
        place = self._place(thing)
        if chance.random() < 0.3:
            place += "，" + self._place(thing)
        fill = {
            "place": place,
            "thing": chance.choice(thing.sayings.things[self.half :: 2]),
            "fault": chance.choice(thing.sayings.faults[self.half :: 2]),
        }
        if chance.random() < 0.25:
            return chance.choice(said.SHORT_FRAMES[self.half :: 2]).format(**fill)
        told = chance.sample(thing.details, max(1, len(thing.details) - chance.choice((0, 0, 1))))
        fill["detail"] = "，".join(chance.choice(thing.sayings.details[one][self.half :: 2]) for one in told)
        return chance.choice(said.FRAMES[self.half :: 2]).format(**fill)

    def _place(self, thing: _Thing) -> str:
        """One way to say where a thing is: by the building or the shop that is nearest to it, or a crossing that is near."""
        column, row = int(thing.x // BLOCK_M), int(thing.y // BLOCK_M)
        corner = round(thing.x / BLOCK_M), round(thing.y / BLOCK_M)
        ways = {
            "a": self.roads[corner[1] % len(self.roads)],
            "b": self.cross_roads[corner[0] % len(self.cross_roads)],
            "e": self._named(said.ESTATES, column, row) + self._named(("花园", "苑", "新村", "家园"), row, column),
            "n": 1 + int(thing.x % BLOCK_M // 40) + 5 * int(thing.y % BLOCK_M // 40),
            "s": self._shop(int(thing.x // SHOP_M), int(thing.y // SHOP_M)),
        }
        at_crossing = hypot(thing.x - BLOCK_M * corner[0], thing.y - BLOCK_M * corner[1]) < AT_CROSSING_M
        forms = self.chance.choice((said.CROSSINGS if at_crossing else said.BUILDINGS, said.BUILDINGS, said.SHOPS))
        return self.chance.choice(forms[self.half :: 2]).format(**ways)

    def _shop(self, column: int, row: int) -> str:
        return self._named(said.SHOP_FIRST, column, row) + self._named(said.SHOP_KINDS, row + 7, column)

    def _named(self, names: list[str] | tuple[str, ...], column: int, row: int) -> str:
        return names[Random(f"{self.seed} {column} {row}").randrange(len(names))]  # noqa: S311


def metres(one: Matter, other: Matter) -> float:
    """The distance of two reports on the plane of the town."""
    north = (one.lat - other.lat) * _M_PER_DEGREE
    east = (one.lon - other.lon) * _M_PER_DEGREE * cos(radians(SOUTH))
    return hypot(north, east)


@dataclass(frozen=True, slots=True)
class Judged:
    """How well a stream was told apart. ``precision``: of the proposals, those of the same matter. ``recall``: of the reports of
    something reported before, those to which an earlier one of it was proposed. ``wrong``: what was proposed, by kind."""

    reports: int
    proposed: int
    precision: float
    recall: float
    wrong: Counter[str]


def judge(told: Sequence[Told], *, ties: Ties, weights: Weights = WEIGHTS, learnt: int = 500) -> Judged:
    """Propose to each report the earlier ones of its matter, as it comes in. The last ``learnt`` tell what is usual."""
    usual = Usual((one.matter.class_code, one.matter.words) for one in told[-learnt:])
    known = Known(ties, usual, weights=weights)
    right, wrong, again, found = 0, Counter[str](), 0, 0
    for place, one in enumerate(told):
        now = replace(one.matter, closed_at=None)
        near = [other for other in told[:place] if metres(other.matter, now) < weights.reach_m]
        proposed = [near[number] for number, _why in same_matters(now, [other.matter for other in near], known)]
        mates = [other for other in proposed if other.group == one.group]
        right += len(mates)
        wrong.update(f"{one.kind} / {other.kind}" for other in proposed if other.group != one.group)
        again += one.kind == "again"
        found += one.kind == "again" and bool(mates)
    proposals = right + wrong.total()
    return Judged(len(told), proposals, right / max(1, proposals), found / max(1, again), wrong)


def shipped_ties() -> Ties:
    """The ties of the classes that ship."""
    rows = [row for row in shipped("classes.csv") if is_minor(row["code"])]
    everyday = everyday_words()
    named = [Named(row["code"], row["name"], row["name_en"], *everyday.get(row["name"], ("", ""))) for row in rows]
    return Ties(named, fallback=FALLBACK_BEFORE_TOLD)
