"""Owners' votes from totals: hand-reasoned cases on both sides of every threshold, one line of reasoning each."""

import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.tally import CIVIL_CODE_278, Totals, certify, decide, rule

LAW = rule(CIVIL_CODE_278)

# item, total area, heads, participating area, heads, yes area, heads, outcome, why
CASES = [
    (1, 300, 30, 200, 20, 101, 11, "passed", "2/3 exactly is enough to take part; 101 > 100 and 11 > 10"),
    (1, 300, 30, 199, 20, 199, 20, "no_quorum", "199 × 3 = 597 < 600: one hundredth m² short of 2/3 of the area"),
    (1, 300, 30, 200, 19, 200, 19, "no_quorum", "19 × 3 = 57 < 60: one head short of 2/3"),
    (1, 300, 30, 201, 21, 201, 21, "passed", "above both participation gates, all agree"),
    (1, 301, 30, 200, 20, 200, 20, "no_quorum", "200 × 3 = 600 < 602: 2/3 of 301 is 200.67, not 200"),
    (1, 301, 30, 201, 20, 201, 20, "passed", "201 × 3 = 603 ≥ 602"),
    (1, 300, 31, 200, 20, 200, 20, "no_quorum", "20 × 3 = 60 < 62"),
    (1, 300, 31, 200, 21, 200, 21, "passed", "21 × 3 = 63 ≥ 62"),
    (1, 300, 30, 200, 20, 100, 20, "rejected", "exactly half of the area is not more than half"),
    (1, 300, 30, 200, 20, 200, 10, "rejected", "exactly half of the heads is not more than half"),
    (1, 300, 30, 200, 20, 101, 10, "rejected", "area over half, heads exactly half: both are needed"),
    (1, 300, 30, 200, 20, 100, 11, "rejected", "heads over half, area exactly half: both are needed"),
    (2, 300, 30, 201, 21, 101, 11, "passed", "odd: 101 × 2 = 202 > 201 and 11 × 2 = 22 > 21"),
    (2, 300, 30, 201, 21, 100, 11, "rejected", "100 × 2 = 200 < 201"),
    (2, 300, 30, 201, 21, 101, 10, "rejected", "10 × 2 = 20 < 21"),
    (3, 300, 30, 300, 30, 151, 16, "passed", "electing the committee needs more than half only"),
    (3, 300, 30, 300, 30, 150, 16, "rejected", "150 is half of 300"),
    (4, 300, 30, 300, 30, 151, 16, "passed", "hiring the property company needs more than half only"),
    (4, 300, 30, 300, 30, 151, 15, "rejected", "15 is half of 30"),
    (5, 400, 40, 400, 40, 299, 29, "passed", "USING the fund is item 5: more than half, not 3/4"),
    (6, 400, 40, 400, 40, 299, 29, "rejected", "RAISING the fund is item 6: 3/4 of 400 is 300, of 40 is 30"),
    (6, 400, 40, 400, 40, 300, 30, "passed", "3/4 exactly is enough on both sides"),
    (6, 400, 40, 400, 40, 299, 30, "rejected", "299 × 4 = 1196 < 1200"),
    (6, 400, 40, 400, 40, 300, 29, "rejected", "29 × 4 = 116 < 120"),
    (7, 400, 40, 400, 40, 300, 30, "passed", "rebuilding: 3/4 exactly is enough"),
    (7, 400, 40, 400, 40, 299, 40, "rejected", "all heads, but 299 of 300 area needed"),
    (8, 400, 40, 400, 40, 300, 30, "passed", "trade on common parts: 3/4 exactly is enough"),
    (8, 400, 40, 400, 40, 400, 29, "rejected", "all area, but 29 of 30 heads needed"),
    (9, 400, 40, 400, 40, 201, 21, "passed", "other major matters: more than half"),
    (9, 400, 40, 400, 40, 200, 21, "rejected", "200 is half of 400"),
    (6, 402, 42, 402, 42, 301, 31, "rejected", "31 × 4 = 124 < 126: 3/4 of 42 is 31.5, so 32 are needed"),
    (6, 402, 42, 402, 42, 302, 32, "passed", "302 × 4 = 1208 ≥ 1206 and 32 × 4 = 128 ≥ 126"),
    (6, 600, 60, 400, 40, 300, 30, "passed", "3/4 is of those who took part: 300 of 400 is only half of all 600"),
    (1, 300, 30, 200, 20, 0, 0, "rejected", "quorum, and nobody agrees"),
    (1, 300, 30, 0, 0, 0, 0, "no_quorum", "nobody took part"),
    (6, 300, 30, 0, 0, 0, 0, "no_quorum", "0 ≥ 3/4 of 0 holds, yet without quorum nothing passes"),
    (1, 1, 1, 1, 1, 1, 1, "passed", "a single owner decides alone"),
    (1, 1, 1, 1, 1, 0, 0, "rejected", "a single owner refuses alone"),
    (1, 2, 2, 1, 1, 1, 1, "no_quorum", "one of two owners: 3 < 4"),
    (1, 3, 3, 2, 2, 2, 2, "passed", "two of three owners: 6 ≥ 6"),
    (1, 3, 3, 2, 2, 1, 1, "rejected", "one of two that took part is exactly half"),
    (1, 3 * 10**20 + 1, 3, 2 * 10**20, 3, 2 * 10**20, 3, "no_quorum", "beyond 53 bits: 6·10²⁰ < 6·10²⁰ + 2"),
    (1, 3 * 10**20, 3, 2 * 10**20, 3, 2 * 10**20, 3, "passed", "beyond 53 bits: equal, and equal is enough"),
    (6, 10**17, 4, 10**17, 4, 3 * 10**17 // 4, 3, "passed", "a float of 3/4 would also pass: 0.75 is exact"),
    (6, 10**17, 4, 10**17, 4, 3 * 10**17 // 4 - 1, 3, "rejected", "one less; as floats the two quotients are equal"),
    # Shanghai 2022: 1,152 heads, 124,799.30 m²; 905 ballots with 93,449.08 m²; yes 65.08 % of heads, 65.99 % of area.
    (4, 12_479_930, 1152, 9_344_908, 905, 6_166_705, 589, "passed", "78.56 % and 74.88 % took part; over half agreed"),
    (6, 12_479_930, 1152, 9_344_908, 905, 6_166_705, 589, "rejected", "the same votes are short of 3/4: 679 heads"),
]


@pytest.mark.parametrize(("item", "ta", "th", "pa", "ph", "ya", "yh", "outcome", "why"), CASES)
def test_case(item, ta, th, pa, ph, ya, yh, outcome, why):
    totals = Totals(ta, th, pa, ph, ya, yh)
    assert decide(LAW, item, totals).outcome == outcome, why


def test_shanghai_2022_has_the_published_shares():
    decision = decide(LAW, 4, Totals(12_479_930, 1152, 9_344_908, 905, 6_166_705, 589))
    # Per ten thousand, rounded half up, in integers.
    shares = [(20_000 * test.part + test.whole) // (2 * test.whole) for test in decision.tests]
    assert shares == [7488, 7856, 6599, 6508]


@pytest.mark.parametrize(("item", "ta", "th", "pa", "ph", "ya", "yh", "outcome", "why"), CASES)
def test_what_is_missing_is_enough_and_one_less_is_not(item, ta, th, pa, ph, ya, yh, outcome, why):
    for test in decide(LAW, item, Totals(ta, th, pa, ph, ya, yh)).tests:
        assert test.left == test.part * test.denominator
        assert test.right == test.whole * test.numerator
        assert (test.missing == 0) == test.met

        def enough(part, test=test):
            left = part * test.denominator
            return left > test.right if test.strict else left >= test.right

        assert enough(test.part + test.missing)
        assert test.met or not enough(test.part + test.missing - 1)


def test_the_certificate_names_what_failed():
    claim = certify(decide(LAW, 6, Totals(300, 30, 199, 20, 199, 14))).claim
    assert claim.startswith("no quorum")
    assert "participation_area: 597 < 600, 1 missing" in claim
    assert "passing_heads: 56 < 60, 1 missing" in claim


GOOD = {
    "total_area": 300,
    "total_heads": 30,
    "participating_area": 200,
    "participating_heads": 20,
    "yes_area": 150,
    "yes_heads": 15,
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"total_area": 0}, "totals.total_area"),
        ({"total_heads": 0, "participating_heads": 0, "yes_heads": 0}, "totals.total_heads"),
        ({"total_area": -1}, "totals.total_area"),
        ({"yes_heads": -1}, "totals.yes_heads"),
        ({"participating_area": 301}, "totals.participating_area"),
        ({"participating_heads": 31}, "totals.participating_heads"),
        ({"yes_area": 201}, "totals.yes_area"),
        ({"yes_heads": 21}, "totals.yes_heads"),
        ({"yes_area": 150.0}, "totals.yes_area"),
        ({"yes_area": True}, "totals.yes_area"),
        ({"yes_area": float("nan")}, "totals.yes_area"),
    ],
)
def test_totals_that_cannot_be(change, field):
    with pytest.raises(InvalidInput) as refused:
        decide(LAW, 1, Totals(**{**GOOD, **change}))
    assert refused.value.field == field


@pytest.mark.parametrize("item", [0, 10, -1])
def test_an_item_that_the_law_does_not_know(item):
    with pytest.raises(InvalidInput) as refused:
        decide(LAW, item, Totals(**GOOD))
    assert refused.value.field == "item"


def test_an_unknown_rule():
    with pytest.raises(InvalidInput) as refused:
        rule("cn-civil-code-279")
    assert refused.value.field == "rule"


def test_the_law_as_data():
    assert [item.number for item in LAW.items] == list(range(1, 10))
    assert [item.number for item in LAW.items if not item.passing.strict] == [6, 7, 8]
    assert {(item.passing.numerator, item.passing.denominator) for item in LAW.items[5:8]} == {(3, 4)}
    assert "三分之二以上" in LAW.participation_text
    assert LAW.item(5).text.startswith("使用")
    assert LAW.item(6).text.startswith("筹集")
