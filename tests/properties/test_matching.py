"""Matching: capacities and filters always hold, tiny cases equal brute force, more help never makes the plan worse."""

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.solvers.certificate import Status
from gezhi.solvers.matching import Accepted, Need, Past, Period, Resource, Role, barrier, match, score
from gezhi.solvers.matching.lists import Weights

PERIODS = (Period("am", 0, 10), Period("pm", 10, 20))
SKILLS = ("cook", "drive")


@st.composite
def needs(draw, number, teams=False):
    team = draw(st.sampled_from([(), (Role("cook"), Role("drive")), (Role("cook", 2),)])) if teams else ()
    return Need(
        f"n{number}",
        draw(st.integers(0, 4)) * 100.0,
        0.0,
        grid=draw(st.sampled_from(["g1", "g2", "g3"])),
        kind=draw(st.sampled_from(["meal", "visit"])),
        text=draw(st.sampled_from(["", "给老人送饭", "修水管"])),
        skills=() if team else tuple(draw(st.sets(st.sampled_from(SKILLS), max_size=1))),
        team=team,
        clearance=draw(st.sampled_from([0, 0, 1])),
        from_s=draw(st.sampled_from([None, 0, 5])),
        to_s=draw(st.sampled_from([None, 10, 20])),
        quantity=1 if team else draw(st.integers(1, 2)),
        urgency=draw(st.integers(0, 3)),
        consent=draw(st.sampled_from([True, True, True, False])),
        sensitive=draw(st.sampled_from([False, False, True])),
    )


@st.composite
def resources(draw, number):
    return Resource(
        f"r{number}",
        draw(st.integers(0, 4)) * 100.0,
        0.0,
        draw(st.sampled_from([150.0, 1000.0])),
        {name: draw(st.integers(0, 2)) for name in ("am", "pm")},
        kinds=draw(st.sampled_from([(), ("meal",)])),
        text=draw(st.sampled_from(["", "食堂给老人送饭"])),
        skills=tuple(sorted(draw(st.sets(st.sampled_from(SKILLS))))),
        clearance=draw(st.integers(0, 1)),
        past=draw(st.sampled_from([{}, {"meal": Past(4, 3)}])),
    )


@st.composite
def lists(draw, most_needs=6, most_resources=4, teams=False):
    some = [draw(needs(number, teams)) for number in range(draw(st.integers(1, most_needs)))]
    return some, [draw(resources(number)) for number in range(draw(st.integers(1, most_resources)))]


def shares(plan):
    return sorted(Fraction(row["served"], row["asked"]) for row in plan.figures["grids"].values())


def worth(plan):
    """What the plan is judged by, in order."""
    return (shares(plan), plan.figures["points"])


def hold(some, offered, plan):
    by_need, by_slot = {}, {}
    need_of = {need.id: need for need in some}
    resource_of = {resource.id: resource for resource in offered}
    for one in plan.proposals:
        need, resource = need_of[one.need], resource_of[one.resource]
        assert need.consent
        assert barrier(need, resource, PERIODS) is None or one.accepted
        by_need[one.need] = by_need.get(one.need, 0) + one.quantity
        by_slot[one.resource, one.period] = by_slot.get((one.resource, one.period), 0) + one.quantity
    for name, units in by_need.items():
        assert units <= (sum(role.count for role in need_of[name].team) or need_of[name].quantity)
    for (resource, period), units in by_slot.items():
        assert units <= resource_of[resource].capacity[period]


@settings(max_examples=120, deadline=None)
@given(lists(), st.booleans())
def test_capacity_and_filters_hold(task, fair):
    plan = match(*task, PERIODS, fair=fair)
    hold(*task, plan)
    assert plan.status == Status.OPTIMAL
    assert plan.certificate.value == plan.certificate.bound == plan.figures["points"]


