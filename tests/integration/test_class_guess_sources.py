"""From whom the class guess learns, and that nothing of a person can be asked of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.test import Client, override_settings

from gezhi.contexts.areas.models import Area
from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.models import Case, GuessTerm
from gezhi.contexts.cases.queries import suggest_classes, suggest_classes_to_anybody
from gezhi.contexts.cases.use_cases import learn_guess as learning
from gezhi.contexts.cases.use_cases.install_rules import install_rules
from gezhi.contexts.cases.use_cases.learn_guess import Confirmed, bounded, learn_guess
from gezhi.solvers.text import learn_terms
from gezhi.solvers.text.ordinary import ordinary_pairs
from tests.factories.cases import MONDAY, SYSTEM, Town, make_town, make_user, report
from tests.factories.checked import CHECKER_ID, checked
from tests.integration.test_class_guess import LAMPS, NOISE, SAYINGS, at_once, confirmed, key

__all__ = ["at_once", "key"]
COUNTED = 21


@pytest.fixture
def town(db: None) -> Town:
    return make_town()


def told() -> list[Confirmed]:
    return learning._confirmed("none", frozenset(SAYINGS))


def closed(description: str, code: str = NOISE, **columns: object) -> str:
    number = report(now=MONDAY, description=description).number
    Case.objects.filter(number=number).update(
        **{"status": "closed", "closed_at": MONDAY, "class_code": code, **columns}
    )
    return number


def test_only_what_a_second_person_found_right_is_learnt_from(town: Town):
    person = make_user("second")
    right = closed("音箱太吵")
    checked([right])
    for columns in (
        {"closing": "on_the_spot"},
        {"closing": "set_aside", "unscored": "unreasonable"},
        {"unscored": "unreasonable"},
        {"closing": "forced"},
        {"closing": "with_main"},
        {"status": "cancelled"},
        {"reporter_user": person},
        {"registered_by": person},
    ):
        number = closed("假的", **columns)
        checked([number], by=person.pk)
    closed("没人核查过")
    assert [one.text for one in told()] == ["音箱太吵"]


def test_whoever_set_the_class_right_does_not_confirm_it(town: Town):
    number = closed("音箱太吵")
    checked([number])
    assert len(told()) == 1
    step = Case.objects.get(number=number).steps.order_by("version").first()
    step.pk, step.version, step.action, step.actor_id = None, 2, "correct", CHECKER_ID
    step.seq, step.chain = 1, "corrected"
    Case.objects.get(number=number).steps.filter(action="check").update(version=3)
    step.save(force_insert=True)
    assert told() == []


def test_one_source_teaches_little(town: Town):
    def case(grid: int | None, source: str, code: str = "A") -> Confirmed:
        return Confirmed("x", code, grid, source, held_back=False)

    assert len(bounded([case(1, f"{number}") for number in range(9)], most=3)) == 3
    assert len(bounded([case(number, "account 1") for number in range(9)], most=3)) == 3
    assert len(bounded([case(None, f"{number}") for number in range(9)], most=3)) == 3
    assert len(bounded([case(1, "a", code) for code in "ABCD"], most=1)) == 4
    install_rules(actor=SYSTEM, name="少学一点", changes={"guess_most_of_one": "2"}, now=MONDAY)
    confirmed(90)
    with pytest.raises(Exception, match="too little to learn from"):
        learn_guess(actor=SYSTEM, now=MONDAY)


def test_a_grid_that_says_otherwise_changes_no_weight(town: Town, at_once: None):
    confirmed(90)
    learn_guess(actor=SYSTEM, now=MONDAY)
    before = [(one.code, one.words) for one in suggest_classes("隔壁音箱吵")]
    assert before[0][0] == NOISE
    # The worker of one grid, again and again; checked, even.
    grid = Area.objects.order_by("pk").first()
    checked([closed("音箱吵得睡不着", LAMPS, grid=grid, reporter_user=town.users["worker"]) for _ in range(60)])
    learn_guess(actor=SYSTEM, now=MONDAY + timedelta(days=1))
    assert suggest_classes("隔壁音箱吵")[0].code == NOISE


def test_a_term_is_learnt_for_a_class_of_which_five_places_and_people_have_it():
    base = [({"垃圾", "成堆"}, "A"), ({"路灯", "不亮"}, "B")] * 30
    texts, labels = [frozenset(text) for text, _ in base], [label for _, label in base]
    grids: list[int | None] = [number % 10 for number in range(60)]

    def weights(more: list[tuple[frozenset[str], str, int | None, str]]) -> dict[str, list[float]]:
        model = learn_terms(
            [*texts, *(text for text, *_ in more)],
            [*labels, *(label for _, label, _, _ in more)],
            [*grids, *(grid for _, _, grid, _ in more)],
            sources=[*map(str, range(60)), *(source for *_, source in more)],
        )
        return dict(zip(model.terms, model.weights.tolist(), strict=True))

    plain = weights([])
    odd = frozenset({"垃圾", "张三"})
    # One grid; no grid as a fifth; one person in many grids.
    assert weights([(odd, "B", 3, f"s{number}") for number in range(60)]) == plain
    assert weights([(odd, "B", grid, f"s{grid}") for grid in (1, 2, 3, 4, None)] * 9) == plain
    assert weights([(odd, "B", number % 9, "one") for number in range(60)]) == plain
    assert "张三" in weights([(odd, "B", number % 9, f"s{number}") for number in range(60)])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("举报王小毛私搭垃圾棚，请处理", {"举报", "垃圾", "处理"}),
        ("邻居陈建国家天天打麻将", {"邻居", "天天", "打麻", "麻将"}),
        ("中山路十八号夜里施工", {"夜里", "施工"}),
        ("翠湖小区门口没人清理", {"小区", "门口", "清理"}),
        ("联系人于胜利电话一三八一二三四五六七八", {"电话"}),
        ("京A12345乱停车", {"停车"}),
        ("欧阳伟强家养鸡", {"养鸡"}),
    ],
)
def test_names_are_no_words_of_ordinary_language(said: str, words: set[str]):
    found = ordinary_pairs(said)
    assert found <= words | {"联系", "系人"}
    assert found & words


def test_what_was_said_of_a_person_is_not_told_to_a_stranger(town: Town, at_once: None):
    private = "S0101"
    assert not catalogue().classes[private].is_public
    assert catalogue().classes[NOISE].is_public
    said = {**SAYINGS, private: ("王小毛家霸着水房", "水房又被王小毛占了", "王小毛锁水房", "水房归王小毛了")}
    confirmed(90, said)
    learn_guess(actor=SYSTEM, now=MONDAY)
    terms = set(GuessTerm.objects.values_list("term", flat=True))
    assert not terms & {"王小", "小毛", "毛家"}
    assert suggest_classes("水房")[0].code == private
    assert suggest_classes_to_anybody("水房") == []
    # Words of the table may be told, words that were learnt may not.
    assert suggest_classes("又打手电筒")[0].words == ("手电筒",)
    assert suggest_classes_to_anybody("又打手电筒")[0].words == ()


@pytest.mark.parametrize("address", ["/report", "/report?lon=112.1&lat=32.0", "/report/classes?description=x"])
def test_whoever_asks_the_form_again_and_again_is_told_to_wait(town: Town, address: str):
    caches["requests"].clear()
    with override_settings(GEZHI_RATE_ANONYMOUS="20/h"):
        answers = [Client().get(address).status_code for _ in range(COUNTED)]
    caches["requests"].clear()
    assert 429 not in answers[:-1]
    assert answers[-1] == 429
