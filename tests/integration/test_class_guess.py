"""What the class guess learns from confirmed cases, when it is used, and what can be read from it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import cycle

import numpy as np
import pytest

from gezhi.contexts.areas.models import Area
from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.guess import Guess, Learned, Term, chances_of, guesses, merged, spoken
from gezhi.contexts.cases.domain.suggest import Said, pairs_of
from gezhi.contexts.cases.learned import learned_in_force, packed, term_of
from gezhi.contexts.cases.models import Case, GuessTerm, LearnedGuess
from gezhi.contexts.cases.queries import learned_versions, suggest_classes
from gezhi.contexts.cases.use_cases import learn_guess as learning
from gezhi.contexts.cases.use_cases.install_rules import install_rules
from gezhi.contexts.cases.use_cases.learn_guess import Shares, is_held_back, learn_guess
from gezhi.kernel.errors import InvalidInput, NotAllowed
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.jobs.periodic import Periodic
from gezhi.solvers.text import TermModel, learn_terms
from gezhi.solvers.text.calibration import Calibration
from tests.factories.cases import MONDAY, SYSTEM, Town, make_town, report
from tests.factories.checked import checked

# What people call things here: no words of the class table.
NOISE, LAMPS, PARKING = "E0302", "C0137", "E0401"
SAYINGS = {
    NOISE: ("大妈的音箱吵得睡不着", "半夜有人唱卡拉扰民得很", "音箱开到十点还在响", "卡拉声音太大睡不着"),
    LAMPS: ("巷子里伸手不见五指", "晚上回家要打手电筒", "伸手不见五指怕摔跤", "打手电筒才敢走路"),
    PARKING: ("面包车堵在单元门口", "大货车横着出不去门", "面包车天天堵着出不去", "大货车占了半边巷口"),
}


def confirmed(count: int, sayings: dict[str, tuple[str, ...]] = SAYINGS) -> None:
    """So many closed cases of each class, in five grids in turn, reported by nobody known and checked by a checker."""
    for code, said in sayings.items():
        numbers = [
            report(now=MONDAY, description=f"{words}{'第' if place % 3 else '请'}{place % 7}次").number
            for place, words in zip(range(count), cycle(said))
        ]
        Case.objects.filter(number__in=numbers).update(status="closed", closed_at=MONDAY, class_code=code)
        checked(numbers)
        for place, grid in enumerate(Area.objects.order_by("pk")[:5]):
            Case.objects.filter(number__in=numbers[place::5]).update(grid=grid)


@pytest.fixture
def town(db: None) -> Town:
    return make_town()


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which cases are held back hangs on the city's key: one key, so that a test is the same each time."""
    monkeypatch.setenv("GEZHI_KEY_FOLLOW", "2f" * 32)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learn in this process: a process for each of many tests would take most of their time."""

    class Here:
        def __init__(self, **_of: object) -> None: ...

        def __enter__(self) -> Here:
            return self

        def __exit__(self, *_error: object) -> None: ...

        def submit(self, work: Callable[..., TermModel], *given: object, **named: object) -> Future[TermModel]:
            done: Future[TermModel] = Future()
            done.set_result(work(*given, **named))
            return done

    monkeypatch.setattr(learning, "ProcessPoolExecutor", Here)


def test_chances_are_those_of_the_library():
    draw = np.random.default_rng(11)
    for classes in (2, 3, 40):
        for calibration in (Calibration(), Calibration(3.1, 0.6, -0.8), Calibration(0.2, 4.0, 2.0)):
            margins = draw.normal(size=(50, classes)) * 3
            learned = Learned(
                tuple(map(str, range(classes))),
                (0.0,) * classes,
                calibration.slope,
                calibration.stretch,
                calibration.shift,
            )
            for row, wanted in zip(margins.tolist(), calibration.chances(margins).tolist(), strict=True):
                assert chances_of(row, learned) == pytest.approx(wanted, rel=1e-4, abs=1e-9)


def test_a_guess_from_rows_is_that_of_the_table():
    texts = [
        frozenset(pairs_of(f"{words}{place % 5}")) for said in SAYINGS.values() for place in range(12) for words in said
    ]
    labels = [code for code in SAYINGS for _ in range(48)]
    model = learn_terms(texts, labels, [place % 5 for place in range(len(texts))])
    learned = Learned(
        model.classes,
        tuple(model.bias.tolist()),
        model.calibration.slope,
        model.calibration.stretch,
        model.calibration.shift,
    )
    rows = {
        term: term_of(idf, packed(weights))
        for term, idf, weights in zip(model.terms, model.idf.tolist(), model.weights.tolist(), strict=True)
    }
    for text in ("音箱太吵", "面包车堵门又吵", "打手电筒"):
        own = [place for place, term in enumerate(model.terms) if term in pairs_of(text)]
        length = np.sqrt((model.idf[own].astype(float) ** 2).sum())
        margins = model.bias + model.weights[own].sum(axis=0) / length
        wanted = model.calibration.chances(margins[np.newaxis].astype(float))[0]
        found = guesses(text, learned, rows)
        assert [guess.code for guess in found] == [
            model.classes[place] for place in np.argsort(-wanted) if wanted[place] >= 0.05
        ]
        assert [guess.chance for guess in found] == pytest.approx(
            sorted(wanted[wanted >= 0.05], reverse=True), rel=1e-4
        )
    assert guesses("hello", learned, rows) == []


def test_the_words_that_speak_are_told_as_they_were_written():
    assert spoken("门口的路灯不亮，Street Lamps out", {"路灯", "不亮", "lamp"}) == ("路灯", "不亮", "Lamps")
    assert spoken("伸手不见五指", {"伸手", "手不", "五指"}) == ("伸手不", "五指")
    table = Learned(("A", "B"), (0.0, 0.0), 1.0, 1.0, 0.0)
    assert guesses("路灯坏了", table, {"路灯": Term(2.0, (3.0, -1.0)), "坏了": Term(1.0, (-1.0, 0.5))})[0].words == (
        "路灯",
    )


def test_what_is_learnt_and_what_the_table_says_make_one_order():
    learnt = [Guess("A", 0.6), Guess("B", 0.2)]
    said = [Said("C", 1.0), Said("B", 0.9), Said("D", 0.8)]
    assert [one.code for one in merged("x", learnt, said)] == ["A", "C", "B"]
    assert [one.code for one in merged("x", [Guess("A", 0.4)], said)] == ["C", "A", "B"]
    assert [one.code for one in merged("x", [], said)] == ["C", "B", "D"]
    # What is hardly likelier than the rest is no suggestion, and praise is no report.
    assert [one.code for one in merged("x", [Guess("A", 0.29), Guess("E", 0.2)], said)] == ["C", "B", "D"]
    assert merged("想表扬师傅", [Guess("A", 0.9)], said) == []


def test_words_that_nobody_wrote_into_the_table_are_learnt(town: Town, at_once: None):
    assert NOISE not in [one.code for one in suggest_classes("隔壁音箱吵")]
    confirmed(90)
    made = learn_guess(actor=SYSTEM, now=MONDAY)
    assert made.in_force
    assert made.three > made.before_three
    first = suggest_classes("隔壁音箱吵")[0]
    assert first.code == NOISE
    assert first.words == ("音箱",)
    assert suggest_classes("面包车又来了")[0].code == PARKING
    # The table's own words go on to count: of most classes nothing was learnt.
    assert suggest_classes("下水道返臭")[0].code == "E0503"
    shown = AuditRecord.objects.get(action="cases.guess_learned").data
    assert shown["used"] is True
    assert shown["cases"] == made.cases
    held = sum(is_held_back(number) for number in Case.objects.values_list("number", flat=True))
    assert (made.cases, made.held) == (270 - held, held)


def test_nothing_that_was_said_in_few_places_can_be_read_from_what_was_learnt(town: Town, at_once: None):
    confirmed(90)
    # One household, again and again; and four that say the same.
    told = [number for number in Case.objects.values_list("number", flat=True) if not is_held_back(number)]
    grids = list(Area.objects.order_by("pk").values_list("pk", flat=True)[:5])
    Case.objects.filter(number__in=told[:30]).update(description="音箱 欧阳明轩 13812345678", grid=grids[0])
    for place, number in enumerate(told[30:70]):
        Case.objects.filter(number=number).update(description="音箱 独孤求败 一三八", grid=grids[place % 4])
    learn_guess(actor=SYSTEM, now=MONDAY)
    terms = set(GuessTerm.objects.values_list("term", flat=True))
    assert "音箱" in terms
    assert not terms & {"欧阳", "阳明", "明轩", "独孤", "孤求", "求败", "三八"}
    assert not [term for term in terms if any(sign.isdigit() for sign in term)]


def test_what_is_worse_on_the_cases_held_back_is_not_used(town: Town, at_once: None, monkeypatch: pytest.MonkeyPatch):
    confirmed(90)
    first = learn_guess(actor=SYSTEM, now=MONDAY)
    codes = list(SAYINGS)
    held = frozenset(n for n in Case.objects.values_list("number", flat=True) if is_held_back(n))
    # What is learnt from is classed wrongly from now on, the cases held back rightly.
    others = Case.objects.exclude(number__in=held)
    moved = {code: list(others.filter(class_code=code).values_list("pk", flat=True)) for code in codes}
    for place, code in enumerate(codes):
        Case.objects.filter(pk__in=moved[code]).update(class_code=codes[(place + 1) % 3])
    worse = learn_guess(actor=SYSTEM, now=MONDAY + timedelta(days=1))
    assert not worse.in_force
    assert (worse.three, worse.first) < (worse.before_three, worse.before_first)
    used = learned_in_force()
    assert used is not None
    assert used.id == first.pk
    assert GuessTerm.objects.filter(guess=worse).count() == 0
    assert [one.in_force for one in learned_versions()] == [False, True]


def test_a_city_may_do_without(town: Town, at_once: None):
    confirmed(90)
    learn_guess(actor=SYSTEM, now=MONDAY)
    install_rules(actor=SYSTEM, name="只用词表", changes={"class_guess": "words"}, now=MONDAY)
    assert NOISE not in [one.code for one in suggest_classes("隔壁音箱吵")]
    with pytest.raises(InvalidInput, match="learned words"):
        install_rules(actor=SYSTEM, name="x", changes={"class_guess": "magic"}, now=MONDAY)


def test_what_was_learnt_for_another_class_table_is_not_used(town: Town, at_once: None):
    confirmed(90)
    made = learn_guess(actor=SYSTEM, now=MONDAY)
    LearnedGuess.objects.filter(pk=made.pk).update(scheme_code="other")
    learned_in_force.forget()
    assert catalogue().scheme_code != "other"
    assert NOISE not in [one.code for one in suggest_classes("隔壁音箱吵")]


def test_few_cases_teach_nothing(town: Town, at_once: None):
    confirmed(5)
    with pytest.raises(InvalidInput, match="too little to learn from"):
        learn_guess(actor=SYSTEM, now=MONDAY)
    with pytest.raises(NotAllowed):
        learn_guess(actor=town.actor("dispatcher"), now=MONDAY)
    assert not LearnedGuess.objects.exists()


def test_it_learns_in_a_process_of_its_own(town: Town):
    confirmed(85)
    made = learn_guess(actor=SYSTEM, now=MONDAY)
    assert made.in_force
    assert suggest_classes("隔壁音箱吵")[0].code == NOISE


def test_shares_count_the_first_and_the_first_three():
    ranked = {"a": ["A", "B", "C", "D"], "b": ["B", "A", "C", "D"], "d": ["A", "B", "C", "D"]}
    found = learning.shares(
        [("a", "A"), ("b", "A"), ("d", "D"), ("a", "B")], lambda text: [Guess(c, 1) for c in ranked[text]]
    )
    assert found == Shares(0.25, 0.75)
    assert Shares(0.2, 0.8).no_worse_than(Shares(0.5, 0.7))
    assert not Shares(0.2, 0.8).no_worse_than(Shares(0.3, 0.8))


def test_a_job_of_the_night_runs_at_its_time_of_the_citys_day():
    night = Periodic(None, every=timedelta(days=1), at=time(2, 40))
    morning = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai
    assert night.first(morning) == datetime(2026, 3, 2, 18, 40, tzinfo=UTC)
    assert night.after(datetime(2026, 3, 2, 18, 40, tzinfo=UTC)) == datetime(2026, 3, 3, 18, 40, tzinfo=UTC)
    assert night.first(datetime(2026, 3, 2, 18, 39, tzinfo=UTC)) == datetime(2026, 3, 2, 18, 40, tzinfo=UTC)
    assert replace(night, at=None).first(morning) == morning
