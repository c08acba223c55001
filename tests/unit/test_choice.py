"""Participatory budgets and elections: hand-made cases whose outcome can be reckoned on paper."""

import hashlib
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Cancelled
from gezhi.solvers.choice import (
    Project,
    approval,
    build_task,
    decide_budget,
    instant_runoff,
    tie_order,
    transferable_vote,
)


def budget_task(budget, costs, ballots, *, satisfaction="cost", seed=None, **more):
    projects = [Project(name, cost) for name, cost in costs.items()]
    votes = [dict.fromkeys(ballot, 1) if isinstance(ballot, str) else ballot for ballot in ballots]
    rank = tie_order(costs, seed=seed)
    return build_task(budget=budget, projects=projects, ballots=votes, satisfaction=satisfaction, rank=rank, **more)


# Six of ten want a and b, four want c: greedy gives all to the six, equal shares gives the four their part.
SPLIT = ({"a": 60, "b": 40, "c": 40}, ["ab"] * 6 + ["c"] * 4)


def test_greedy_serves_the_majority_and_equal_shares_everybody():
    task = budget_task(100, *SPLIT)
    assert decide_budget(task, rule="greedy").chosen == ("a", "b")
    outcome = decide_budget(task, rule="equal_shares")
    assert (set(outcome.chosen), outcome.cost, outcome.beside) == ({"a", "c"}, 100, ("a", "b"))


def test_equal_shares_leaves_money_and_its_completion_spends_it():
    # Each of ten has 10; a has one supporter and costs 30: nobody can pay until the purses are raised or greedy comes.
    task = budget_task(100, {"a": 30, "b": 50}, ["a"] + ["b"] * 5 + [""] * 4)
    assert decide_budget(task, rule="equal_shares").chosen == ("b",)
    full = decide_budget(task, rule="equal_shares", completion="raise_then_greedy")
    assert (full.chosen, full.cost) == (("b", "a"), 80)
    assert decide_budget(task, rule="equal_shares", completion="greedy").by_rule == 1
    assert "1 more would still fit" in decide_budget(task, rule="equal_shares").certificate.claim


def test_phragmen_buys_when_supporters_can_pay():
    # b's 6 supporters have 40 after 6⅔ each, c's 4 after 10; a's 6 start again from 6⅔ and have 60 at 16⅔.
    assert decide_budget(budget_task(140, *SPLIT, satisfaction="count"), rule="phragmen").chosen == ("b", "c", "a")
    assert decide_budget(budget_task(100, *SPLIT, satisfaction="count"), rule="phragmen").chosen == ("b", "c")


def test_points_weigh():
    ballots = [{"a": 3, "b": 1}, {"b": 2}]
    assert decide_budget(budget_task(1, {"a": 1, "b": 1}, ballots, satisfaction="points"), rule="greedy").chosen == (
        "a",
    )
    assert decide_budget(budget_task(1, {"a": 1, "b": 1}, ballots, satisfaction="count"), rule="greedy").chosen == (
        "b",
    )


def test_the_committed_seed_breaks_ties():
    drawn = {
        decide_budget(budget_task(1, {"a": 1, "b": 1}, ["ab"], seed=str(n)), rule="greedy").chosen for n in range(9)
    }
    assert drawn == {("a",), ("b",)}
    commitment = hashlib.sha256(b"dice").hexdigest()
    assert tie_order("ab", seed="dice", commitment=commitment) == tie_order("ba", seed="dice")
    for seed in ("other", None):
        with pytest.raises(InvalidInput) as refused:
            tie_order("ab", seed=seed, commitment=commitment)
        assert refused.value.field == "tie_seed"


@pytest.mark.parametrize("rule", ["greedy", "equal_shares", "phragmen", "greatest_welfare"])
def test_pairs_and_support(rule):
    costs, ballots = {"a": 30, "b": 30, "c": 30}, ["ab"] * 5 + ["a"] + ["c"]
    apart = decide_budget(budget_task(100, costs, ballots, incompatible=[("a", "b")]), rule=rule, completion="greedy")
    assert set(apart.chosen) == {"a", "c"}
    liked = decide_budget(budget_task(100, costs, ballots, least_support=2), rule=rule, completion="greedy")
    assert set(liked.chosen) == {"a", "b"}


def test_a_stopped_count_is_no_count():
    with pytest.raises(Cancelled):
        decide_budget(budget_task(100, *SPLIT), rule="equal_shares", completion="raise", should_stop=lambda: True)


@st.composite
def tasks(draw):
    names = "abcde"[: draw(st.integers(1, 5))]
    costs = {name: draw(st.integers(1, 12)) for name in names}
    ballot = st.dictionaries(st.sampled_from(list(names)), st.integers(0, 4))
    pairs = [pair for pair in combinations(names, 2) if draw(st.integers(0, 5)) == 0]
    kind = draw(st.sampled_from(["cost", "count", "points"]))
    votes = draw(st.lists(ballot, min_size=1, max_size=8))
    return budget_task(draw(st.integers(1, 30)), costs, votes, satisfaction=kind, incompatible=pairs)


@settings(max_examples=60, deadline=None)
@given(tasks(), st.sampled_from(["greedy", "equal_shares", "phragmen", "greatest_welfare"]), st.booleans())
def test_every_outcome_keeps_budget_and_pairs(task, rule, complete):
    outcome = decide_budget(task, rule=rule, completion="greedy" if complete else "none")
    assert outcome.cost == sum(task.costs[name] for name in outcome.chosen) <= task.budget
    assert len(set(outcome.chosen)) == len(outcome.chosen)
    assert not any(task.apart[name] & set(outcome.chosen) for name in outcome.chosen)
    assert not (complete and task.open_to(outcome.chosen))


