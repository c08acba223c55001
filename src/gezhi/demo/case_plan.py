"""Some days of reports for the demo city: what, where, when, and how each was settled. Made up, the same for a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gezhi.demo import names
from gezhi.demo.case_courses import JOINT, ON_THE_SPOT_SHARE, Course, courses, minutes_of
from gezhi.demo.case_sites import CaseSite, Where
from gezhi.demo.joint import CALLED

CITY_TIME = ZoneInfo("Asia/Shanghai")
# A little over the article's "300+ frequent cases a day".
CASES_A_DAY = 310
# Reports come in from 7:30 on; the last early enough for the evening shift to settle it the same day.
_FIRST_MINUTE, _LAST_MINUTE = 7 * 60 + 30, 17 * 60 + 30
_HOME_STREET_SHARE, _HOME_GRID_SHARE = 0.12, 0.05


# (class, weight, what people write and where it is)
_MATTERS: tuple[tuple[str, float, tuple[tuple[str, Where], ...]], ...] = (
    (
        "E0110",
        14,
        (
            ("门口垃圾堆了两天没人清", Where.GATE),
            ("垃圾桶旁边散落一地生活垃圾", Where.YARD),
            ("绿化带里有人倒了几袋垃圾", Where.YARD),
        ),
    ),
    (
        "E0112",
        8,
        (
            ("路面全是泥沙，过车就扬灰", Where.STREET),
            ("人行道上油污很重，容易滑倒", Where.STREET),
        ),
    ),
    (
        "E0405",
        8,
        (
            ("门店把桌椅摆到人行道上了", Where.STREET),
            ("水果店占了一半人行道", Where.STREET),
        ),
    ),
    (
        "E0401",
        7,
        (
            ("小贩堵在路口叫卖", Where.STREET),
            ("校门口流动摊贩太多，孩子没法走", Where.STREET),
        ),
    ),
    (
        "E0410",
        9,
        (
            ("电动车停满盲道", Where.STREET),
            ("单元门口电动车堵得出不去", Where.YARD),
        ),
    ),
    (
        "E0496",
        6,
        (
            ("消防通道被私家车堵死了", Where.YARD),
            ("楼下消防通道长期停车", Where.YARD),
        ),
    ),
    (
        "E0113",
        6,
        (
            ("路面有个坑，骑车差点摔倒", Where.STREET),
            ("窨井边上的路面塌了一块", Where.STREET),
        ),
    ),
    ("E0117", 4, (("小游园里到处是烟头和塑料袋", Where.YARD),)),
    (
        "E0128",
        4,
        (
            ("楼下店铺放喇叭太吵", Where.GATE),
            ("广场舞音响声音太大，孩子没法写作业", Where.YARD),
        ),
    ),
    ("E0129", 3, (("晚上烧烤摊油烟全飘进家里", Where.HOUSE),)),
    (
        "E0201",
        5,
        (
            ("楼道里贴满小广告", Where.HOUSE),
            ("电线杆上全是小广告", Where.STREET),
        ),
    ),
    ("E0301", 4, (("工地夜里还在打桩", Where.STREET),)),
    (
        "E0503",
        4,
        (
            ("下水道堵了，污水往外冒", Where.STREET),
            ("小区门口排水管破了", Where.GATE),
        ),
    ),
    ("C0137", 4, (("路灯不亮，晚上看不清路", Where.STREET),)),
    ("C0101", 2, (("井盖松动，车一过就响", Where.STREET),)),
    (
        "S0101",
        5,
        (
            ("楼上漏水两家吵起来了，想请人调解", Where.HOUSE),
            ("邻居在楼道堆东西不肯搬", Where.HOUSE),
        ),
    ),
    (
        "S0102",
        4,
        (
            ("物业费涨价没有公示", Where.YARD),
            ("物业不修单元门", Where.HOUSE),
        ),
    ),
    ("S0201", 3, (("独居老人两天没出门，帮忙看看", Where.HOUSE),)),
    ("S0302", 3, (("电梯又停了，老人下不了楼", Where.HOUSE),)),
    ("S0303", 4, (("楼道灯坏了好几层", Where.HOUSE),)),
    ("S0305", 4, (("厨房下水道堵了", Where.HOUSE),)),
    ("S0403", 3, (("有人从楼上拉线给电动车充电", Where.HOUSE),)),
    ("S0502", 3, (("居住证明怎么开，能代办吗", Where.HOUSE),)),
)
_WORDS: dict[str, tuple[tuple[str, Where], ...]] = {code: texts for code, _weight, texts in _MATTERS}
# A class of two urgent hours: what takes a day is late.
_SHORT = "E0405"
_UNREASONABLE: tuple[str, tuple[tuple[str, Where], ...]] = (
    "S0101",
    (
        ("法院已经判了的邻里纠纷，要求社区重新判赔", Where.HOUSE),
        ("为同一张停车罚单第五次要求撤销", Where.HOUSE),
    ),
)
# A second report of a matter comes within this of the first, so many reports later at most.
_LATELY, _LOOK_BACK = timedelta(minutes=20), 30
# How people lead to a compound's places.
_WAY: dict[Where, str] = {Where.HOUSE: "内", Where.YARD: "内", Where.GATE: "门口", Where.STREET: "附近"}
# A pin is dropped some metres off: in a house or on a street no farther than that it still lies there (degrees).
_OFF_DEGREES = 0.00001
_CHANNELS: tuple[tuple[str, float], ...] = (("patrol", 0.4), ("web", 0.25), ("app", 0.2), ("hotline", 0.15))


@dataclass(frozen=True)
class CaseScript:
    """A case to be: its report, its course, and the minutes that each step takes after the one before.

    ``steps`` limits how many steps are taken after the report (None: all of them): cases that the demo accounts find in
    hand. ``same_as`` is the key of the report of the same matter before it. ``own_grid`` and ``own_street`` tell
    whether it lies in the demo accounts' place.
    """

    reported_at: datetime
    class_code: str
    description: str
    lon: float
    lat: float
    datum: str
    address: str
    channel: str
    contact: tuple[str, str] | None
    course: Course
    minutes: tuple[float, ...]
    rating: tuple[bool, int] | None
    own_grid: bool
    own_street: bool
    steps: int | None = None
    key: int = 0
    same_as: int | None = None


def plan_cases(
    sites: Sequence[CaseSite], *, home_grid: str, a_day: int, days: int, seed: int, now: datetime
) -> list[CaseScript]:
    """Scripts of ``days`` whole days before ``now``, of today so far, and of some fresh cases in the home grid."""
    rng = np.random.default_rng([seed, 6])
    draw = _Draw(sites, home_grid, rng)
    midnight = now.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    scripts: list[CaseScript] = []
    for block in (range(-days, 0), range(1)):
        of_block = courses(a_day * len(block), rng)
        for day in block:
            minutes = np.sort(rng.uniform(_FIRST_MINUTE, _LAST_MINUTE, a_day))
            for minute in minutes.tolist():
                at, course = midnight + timedelta(days=day, minutes=minute), of_block.pop()
                if at < now:
                    scripts.append(draw.any(at, course, scripts))
    scripts += _fresh(draw, now, pace=min(1.0, (now - midnight) / _FRESH_SINCE))
    return sorted(scripts, key=lambda script: script.reported_at)


# Fresh cases in the home grid, by how many steps they have taken: waiting for dispatch, acceptance, handling, check
# and closing in turn.
_FRESH: tuple[tuple[int, int], ...] = ((0, 4), (1, 4), (2, 3), (3, 2), (4, 1))
_FRESH_MINUTES = (4.0, 5.0, 8.0, 6.0)
# None is older. Early in the night they come in quicker: those of the day before are closed.
_FRESH_SINCE = timedelta(hours=2)


def _fresh(draw: _Draw, now: datetime, *, pace: float) -> list[CaseScript]:
    return [
        draw.script(now - pace * timedelta(minutes=30 + 12 * number + 20 * steps), steps=steps, pace=pace)
        for steps, count in _FRESH
        for number in range(count)
    ]


def _shares(weights: Sequence[float]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.array(weights, dtype=float)
    return found / np.sum(found)


class _Draw:
    """Draws scripts from one random stream."""

    def __init__(self, sites: Sequence[CaseSite], home_grid: str, rng: Generator) -> None:
        self.rng = rng
        self.home_grid = home_grid
        self.sites = sites
        compounds = [site.compound for site in sites]
        self.weights = np.array([compound.households for compound in compounds], dtype=float)
        self.in_grid = [i for i, compound in enumerate(compounds) if compound.grid_code == home_grid]
        self.in_street = [i for i, compound in enumerate(compounds) if compound.grid_code[:9] == home_grid[:9]]
        self.keys = count(1)
        self.shares = _shares([weight for _, weight, _ in _MATTERS])
        self.joint_shares = _shares([weight if code in CALLED else 0 for code, weight, _ in _MATTERS])

    def script(
        self, at: datetime, *, course: Course = Course.ORDINARY, steps: int | None = None, pace: float = 1.0
    ) -> CaseScript:
        """A case anywhere; with ``steps``, a fresh one in the home grid, whose steps take ``pace`` of their usual minutes."""
        rng = self.rng
        site = self.sites[self._where(own=steps is not None)]
        compound = site.compound
        shares = self.joint_shares if course in JOINT else self.shares
        matter = int(rng.choice(len(_MATTERS), p=shares))
        code, _, texts = _MATTERS[matter]
        if course is Course.SET_ASIDE:
            code, texts = _UNREASONABLE
        elif course is Course.APPEALED:
            code, texts = _SHORT, _WORDS[_SHORT]
        text, where = texts[int(rng.integers(len(texts)))]
        channel = str(rng.choice([name for name, _ in _CHANNELS], p=[share for _, share in _CHANNELS]))
        patrol = channel == "patrol"
        contact = None
        if not patrol and rng.random() < 0.6:
            contact = (names.person(rng), names.work_phone(int(rng.integers(50_000, 99_999))))
        rating = None
        if not patrol and rng.random() < 0.35:
            score = int(rng.choice([5, 4, 3, 2, 1], p=[0.6, 0.25, 0.08, 0.04, 0.03]))
            rating = (True, score)
        if patrol and course is Course.ORDINARY and steps is None and rng.random() < ON_THE_SPOT_SHARE:
            course = Course.ON_THE_SPOT
        lon, lat = (degree + float(np.clip(rng.normal(), -2.0, 2.0)) * _OFF_DEGREES for degree in site.spots[where])
        return CaseScript(
            reported_at=at,
            class_code=code,
            description=f"{compound.name}{'附近' if where is Where.STREET else ''}{text}",
            lon=round(lon, 6),
            lat=round(lat, 6),
            datum="gcj02" if channel == "app" else "wgs84",
            address=f"{compound.name}{_WAY[where]}",
            channel=channel,
            contact=contact,
            course=course,
            minutes=minutes_of(course, rng) if steps is None else tuple(each * pace for each in _FRESH_MINUTES),
            rating=rating,
            own_grid=compound.grid_code == self.home_grid,
            own_street=compound.grid_code[:9] == self.home_grid[:9],
            steps=steps,
            key=next(self.keys),
        )

    def any(self, at: datetime, course: Course, before: Sequence[CaseScript]) -> CaseScript:
        """A case of this course; ``before``: those of its days so far."""
        again = self.again(before, at) if course is Course.MERGED else None
        return again or self.script(at, course=Course.ORDINARY if course is Course.MERGED else course)

    def again(self, scripts: Sequence[CaseScript], at: datetime) -> CaseScript | None:
        """Another report of a matter that was reported a little before and has its ordinary course, in other words;
        None where there is none."""
        lately = [
            one
            for one in scripts[-_LOOK_BACK:]
            if one.course is Course.ORDINARY and at - _LATELY < one.reported_at < at and one.class_code in _WORDS
        ]
        if not lately:
            return None
        first = lately[int(self.rng.integers(len(lately)))]
        # Other words for the same place: what is a house's lies in a house.
        of_class = _WORDS[first.class_code]
        said, where = next((text, where) for text, where in of_class if text in first.description)
        words = [text for text, place in of_class if place is where and text != said] or [said]
        text = words[int(self.rng.integers(len(words)))]
        return replace(
            first,
            reported_at=at,
            description=f"{first.address}，{text}",
            channel=str(self.rng.choice(["web", "app", "hotline"])),
            datum="wgs84",
            course=Course.MERGED,
            minutes=minutes_of(Course.MERGED, self.rng),
            rating=None,
            key=next(self.keys),
            same_as=first.key,
        )

    def _where(self, *, own: bool) -> int:
        pick = 0.0 if own else self.rng.random()
        if pick < _HOME_GRID_SHARE:
            return int(self.rng.choice(self.in_grid))
        if pick < _HOME_GRID_SHARE + _HOME_STREET_SHARE:
            return int(self.rng.choice(self.in_street))
        return int(self.rng.choice(len(self.sites), p=self.weights / self.weights.sum()))
