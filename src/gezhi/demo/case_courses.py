"""How the demo's cases run: their courses with shares, the steps of each, and how long each step takes."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.random import Generator


class Course(StrEnum):
    """How a case runs."""

    ORDINARY = "ordinary"
    RETURNED = "returned"
    REWORKED = "reworked"
    SLOW = "slow"
    CANCELLED = "cancelled"
    VERIFIED = "verified"
    MERGED = "merged"
    NOT_SOLVED = "not_solved"
    EXTENDED = "extended"
    APPEALED = "appealed"
    FORCED = "forced"
    SET_ASIDE = "set_aside"
    ON_THE_SPOT = "on_the_spot"
    JOINT = "joint"
    JOINT_LATE = "joint_late"


# Another body is called in; of those that are late the whole is in time nevertheless.
JOINT = frozenset({Course.JOINT, Course.JOINT_LATE})
# Not closed on their day.
LATE = frozenset({Course.SLOW, Course.EXTENDED, Course.APPEALED})
# Shares of the courses; the rest is ordinary, or settled on the spot. What is not closed on its day is less than the article's 2 %.
# A demand in fifty is a repeat, one in some hundreds is set aside or brought up again: the orders of size that hotlines tell.
SHARES: tuple[tuple[Course, float], ...] = (
    (Course.RETURNED, 0.03),
    (Course.VERIFIED, 0.02),
    (Course.MERGED, 0.02),
    (Course.JOINT, 0.016),
    (Course.REWORKED, 0.015),
    (Course.SLOW, 0.008),
    (Course.CANCELLED, 0.005),
    (Course.NOT_SOLVED, 0.004),
    (Course.JOINT_LATE, 0.004),
    (Course.SET_ASIDE, 0.003),
    (Course.EXTENDED, 0.002),
    (Course.APPEALED, 0.002),
    (Course.FORCED, 0.001),
)
# Of what workers notice themselves, so much is settled where they stand.
ON_THE_SPOT_SHARE = 0.12

_WAY = ("dispatch", "accept", "handle", "check", "close")
_AGAIN = ("dispatch_again", "accept_again", "handle_again", "check_again", "close_again")
# The part of the body that was called in runs beside the case; when both are over, each side rates the other.
_TOGETHER = (
    *("dispatch", "accept", "call", "accept_part", "handle_again", "handle_part", "check_part", "close_part"),
    *("check", "close", "rate_unit", "rate_street"),
)
# The steps after the report, in order; each name is a method of the cast.
STEPS: dict[Course, tuple[str, ...]] = {
    Course.ORDINARY: _WAY,
    Course.SLOW: _WAY,
    Course.RETURNED: ("dispatch", "give_back", "dispatch_to_street", "accept", "handle", "check", "close"),
    Course.REWORKED: ("dispatch", "accept", "handle", "rework", "handle_again", "check", "close"),
    Course.CANCELLED: ("cancel",),
    Course.VERIFIED: ("ask_verification", "verify", *_WAY),
    # Where the other is over by then, it is settled by itself.
    Course.MERGED: ("merge", *_WAY),
    Course.NOT_SOLVED: ("dispatch", "accept", "handle_again", "check", "close", "unsolved", *_AGAIN),
    Course.EXTENDED: ("dispatch", "accept", "ask_extension", "extend", "handle", "check", "close"),
    Course.APPEALED: (*_WAY, "appeal", "support_appeal", "exempt"),
    Course.FORCED: ("dispatch", "accept", "ask_forced_close", "force_close"),
    Course.SET_ASIDE: ("ask_setting_aside", "set_aside"),
    Course.ON_THE_SPOT: ("settle",),
    Course.JOINT: _TOGETHER,
    Course.JOINT_LATE: _TOGETHER,
}
# The longest that work on site takes, so that even a case that was returned ends on the day of its report.
_LONGEST_WORK = 150.0
# Fewest and most minutes from the step before.
_MINUTES: dict[str, tuple[float, float]] = {
    "dispatch": (2, 25),
    "accept": (2, 20),
    "check": (5, 40),
    "close": (2, 20),
    "give_back": (5, 30),
    "dispatch_to_street": (5, 30),
    "rework": (5, 40),
    "handle_again": (10, 60),
    "cancel": (2, 25),
    "ask_verification": (2, 15),
    "verify": (10, 40),
    "merge": (2, 10),
    "unsolved": (15, 60),
    "dispatch_again": (2, 10),
    "accept_again": (2, 10),
    "check_again": (5, 20),
    "close_again": (2, 10),
    "ask_extension": (5, 30),
    "extend": (10, 40),
    "appeal": (30, 120),
    "support_appeal": (30, 120),
    "exempt": (30, 120),
    "ask_forced_close": (20, 60),
    "force_close": (10, 60),
    "ask_setting_aside": (5, 30),
    "set_aside": (10, 60),
    "settle": (0, 1),
    "call": (5, 15),
    "accept_part": (2, 10),
    "handle_part": (20, 45),
    "check_part": (5, 15),
    "close_part": (2, 10),
    "rate_unit": (2, 15),
    "rate_street": (2, 15),
}
# A part with an hour's time that is late for it.
_LATE_PART = (90, 130)


def minutes_of(course: Course, rng: Generator) -> tuple[float, ...]:
    """The minutes that each step of a course takes after the one before, and at the end those until the rating."""
    minutes = [_minutes(name, course, rng) for name in STEPS[course]]
    return tuple(round(float(each), 1) for each in (*minutes, rng.uniform(20, 300)))


def _minutes(step: str, course: Course, rng: Generator) -> float:
    if step == "handle_part" and course is Course.JOINT_LATE:
        return float(rng.uniform(*_LATE_PART))
    if step != "handle":
        return float(rng.uniform(*_MINUTES[step]))
    work = min(float(rng.gamma(3.0, 25.0)), _LONGEST_WORK)
    return work + (60.0 * float(rng.uniform(18, 30)) if course in LATE else 0.0)


def courses(count: int, rng: Generator) -> list[Course]:
    """The courses of so many cases: their shares rounded down, so that chance cannot exceed them, in random order."""
    found = [course for course, share in SHARES for _ in range(int(count * share))]
    found += [Course.ORDINARY] * (count - len(found))
    order: list[int] = np.asarray(rng.permutation(count)).tolist()
    return [found[i] for i in order]