@settings(max_examples=40, deadline=None)
@given(tasks())
def test_greatest_welfare_is_the_greatest(task):
    def welfare(chosen):
        return sum(task.satisfaction(name) for name in chosen)

    possible = [
        some
        for size in range(len(task.costs) + 1)
        for some in combinations(task.costs, size)
        if task.cost(some) <= task.budget and not any(task.apart[name] & set(some) for name in some)
    ]
    assert welfare(decide_budget(task, rule="greatest_welfare").chosen) == max(map(welfare, possible))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"budget": 0}, "budget"),
        ({"projects": []}, "projects"),
        ({"projects": [Project("a", 0)]}, "projects[0].cost"),
        ({"projects": [Project("a", 1), Project("a", 1)]}, "projects[1].id"),
        ({"ballots": [{"z": 1}]}, "ballots[0]"),
        ({"ballots": [{"a": -1}]}, "ballots[0]"),
        ({"least_support": -1}, "least_support"),
        ({"incompatible": [("a", "z")]}, "incompatible[0]"),
        ({"incompatible": [("a", "a")]}, "incompatible[0]"),
    ],
)
def test_a_budget_that_cannot_be(change, field):
    good = {"budget": 9, "projects": [Project("a", 1)], "ballots": [], "satisfaction": "cost", "rank": {"a": 0}}
    with pytest.raises(InvalidInput) as refused:
        build_task(**{**good, **change})
    assert refused.value.field == field


def test_a_project_beyond_all_means_does_not_hold_up_the_count():
    task = budget_task(100, {"a": 40, "z": 10**30}, ["a", "z", "z"])
    assert decide_budget(task, rule="equal_shares", completion="raise_then_greedy").chosen == ("a",)
    with pytest.raises(InvalidInput) as refused:
        decide_budget(task, rule="greatest_welfare")
    assert refused.value.field == "budget"


def test_only_equal_shares_can_be_raised():
    with pytest.raises(InvalidInput) as refused:
        decide_budget(budget_task(100, *SPLIT), rule="greedy", completion="raise")
    assert refused.value.field == "completion"


def test_instant_runoff_moves_the_votes_of_the_weakest():
    # a 4, b 3, c 2: c leaves, its votes go to b, who wins 5 to 4; first past the post would have chosen a.
    found = instant_runoff("abc", ["a"] * 4 + ["b"] * 3 + ["cb"] * 2, tie_order("abc"))
    assert found.winners == ("b",)
    assert found.rounds[0].eliminated == "c"
    assert found.rounds[1].votes == {"a": 4, "b": 5}


def test_instant_runoff_counts_exhausted_ballots_and_names_ties():
    found = instant_runoff("abc", ["a", "a", "b", "c"], tie_order("abc"))
    assert (found.rounds[0].tied, found.rounds[0].eliminated) == (("b", "c"), "c")
    assert (found.winners, found.rounds[1].exhausted) == (("a",), 1)
    assert instant_runoff("ab", [], tie_order("ab")).winners == ("a",)


def test_papers_that_name_nobody_raise_no_quota():
    # Five papers count: three of them are the quota of one seat, whatever lies beside them in the box.
    found = transferable_vote("ab", ["a"] * 3 + ["b"] * 2 + [""] * 4, 1, {"a": 0, "b": 1})
    assert (found.quota, found.winners, len(found.rounds)) == (3, ("a",), 1)
    assert found.rounds[0].exhausted == 4


def test_a_tie_between_two_who_reach_the_quota_is_told():
    found = transferable_vote("abc", ["a"] * 3 + ["b"] * 3 + ["c"], 2, {"a": 1, "b": 0, "c": 2})
    assert (found.winners, found.rounds[0].tied) == (("b", "a"), ("a", "b"))


def test_transferable_vote_hands_on_the_surplus():
    # 12 ballots, 2 seats: quota 5. a has 8, keeps 3/8 of each: b gets 8 × 3/8 = 3 and has 4, c 3, d leaves first.
    ballots = ["ab"] * 8 + ["b"] + ["c"] * 3
    found = transferable_vote("abc", ballots, 2, tie_order("abc"))
    assert (found.quota, found.winners) == (5, ("a", "b"))
    assert found.rounds[1].votes == {"b": Fraction(4), "c": Fraction(3)}


def test_approval_takes_the_most_approved():
    found = approval("abc", ["ab", "bc", "c"], 2, tie_order("abc"))
    assert (found.winners, found.rounds[0].tied) == (("b", "c"), ())
    assert approval("abc", ["ab"], 1, tie_order("abc")).rounds[0].tied == ("a", "b")


@pytest.mark.parametrize(
    ("candidates", "ballots", "seats", "field"),
    [
        ("", [], 1, "candidates"),
        ("aa", [], 1, "candidates"),
        ("ab", [], 0, "seats"),
        ("ab", [], 3, "seats"),
        ("ab", ["z"], 1, "ballots[0]"),
        ("ab", ["a", "bb"], 1, "ballots[1]"),
    ],
)
def test_an_election_that_cannot_be(candidates, ballots, seats, field):
    with pytest.raises(InvalidInput) as refused:
        transferable_vote(candidates, ballots, seats, tie_order(candidates))
    assert refused.value.field == field


@pytest.mark.shared_data
def test_outcomes_equal_an_independent_librarys(shared_data):
    from benchmarks.solve_tally import compare, load_peer, same

    peer = load_peer()
    if peer is None:
        pytest.skip("pabutools is not installed")
    for name in ("poland_warszawa_2017_radosc", "poland_lodz_2022_nad-nerem"):
        path = shared_data / "instances" / "pb" / f"{name}.pb"
        found = compare(peer, path, {})
        assert len(found) == 7
        assert [rule for rule, (mine, other) in found.items() if not same(path, rule, mine, other)] == []
