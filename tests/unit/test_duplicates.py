"""Which reports are of the same matter: by class, place, time and words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from benchmarks._repeated_reports import judge, shipped_ties, stream

from gezhi.contexts.cases.domain.duplicates import Known, Matter, Tie, Ties, Usual, likeness, same_matters
from gezhi.contexts.cases.domain.shared_words import (
    Told,
    doors_of,
    shared_phrases,
    spots_clash,
    streets_clash,
    units_clash,
)
from gezhi.contexts.cases.domain.suggest import Named, share_that_says

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
METRE = 1 / 111_195
LAMP = Matter("C0137", 112.1, 32.0, NOON, None, "长虹路鑫源超市门口路灯不亮")


@cache
def ties() -> Ties:
    return shipped_ties()


@cache
def usual() -> Usual:
    return Usual((told.matter.class_code, told.matter.words) for told in stream(seed=90, half=0)[:500])


def known() -> Known:
    return Known(ties(), usual())


def chance(other: Matter, one: Matter = LAMP) -> float:
    found = likeness(one, other, known())
    return 0.0 if found is None else found.chance


def moved(metres: float, **changed: object) -> Matter:
    return replace(LAMP, lat=32.0 + metres * METRE, **changed)


def test_the_same_class_within_fifty_metres_and_a_day_is_enough():
    told = moved(40, reported_at=NOON + timedelta(hours=20), words="灯坏了")
    assert chance(told) > 0.5
    assert chance(LAMP, told) == pytest.approx(chance(told))


def test_the_farther_the_less_and_words_make_up_for_metres():
    chances = [chance(moved(metres, words="灯坏了")) for metres in range(0, 120, 10)]
    assert chances == sorted(chances, reverse=True)
    assert chance(moved(75, words="灯坏了")) < 0.5 < chance(moved(75, words="鑫源超市前面的灯坏了，长虹路上"))
    assert chance(moved(115)) == 0


def test_another_matter_at_the_same_place_is_another():
    assert chance(replace(LAMP, class_code="E0301", words="长虹路鑫源超市门口半夜施工")) == 0
    rubbish = replace(LAMP, class_code="E0110", words="长虹路鑫源超市门口一堆垃圾")
    assert chance(replace(rubbish, class_code="E0113", words="长虹路鑫源超市门口路面有个大坑"), rubbish) == 0
    assert chance(replace(rubbish, class_code="E0121", words="有虫"), rubbish) < 0.5


def test_classes_that_everyday_words_mix_up_can_be_the_same_matter():
    assert ties().between("C0137", "S0303") is Tie.MIXED_UP
    assert ties().between("C0137", "C0137") is Tie.SAME
    assert ties().between("E0110", "E0121") is Tie.SAME_MAJOR
    assert ties().between("C0137", "S0599") is Tie.UNKNOWN
    assert ties().between("C0137", "E0401") is None
    assert 0.5 < chance(replace(LAMP, class_code="C0138")) < chance(LAMP)
    assert 0.5 < chance(replace(LAMP, class_code="E0595")) < chance(LAMP), "the words speak of a lamp"
    assert ties().between("E0595", "C0137") is None


def test_weeks_later_only_while_it_is_open():
    waste = replace(LAMP, class_code="E0110", words="长虹路鑫源超市门口一堆垃圾")
    later = replace(waste, reported_at=NOON + timedelta(days=2))
    assert chance(later, waste) > chance(later, replace(waste, closed_at=NOON + timedelta(hours=5)))
    settled = replace(LAMP, closed_at=NOON + timedelta(days=2))
    assert chance(replace(LAMP, reported_at=NOON + timedelta(days=21)), settled) == 0
    assert chance(replace(LAMP, reported_at=NOON + timedelta(days=8))) > 0.5


def test_another_building_is_another_matter():
    here = replace(LAMP, words="阳光花园3号楼下路灯不亮")
    assert chance(moved(30, words="阳光花园三号楼门口路灯坏了"), here) > 0.9
    assert chance(moved(30, words="阳光花园5号楼下路灯不亮"), here) < 0.5


def test_some_doors_along_the_street_the_name_of_the_street_is_no_sign():
    here = replace(LAMP, address="长虹路12号")
    assert chance(moved(60, address="长虹路14号"), here) > 0.9
    assert chance(moved(60, address="长虹路36号"), here) < 0.5


def test_the_reasons_are_told():
    told = moved(
        30, reported_at=NOON - timedelta(hours=3), closed_at=NOON + timedelta(hours=1), words="鑫源超市前灯坏了"
    )
    found = likeness(LAMP, told, known())
    assert found is not None
    assert found.metres == pytest.approx(30, abs=0.5)
    assert (found.tie, found.gap, found.still_open) == (Tie.SAME, timedelta(hours=3), True)
    assert found.phrases == ("鑫源超市",)


def test_the_likeliest_comes_first():
    others = [moved(60), moved(200), moved(5), replace(LAMP, class_code="E0401", words="有人摆摊")]
    assert [place for place, _why in same_matters(LAMP, others, known())] == [2, 0]


def test_without_any_message_to_learn_from():
    assert likeness(LAMP, moved(10), Known(ties(), Usual([]))) is not None
    assert likeness(replace(LAMP, words=""), moved(10, words=""), Known(ties(), Usual([]))) is not None


@pytest.mark.parametrize(
    ("words", "units", "streets"),
    [
        ("阳光花园3号楼2单元", {"栋": {3}, "单元": {2}}, {}),
        ("翠竹苑十二栋、二十一幢", {"栋": {12, 21}}, {}),
        ("3月5日，2号线出口", {}, {}),
        ("襄城区长虹路12号", {}, {"长虹路": {12}}),
        ("长虹路12号楼", {"栋": {12}}, {}),
        ("39 Lorraine St  Roslindale", {}, {"lorraine": {39}}),
        ("821-823 E Second St", {}, {"e second": {821}}),
        ("Building 12, unit 4", {"building": {12}, "unit": {4}}, {}),
        ("三天没人收了", {}, {}),
        ("3 doors down the road", {}, {}),
        ("望江苑A座", {"栋": {-ord("A")}}, {}),
        ("金桥公寓12#旁", {"栋": {12}}, {}),
        ("枫林里3-2-501漏水", {"栋": {3}, "单元": {2}, "室": {501}}, {}),
        ("枫林里3-501", {"栋": {3}, "室": {501}}, {}),
        ("东单元门禁坏了", {"单元": {-ord("东")}}, {}),
        ("一百零一栋", {"栋": {101}}, {}),
        ("一〇一室", {"室": {101}}, {}),
        ("百二十号楼", {"栋": {120}}, {}),
        ("一一栋", {"栋": {11}}, {}),
        ("一二号楼之间", {"栋": {1, 2}}, {}),
        ("2026-11-27，0710-3456789", {}, {}),
    ],
)
def test_numbers_of_houses(words, units, streets):
    found = doors_of(words)
    assert found.units == {name: frozenset(numbers) for name, numbers in units.items()}
    assert found.streets == {name: frozenset(numbers) for name, numbers in streets.items()}


def test_units_clash_only_where_both_tell_the_same_sort():
    three = doors_of("3号楼")
    assert units_clash(three, doors_of("5栋"))
    assert not units_clash(three, doors_of("3栋和5栋之间"))
    assert not units_clash(three, doors_of("2单元"))


def test_streets_clash_only_where_both_name_a_house():
    here = doors_of("18 Ethel St")
    assert streets_clash(here, doors_of("23 Vista St"))
    assert streets_clash(here, doors_of("30 Ethel St"))
    assert not streets_clash(here, doors_of("20 Ethel St"))
    assert not streets_clash(here, doors_of("Ethel St & Vista St"))


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ("长虹路鑫源超市门口路灯不亮", "长虹路菜场旁边路灯坏了", True),
        ("鑫源超市门口路灯不亮", "鑫源超市对面灯坏了", False),
        ("南门外路灯不亮", "东门口灯坏了", True),
        ("路灯不亮", "菜场旁边灯坏了", False),
    ],
)
def test_spots_clash_where_each_names_one_of_its_own(one, other, clash):
    assert spots_clash(one, other) is clash is spots_clash(other, one)


def test_farther_off_other_spots_speak_against_it():
    here = replace(LAMP, words="长虹路鑫源超市门口路灯不亮")
    for metres, proposed in ((20, True), (75, False)):
        there = moved(metres, reported_at=NOON + timedelta(hours=3), words="长虹路幼儿园对面路灯不亮")
        assert (chance(there, here) >= 0.5) is proposed


def test_it_is_the_same_whichever_is_asked_about():
    told = stream(seed=90, half=0)[:120]
    pairs = [(one.matter, other.matter) for one in told[:40] for other in told if one is not other]
    found = [(likeness(one, other, known()), likeness(other, one, known())) for one, other in pairs]
    assert any(one for one, _ in found)
    for one, other in found:
        assert (one is None) == (other is None)
        assert one is None or one.chance == pytest.approx(other.chance)


def test_what_everybody_says_is_no_reason():
    rarity = Usual([("C0137", "请尽快处理")] * 50 + [("C0137", "汉江路口")]).rarity(["C0137"], Told())
    assert shared_phrases("汉江路口有坑，请尽快处理", "汉江路口路面破了，请尽快处理", rarity) == ["汉江路口"]
    assert rarity.of("汉江") > rarity.of("尽快")
    assert shared_phrases("The two Lamps in Columbus Ave", "lamp, Columbus Ave", rarity) == ["Ave", "Columbus", "Lamps"]
    # The address often says again what the description says.
    assert shared_phrases("汉江路口有坑 汉江路", "汉江路口有坑 汉江路", rarity) == ["汉江路口有坑"]


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("人行道塌了一大片", "路面塌了一个坑", []),
        ("广场上有一个井盖坏了", "发现有一个井盖丢失", ["井盖"]),
        ("在鑫源超市门口的路灯", "鑫源超市门口的垃圾", ["鑫源超市门口"]),
        ("永和，油烟大", "永和，噪音大", ["永和"]),
        ("井盖和护栏坏了", "井盖和坡道坏了", ["井盖"]),
        ("过街天桥破损", "过街天桥积水", ["过街天桥"]),
        ("这里有人摆摊", "这里有车乱停", []),
        ("鑫源有限公司排污", "恒达有限公司堆物", ["有限公司"]),
        ("一中门前积水", "一中门前乱停", ["一中门前"]),
        ("水管爆了", "暖气爆了", []),
    ],
)
def test_reasons_are_whole_words(one, other, said):
    rarity = Usual([("C0137", "请尽快处理")]).rarity(["C0137"], Told())
    assert shared_phrases(one, other, rarity) == said


@pytest.mark.parametrize("seed", [51, 52, 53])
def test_repetitions_are_found_in_a_stream_of_reports(seed):
    judged = judge(stream(seed=seed, half=1, groups=400), ties=ties())
    assert judged.precision >= 0.9, judged
    assert judged.recall >= 0.9, judged


def test_a_class_is_taken_for_another_where_many_of_its_sentences_speak_of_both():
    lamp = Named("C0137", "路灯", "Street light", "路灯/街灯 不亮/坏")
    stair = Named("S0303", "楼道照明", "Stairwell light", "灯 不亮/坏/灭")
    bench = Named("C0407", "座椅", "Bench", "长椅 坏/断;座椅")
    assert share_that_says(lamp, stair) == 1.0
    assert share_that_says(stair, lamp) == 0.0
    assert share_that_says(bench, stair) == share_that_says(lamp, bench) == 0.0
    assert Ties([lamp, stair, bench], fallback="S0599").between("S0303", "C0137") is Tie.MIXED_UP
