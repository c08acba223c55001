"""Matching by hand: filters in their order, parts of a score, reasons, what was accepted or proposed before."""

import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Status
from gezhi.solvers.matching import Accepted, Need, Past, Period, Resource, Role, Weights, barrier, match, score

DAY = Period("day", 0, 10)
PERIODS = (DAY, Period("night", 10, 20))


def need(name="n", x=0.0, **more):
    return Need(name, x, 0.0, **more)


def helper(name="r", x=0.0, units=1, radius_m=1000.0, **more):
    return Resource(name, x, 0.0, radius_m, more.pop("capacity", {"day": units}), **more)


@pytest.mark.parametrize(
    ("asked", "offered", "found"),
    [
        (need(), helper(), None),
        (need(clearance=1), helper(), "clearance"),
        (need(clearance=1), helper(clearance=1), None),
        (need(kind="visit"), helper(kinds=("meal",)), "kind"),
        (need(skills=("cook", "drive")), helper(skills=("cook",)), "skill"),
        (need(team=(Role("cook"), Role("drive"))), helper(skills=("drive",)), None),
        (need(team=(Role("cook"),)), helper(skills=("drive",)), "skill"),
        (need(x=1001.0), helper(), "place"),
        (need(x=1000.0), helper(), None),
        (need(from_s=1), helper(), "time"),
        (need(to_s=9), helper(), "time"),
        (need(from_s=0, to_s=10), helper(), None),
        (need(), helper(units=0), "time"),
        (need(clearance=1, x=5000.0), helper(), "clearance"),
    ],
)
def test_filters_name_the_first_barrier(asked, offered, found):
    assert barrier(asked, offered, PERIODS) == found


def test_the_parts_of_a_score_can_be_reckoned():
    asked = need(text="给老人送饭", kind="meal", urgency=2)
    offered = helper(x=250.0, text="社区食堂送饭", past={"meal": Past(8, 7)})
    points = score(asked, offered, Weights(), before=True)
    # 250 of 1,000 m; 1 of 4 + 5 pairs of characters shared (送饭): 2 × 300 × 1 // 9; (7 + 1) ÷ (8 + 2); 2 of 3 levels.
    assert (points.distance, points.text, points.success, points.urgency, points.stability) == (225, 66, 160, 133, 100)
    assert points.shared == ("送饭",)
    assert points.total == 1 + 225 + 66 + 160 + 133 + 100


def test_the_nearer_one_serves_and_the_other_learns_why_not():
    plan = match([need()], [helper("near", 100.0), helper("far", 500.0)], PERIODS)
    assert [(one.resource, one.quantity) for one in plan.proposals] == [("near", 1)]
    assert [(other.resource, other.why) for other in plan.explanations["n"].others] == [("far", "120 points less")]


def test_who_is_taken_says_by_whom_but_not_by_a_sensitive_need():
    some = [need("a", urgency=3), need("b"), need("c", sensitive=True, urgency=3)]
    plan = match(some, [helper(units=2)], PERIODS)
    assert sorted(one.need for one in plan.proposals) == ["a", "c"]
    assert plan.explanations["b"].others[0].why == "no room left: serves a, 1 not named"
    assert plan.unmatched["b"].startswith("1 of 1 not served")
    assert "c" not in plan.explanations


def test_every_grid_gets_its_share_before_points_count():
    some = [need(f"x{number}", grid="X", urgency=3) for number in range(3)] + [need("y", 900.0, grid="Y")]
    near = helper(units=3)
    fair = match(some, [near], PERIODS)
    assert fair.figures["grids"] == {"X": {"asked": 3, "served": 2}, "Y": {"asked": 1, "served": 1}}
    most = match(some, [near], PERIODS, fair=False)
    assert most.figures["grids"]["Y"]["served"] == 0
    assert most.figures["points"] > fair.figures["points"]
    assert "proven" in fair.certificate.claim


def test_what_was_proposed_before_is_kept_unless_it_costs_much():
    two = [helper("old", 300.0), helper("new", 100.0)]
    assert match([need()], two, PERIODS).proposals[0].resource == "new"
    assert match([need()], two, PERIODS, before=[("n", "old")]).proposals[0].resource == "old"


def test_what_was_accepted_stays_even_if_it_is_not_the_best():
    two = [helper("old", 900.0), helper("new", 100.0)]
    plan = match([need()], two, PERIODS, accepted=[Accepted("n", "old", "day")])
    assert [(one.resource, one.accepted) for one in plan.proposals] == [("old", 1)]


