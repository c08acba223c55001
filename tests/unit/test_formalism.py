"""The guard against formalism: what it refuses, by rule, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gezhi.contexts.cases.domain.class_table import Attribute, AttributeKind, ClassRow, Condition, faults_of
from gezhi.contexts.escalation.domain.rules import RuleRow, faults_of_rules
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.formalism import (
    SAID,
    FormalismRule,
    names_a_recording,
    refuse_formalism,
    rule_against,
    rule_against_name,
)

FORBIDDEN = {
    FormalismRule.LEAGUE_TABLE: [
        "网格员月度排名",
        "红黑榜公示",
        "个人办件排行榜",
        "末位约谈",
        "Ranking of workers",
        "staff leaderboard",
    ],
    FormalismRule.QUOTA: [
        "每人每月至少20件",
        "每月上报不少于 20 条",
        "上报指标",
        "每网格每月须上报五起",
        "Monthly quota",
        "at least 3 reports per day",
    ],
    FormalismRule.STREAK: ["每日打卡", "连续登录7天", "在线时长", "App 安装率", "Login streak", "daily check-in"],
    FormalismRule.POINTS: [
        "网格员积分",
        "积分排名",
        "点赞数",
        "学习时长",
        "个人得分",
        "workers' points",
        "score of staff",
    ],
}
FINE = [
    "您反映的积分落户政策，请咨询公安窗口。",
    "网红打卡点秩序",
    "共享单车连续堆放",
    "垃圾清运每天两次",
    "请于每月5日前缴费",
    "各街道办结率",
    "签收",
    "处置完成，现场照片见附件",
    "Points of the map",
    "The list is ordered by deadline",
    "评分标准见附件",
]


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in FORBIDDEN.items() for text in texts])
def test_a_text_that_asks_for_it_is_refused_by_name(rule: FormalismRule, text: str) -> None:
    assert rule_against(text) is rule
    with pytest.raises(InvalidInput) as caught:
        refuse_formalism(["城区", text], field="name")
    assert (caught.value.code, caught.value.field) == (rule.value, "name")
    assert rule.value in caught.value.message


@pytest.mark.parametrize("text", FINE)
def test_plain_words_are_left_alone(text: str) -> None:
    assert rule_against(text) is None


def test_every_rule_has_words() -> None:
    assert set(SAID) == set(FormalismRule)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("daily_checkins", FormalismRule.STREAK),
        ("check_in_at", FormalismRule.STREAK),
        ("workers/ranking", FormalismRule.LEAGUE_TABLE),
        ("workerScore", FormalismRule.POINTS),
        ("monthly_quota", FormalismRule.QUOTA),
        ("point", None),
        ("checker", None),
        ("street_rank", FormalismRule.LEAGUE_TABLE),
        ("check_due", None),
        ("branks", None),
    ],
)
def test_names_are_read_word_by_word(name: str, rule: FormalismRule | None) -> None:
    assert rule_against_name(name) is rule


def table(*attributes: Attribute, closing: str = "", text: str = "") -> list[ClassRow]:
    conditions = (Condition("4WH", text, closing),)
    major = ClassRow("E01", "市容环境", "City appearance")
    minor = ClassRow("E0110", "暴露垃圾", "Waste", conditions=conditions, attributes=attributes, is_fallback=True)
    return [major, minor]


PHOTO = Attribute("after", "处置后照片编号", "Number of the photo", AttributeKind.TEXT, required=True)


def test_a_photo_is_demanded_only_where_the_closing_condition_names_one() -> None:
    assert [str(one.said) for one in faults_of(table(PHOTO))] == [
        f"{SAID[FormalismRule.FORCED_PHOTO]} (rule formalism_forced_photo)"
    ]
    assert faults_of(table(PHOTO, closing="垃圾清理干净，附处置后照片")) == []
    assert faults_of(table(replace(PHOTO, required=False))) == []
    track = Attribute("way", "巡查轨迹", "Track of the patrol", AttributeKind.TEXT, required=True)
    assert [one.field for one in faults_of(table(track, closing="现场干净"))] == ["attribute"]
    assert names_a_recording("附照片")
    assert not names_a_recording("照明设施")


@pytest.mark.parametrize("row", [{"closing": "连续打卡七天后结案"}, {"text": "每人每月至少20件"}])
def test_no_condition_sets_a_quota_or_a_check_in(row: dict[str, str]) -> None:
    assert [one.field for one in faults_of(table(**row))] == ["closing" if "closing" in row else "condition"]


def test_no_attribute_counts_people() -> None:
    points = Attribute("points", "网格员积分", "Points", AttributeKind.NUMBER)
    assert [one.field for one in faults_of(table(points))] == ["attribute"]


def test_no_rule_of_reminding_ranks() -> None:
    row = RuleRow(stage="handle", moment="0", told="handler", note="列入红黑榜")
    (fault,) = faults_of_rules([row])
    assert fault.field == "note"
    assert "formalism_league_table" in str(fault.said)