def every_plan(some, offered):
    """All ways to give whole units to the needs, as (shares of grids, points)."""
    slots = [(resource, period.id) for resource in offered for period in PERIODS]
    arcs = []
    for need in some:
        for resource, period in slots:
            inside = next(one for one in PERIODS if one.id == period)
            in_time = (need.from_s is None or inside.from_s >= need.from_s) and (
                need.to_s is None or inside.to_s <= need.to_s
            )
            if need.consent and in_time and resource.capacity[period] and barrier(need, resource, PERIODS) is None:
                arcs.append((need, resource, period))
    asked = {}
    for need in some:
        if need.consent:
            asked[need.grid] = asked.get(need.grid, 0) + need.quantity
    for units in product(
        *(range(min(need.quantity, resource.capacity[period]) + 1) for need, resource, period in arcs)
    ):
        given, taken, grid, points = {}, {}, dict.fromkeys(asked, 0), 0
        for (need, resource, period), number in zip(arcs, units, strict=True):
            given[need.id] = given.get(need.id, 0) + number
            taken[resource.id, period] = taken.get((resource.id, period), 0) + number
            grid[need.grid] += number
            points += number * score(need, resource, Weights(), before=False).total
        if all(given[need.id] <= need.quantity for need in some if need.id in given) and all(
            number <= resource.capacity[period]
            for resource, period in slots
            if (number := taken.get((resource.id, period), 0))
        ):
            yield sorted(Fraction(grid[name], asked[name]) for name in asked), points


@settings(max_examples=60, deadline=None)
@given(lists(most_needs=3, most_resources=2), st.booleans())
def test_the_plan_is_the_best_of_all(task, fair):
    plan = match(*task, PERIODS, fair=fair)
    if fair:
        assert worth(plan) == max(every_plan(*task), default=([], 0))
    else:
        assert plan.figures["points"] == max((points for _, points in every_plan(*task)), default=0)


@settings(max_examples=80, deadline=None)
@given(lists(), resources(99))
def test_a_further_resource_never_makes_it_worse(task, more):
    some, offered = task
    assert worth(match(some, [*offered, more], PERIODS)) >= worth(match(some, offered, PERIODS))


@settings(max_examples=60, deadline=None)
@given(lists(), st.randoms(use_true_random=False))
def test_the_order_of_the_lists_does_not_matter(task, chance):
    some, offered = task
    shuffled = match(chance.sample(some, len(some)), chance.sample(offered, len(offered)), PERIODS[::-1])
    assert shuffled == match(some, offered, PERIODS)


@settings(max_examples=60, deadline=None)
@given(lists(), lists())
def test_accepted_matches_stay_when_the_lists_change(task, later):
    some, offered = task
    first = match(some, offered, PERIODS)
    kept = [Accepted(one.need, one.resource, one.period, one.quantity) for one in first.proposals[::2]]
    old = {one.need for one in kept}
    more = [need for need in later[0] if need.id not in old] + [need for need in some if need.id in old]
    again = match(more, offered, PERIODS, accepted=kept)
    found = {(one.need, one.resource, one.period): one for one in again.proposals}
    for one in kept:
        held = found[one.need, one.resource, one.period]
        assert held.accepted == one.quantity <= held.quantity
    hold(more, offered, again)


@settings(max_examples=40, deadline=None)
@given(lists(most_needs=4, most_resources=3, teams=True))
def test_teams_come_whole_or_not_at_all(task):
    some, offered = task
    plan = match(some, offered, PERIODS)
    hold(some, offered, plan)
    for need in some:
        mine = [one for one in plan.proposals if one.need == need.id]
        if need.team and mine:
            assert len({one.period for one in mine}) == 1
            assert len({one.resource for one in mine}) == len(mine) == sum(role.count for role in need.team)


@settings(max_examples=80, deadline=None)
@given(lists())
def test_what_is_not_for_other_eyes_is_not_explained(task):
    some, offered = task
    plan = match(some, offered, PERIODS)
    quiet = {need.id for need in some if not need.consent}
    hidden = {need.id for need in some if need.sensitive}
    assert not quiet & {one.need for one in plan.proposals}
    assert not quiet & set(plan.unmatched)
    assert not (quiet | hidden) & set(plan.explanations)
    assert plan.figures["withheld"] == len(quiet)
    for why in plan.explanations.values():
        for other in why.others:
            assert not any(name in other.why.replace(",", "").split() for name in quiet | hidden)
    for name in hidden & set(plan.unmatched):
        assert "sensitive" in plan.unmatched[name]