@pytest.mark.parametrize(
    ("some", "accepted", "code"),
    [
        ([need("a"), need("b")], [Accepted("a", "r", "day"), Accepted("b", "r", "day")], "over_capacity"),
        ([need("a")], [Accepted("a", "r", "day", 2)], "over_need"),
        ([need("a")], [Accepted("a", "r", "night")], "over_capacity"),
        ([need("a", consent=False), need("b")], [Accepted("a", "r", "day")], "no_consent"),
    ],
)
def test_accepted_matches_that_cannot_be_kept_are_named(some, accepted, code):
    plan = match(some, [helper()], PERIODS, accepted=accepted)
    assert plan.status == Status.IMPOSSIBLE
    assert code in {reason.code for reason in plan.certificate.reasons}


def test_a_team_is_whole_or_not_at_all():
    team = need("t", team=(Role("cook"), Role("drive")))
    both = [helper("c", skills=("cook",)), helper("d", skills=("drive",))]
    plan = match([team, need("n")], both, PERIODS, fair=False)
    assert sorted((one.need, one.resource) for one in plan.proposals) in (
        [("t", "c"), ("t", "d")],
        [("n", "c")],
        [("n", "d")],
    )
    alone = match([team], both, PERIODS)
    assert sorted((one.need, one.resource) for one in alone.proposals) == [("t", "c"), ("t", "d")]
    assert alone.status == Status.OPTIMAL
    lame = match([team], both[:1], PERIODS)
    assert lame.proposals == ()
    assert lame.unmatched == {"t": "the team cannot be made up: 1 × drive"}
    one_for_two = match([team], [helper("x", units=2, skills=("cook", "drive"))], PERIODS)
    assert one_for_two.proposals == ()


def test_an_accepted_member_of_a_team_stays():
    team = need("t", team=(Role("cook"),))
    two = [helper("far", 900.0, skills=("cook",)), helper("near", skills=("cook",))]
    plan = match([team], two, PERIODS, accepted=[Accepted("t", "far", "day")])
    assert [(one.resource, one.accepted) for one in plan.proposals] == [("far", 1)]


def test_nobody_passes():
    plan = match([need(x=5000.0)], [helper(), helper("s", units=0)], PERIODS)
    assert plan.unmatched == {"n": "no resource passes the filters: place 2"}
    assert plan.proposals == ()


@pytest.mark.parametrize(
    ("lists", "more", "field"),
    [
        (([need(), need()], [helper()], PERIODS), {}, "needs[1].id"),
        (([need()], [helper(), helper()], PERIODS), {}, "resources[1].id"),
        (([need()], [helper()], (DAY, DAY)), {}, "periods[1].id"),
        (([need(x=float("nan"))], [helper()], PERIODS), {}, "needs[0].x"),
        (([need(quantity=0)], [helper()], PERIODS), {}, "needs[0].quantity"),
        (([need(urgency=4)], [helper()], PERIODS), {}, "needs[0].urgency"),
        (([need(team=(Role("a", 0),))], [helper()], PERIODS), {}, "needs[0].team[0].count"),
        (([need(team=(Role("a"),), quantity=2)], [helper()], PERIODS), {}, "needs[0].quantity"),
        (([need()], [helper(radius_m=-1.0)], PERIODS), {}, "resources[0].radius_m"),
        (([need()], [helper(units=-1)], PERIODS), {}, "resources[0].capacity.day"),
        (([need()], [helper(capacity={"noon": 1})], PERIODS), {}, "resources[0].capacity"),
        (([need()], [helper(past={"meal": Past(1, 2)})], PERIODS), {}, "resources[0].past.meal.good"),
        (([need()], [helper()], (Period("day", 5, 5),)), {}, "periods[0].to_s"),
        (([need()], [helper()], PERIODS), {"accepted": [Accepted("z", "r", "day")]}, "accepted[0].need"),
        (([need()], [helper()], PERIODS), {"accepted": [Accepted("n", "r", "day", 0)]}, "accepted[0].quantity"),
        (([need()], [helper()], PERIODS), {"weights": Weights(text=-1)}, "weights.text"),
    ],
)
def test_lists_that_cannot_be(lists, more, field):
    with pytest.raises(InvalidInput) as refused:
        match(*lists, **more)
    assert refused.value.field == field
