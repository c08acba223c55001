"""The guard against formalism (指尖上的形式主义): what nobody may configure, by named rules.

Since 2023 national rules forbid apps for staff to rank people by points, to count check-ins and online time, to set quotas of
reports, and to demand photos, videos and tracks that the work does not need
(政务移动互联网应用程序规范化管理办法, 国办函〔2026〕12号). The rules hold for every city and have no switch.

A text that a city writes into a table is read for words that only such a practice has; a name of a field, of an address or of a
parameter is read word by word, which a test of the whole program does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import Filled, filled


class FormalismRule(StrEnum):
    """What is forbidden; the value is the code under which it is refused."""

    LEAGUE_TABLE = "formalism_league_table"
    """People are compared with people: rankings, lists of the best and the worst, who is last goes."""
    QUOTA = "formalism_quota"
    """So and so many reports, visits or photos in a time."""
    STREAK = "formalism_streak"
    """Check-in, days in a row, time online, shares of installation."""
    POINTS = "formalism_points"
    """Points and scores of persons, likes and forwards as a measure of work."""
    FORCED_PHOTO = "formalism_forced_photo"
    """A photo, video or track is demanded where the class's closing condition does not name it."""


SAID: dict[FormalismRule, Filled] = {
    FormalismRule.LEAGUE_TABLE: filled("nobody is ranked: no table compares people with people"),
    FormalismRule.QUOTA: filled("there are no quotas: no number of reports, visits or photos is set"),
    FormalismRule.STREAK: filled(
        "there is no check-in: neither days in a row, time online nor installation is counted"
    ),
    FormalismRule.POINTS: filled("people have no points: neither scores, likes nor forwards measure work"),
    FormalismRule.FORCED_PHOTO: filled(
        "a photo, video or track is demanded only where a closing condition of the class names it"
    ),
}

_PEOPLE = "(?:网格员|采集员|工作人员|办事员|队员|个人|人员|员工|干部|同事)"
_THINGS = "(?:件|条|起|次|户|张|例|个问题|个事件|个案)"
_TEXTS: tuple[tuple[FormalismRule, re.Pattern[str]], ...] = (
    (
        FormalismRule.LEAGUE_TABLE,
        re.compile(
            rf"{_PEOPLE}[^。；，\n]{{0,6}}(?:排名|排行|排序|通报榜)|红黑榜|龙虎榜|光荣榜|末位|后三名|前三名"
            r"|\bleague table|\bleaderboard|\brank(?:ing|ed|s)? (?:of |the )*(?:people|persons?|staff|workers?)"
            r"|\b(?:people|persons?|staff|workers?) rank"
        ),
    ),
    (
        FormalismRule.QUOTA,
        re.compile(
            rf"每[人年季月周天日][^。；\n]{{0,12}}(?:至少|不少于|不低于|须|应|要)[^。；\n]{{0,8}}[0-9一二两三四五六七八九十百]+\s*{_THINGS}"
            r"|上报(?:指标|任务数|任务量)|指标任务|任务指标"
            r"|\bquotas?\b|\bat least [0-9]+ (?:reports?|cases?|visits?|photos?) (?:a|per|each|every) (?:day|week|month|year)"
        ),
    ),
    (
        FormalismRule.STREAK,
        re.compile(
            r"打卡(?![点地处])|每日签到|签到[次天]数|连续(?:登录|登陆|签到|上报|在线)|(?:在线|登录|登陆)(?:时长|次数|率|天数)|安装率|活跃率"
            r"|\bstreaks?\b|\bdaily check-?ins?\b|\b(?:online time|installation rate|login rate)\b"
        ),
    ),
    (
        FormalismRule.POINTS,
        re.compile(
            rf"{_PEOPLE}[^。；，\n]{{0,4}}(?:积分|得分|评分|打分|计分)|积分(?:排名|排行|榜|考核|兑换)|计分考核|点赞[量数率]|转发[量数率]|学习时长"
            r"|\b(?:people|persons?|staff|workers?)(?:'s?)? (?:points|scores?)\b"
            r"|\b(?:points|scores?) (?:of|for) (?:people|persons?|staff|workers?)\b"
        ),
    ),
)
_RECORDING = re.compile(
    r"照片|拍照|图片|影像|视频|录像|轨迹|截图|\bphotos?\b|\bpictures?\b|\bvideos?\b|\btracks?\b|\bscreenshots?\b", re.I
)
_NAMES: tuple[tuple[FormalismRule, frozenset[str]], ...] = (
    (
        FormalismRule.LEAGUE_TABLE,
        frozenset({"rank", "ranks", "ranking", "rankings", "leaderboard", "league", "podium"}),
    ),
    (FormalismRule.QUOTA, frozenset({"quota", "quotas"})),
    (FormalismRule.STREAK, frozenset({"streak", "streaks", "checkin", "checkins", "attendance", "punch"})),
    (FormalismRule.POINTS, frozenset({"points", "score", "scores", "likes", "badge", "badges", "karma", "merits"})),
)
_SPLIT = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")


def rule_against(text: str) -> FormalismRule | None:
    """The rule that forbids what a text asks for; None where none does."""
    plain = text.lower()
    return next((rule for rule, pattern in _TEXTS if pattern.search(plain)), None)


def rule_against_name(name: str) -> FormalismRule | None:
    """The rule that forbids a thing of this name (``daily_checkins``, ``/workers/ranking``); None where none does."""
    words = [word.lower() for word in _SPLIT.split(name) if word]
    if any(pair == ("check", "in") for pair in pairwise(words)):
        return FormalismRule.STREAK
    return next((rule for rule, forbidden in _NAMES if not forbidden.isdisjoint(words)), None)


def names_a_recording(text: str) -> bool:
    """Whether a text speaks of a photo, a video or a track."""
    return _RECORDING.search(text) is not None


def said_of(rule: FormalismRule) -> Filled:
    """A refusal in words, with the rule's code."""
    return filled("%(rule)s (rule %(code)s)", rule=SAID[rule], code=rule.value)


def refuse_formalism(texts: Iterable[str], *, field: str | None = None) -> None:
    """Raise ``InvalidInput``, whose code is the rule's, for the first text that asks for what is forbidden."""
    for text in texts:
        rule = rule_against(text)
        if rule is not None:
            raise InvalidInput(rule.value, said_of(rule), field=field)
