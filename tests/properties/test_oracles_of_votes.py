"""Votes, budgets and matchings over random combinations of every optional field, held against oracles that try everything."""

import json
from collections import Counter
from dataclasses import asdict
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest

from gezhi.solvers.certificate import Status
from gezhi.solvers.choice import Project, build_task, decide_budget, tie_order
from gezhi.solvers.matching import Accepted, Need, Past, Period, Resource, Role, Weights, match
from gezhi.solvers.tally import CIVIL_CODE_278, rule, tally, verify_tally
from tests.factories.votes import papers_file, prove, random_vote, roll_file
from tests.oracles import budget as budgets
from tests.oracles import matching as matchings
from tests.oracles import ranked
from tests.oracles.tally import truth

LAW = rule(CIVIL_CODE_278)
PERIODS = (Period("am", 0, 10), Period("pm", 10, 20))
RULES = [
    ("greedy", "none"),
    ("greatest_welfare", "none"),
    ("greatest_welfare", "greedy"),
    ("phragmen", "none"),
    ("phragmen", "greedy"),
    ("equal_shares", "none"),
    ("equal_shares", "greedy"),
    ("equal_shares", "raise"),
    ("equal_shares", "raise_then_greedy"),
]


def compare_tally(seed):
    """What is wrong with the count of a random vote, and how it ended."""
    vote = random_vote(Random(seed))  # noqa: S311 - the same instances in each run
    result, right = tally(rule=LAW, **vote), truth(vote)
    wrong = []
    if {side: (row["area"], row["heads"]) for side, row in asdict(result.counts).items()} != right.counts:
        wrong.append("counts")
    if (result.outcome, result.plain.outcome, result.joined.outcome) != (right.outcome, right.plain, right.joined):
        wrong.append("outcome")
    if {ballot.id for ballot in vote["ballots"]} - set(result.refused) != right.used:
        wrong.append("ballots that count")
    if result.disagreeing != right.disagreeing:
        wrong.append("disagreeing")
    if sum(result.not_counted.values()) != len(result.refused):
        wrong.append("not_counted")
    recounted = verify_tally.recount(
        json.loads(prove(vote)), json.loads(roll_file(vote))["roll"], json.loads(papers_file(vote))
    )
    if {side: (row["area"], row["heads"]) for side, row in recounted.items()} != right.counts:
        wrong.append("the verifier's counts")
    return wrong, result.outcome.value


def random_budget(chance):
    names = "abcde"[: chance.randint(1, 5)]
    costs = {name: chance.choice((chance.randint(1, 12), 10 * chance.randint(1, 4))) for name in names}
    most = chance.choice((1, 1, 4))
    return budgets.Case(
        budget=chance.randint(1, 50),
        costs=costs,
        ballots=tuple(
            {name: chance.randint(0, most) for name in names if chance.random() < 0.6}
            for _ in range(chance.randint(0, 6))
        ),
        satisfaction=chance.choice(("cost", "count", "points")),
        rank=tie_order(costs, seed=chance.choice((None, str(chance.random())))),
        least_support=chance.choice((0, 0, 0, 1, 2)),
        incompatible=tuple(pair for pair in combinations(names, 2) if chance.random() < 0.12),
    )


def by_definition(case, name, completion, percent):
    if name == "equal_shares":
        raising = completion.startswith("raise")
        return budgets.raised(case, percent) if raising else budgets.equal_shares(case, Fraction(case.budget))
    return {"greedy": budgets.greedy, "greatest_welfare": budgets.welfare, "phragmen": budgets.phragmen}[name](case)


def compare_budget(seed):
    """What is wrong with each rule on a random budget, and how many outcomes were compared."""
    chance = Random(seed)  # noqa: S311
    case = random_budget(chance)
    task = build_task(
        budget=case.budget,
        projects=[Project(name, cost) for name, cost in case.costs.items()],
        ballots=case.ballots,
        satisfaction=case.satisfaction,
        rank=case.rank,
        least_support=case.least_support,
        incompatible=case.incompatible,
    )
    wrong = []
    for name, completion in RULES:
        percent = chance.randint(1, 30)
        outcome = decide_budget(task, rule=name, completion=completion, step_percent=percent)
        chosen = list(outcome.chosen)
        own, right = chosen[: outcome.by_rule], by_definition(case, name, completion, percent)
        full = budgets.greedy(case, own) if completion.endswith("greedy") else own
        axioms = {
            "rule": (set(own) if name == "greatest_welfare" else own) == right,
            "completion": chosen == full,
            "feasible": case.allowed(chosen) and outcome.cost == case.cost(chosen),
            "exhaustive": not (case.fits(chosen) and (name == "greedy" or completion.endswith("greedy"))),
            "would_fit": outcome.certificate.details["would_fit"] == sorted(case.fits(chosen)),
            "beside": list(outcome.beside) == budgets.greedy(case),
            # Pairs that exclude each other can make a group's due impossible: without them it is promised.
            "proportional": name != "equal_shares" or bool(case.incompatible) or budgets.unserved(case, chosen) is None,
        }
        wrong += [f"{name}/{completion}: {axiom}" for axiom, holds in axioms.items() if not holds]
    return wrong, "outcomes"


def _need(chance, number, teams):
    team = chance.choice(((), (Role("cook"), Role("drive")), (Role("cook", 2),))) if teams else ()
    return Need(
        f"n{number}",
        chance.randint(0, 4) * 100.0,
        chance.choice((0.0, 50.0)),
        grid=chance.choice(("g1", "g2", "g3")),
        kind=chance.choice(("meal", "visit")),
        text=chance.choice(("", "给老人送饭", "修水管 ok")),
        skills=tuple(chance.sample(("cook", "drive"), chance.choice((0, 0, 1))))
        if not team or chance.random() < 0.2
        else (),
        team=team,
        clearance=chance.choice((0, 0, 0, 1)),
        from_s=chance.choice((None, None, 0, 5)),
        to_s=chance.choice((None, None, 10, 20)),
        quantity=1 if team else chance.randint(1, 3),
        urgency=chance.randint(0, 3),
        consent=chance.random() < 0.85,
        sensitive=chance.random() < 0.3,
    )


def _resource(chance, number):
    return Resource(
        f"r{number}",
        chance.randint(0, 4) * 100.0,
        0.0,
        chance.choice((0.0, 150.0, 1000.0, 1000.0)),
        {name: chance.randint(0, 2) for name in ("am", "pm") if chance.random() < 0.85},
        kinds=chance.choice(((), (), ("meal",))),
        text=chance.choice(("", "食堂给老人送饭")),
        skills=tuple(sorted(chance.sample(("cook", "drive"), chance.choice((0, 1, 2, 2))))),
        clearance=chance.choice((0, 1, 1)),
        past=chance.choice(({}, {"meal": Past(4, 3)}, {"visit": Past(9, 0)})),
    )


def random_lists(chance, *, teams):
    """Needs, resources, and what ``match`` and the oracle take beside them."""
    needs = [_need(chance, number, teams) for number in range(chance.randint(1, 4))]
    resources = [_resource(chance, number) for number in range(chance.randint(1, 3))]
    accepted = []
    for _ in range(chance.choice((0, 0, 0, 1, 2))):
        need = chance.choice(needs)
        units = 1 if need.team else chance.randint(1, 2)
        accepted.append(Accepted(need.id, chance.choice(resources).id, chance.choice(PERIODS).id, units))
    some = Weights(*(chance.randint(0, 9) for _ in range(4)), stability=chance.randint(0, 400))
    return (needs, resources, PERIODS), {
        "accepted": accepted,
        "before": [(chance.choice(needs).id, chance.choice(resources).id) for _ in range(chance.choice((0, 0, 2)))],
        "weights": chance.choice((Weights(), Weights(), some, Weights(0, 0, 0, 0, 0))),
        "fair": chance.random() < 0.6,
    }


def compare_matching(seed):
    """What is wrong with the plan of random lists, and its status."""
    chance = Random(seed)  # noqa: S311
    lists, more = random_lists(chance, teams=bool(seed % 2))
    plan, right = match(*lists, **more), matchings.best(*lists, **more)
    teams = any(need.team and need.consent for need in lists[0])
    if right.impossible:
        # Members of a team accepted in two periods, or a team that cannot be completed: no plan, and no claim of a proof.
        allowed = {Status.IMPOSSIBLE, Status.NONE_FOUND} if teams else {Status.IMPOSSIBLE}
        return [] if plan.status in allowed else ["possible"], plan.status.value
    if plan.status != Status.OPTIMAL:
        return ["status"], plan.status.value
    wrong = []
    if (plan.certificate.value, plan.certificate.bound) != (right.points, right.points):
        wrong.append("points")
    shares = sorted(Fraction(row["served"], row["asked"]) for row in plan.figures["grids"].values())
    if more["fair"] and not teams and shares != right.shares:
        wrong.append("shares")
    if not teams and plan.figures["most_units_possible"] != right.most_units:
        wrong.append("most_units_possible")
    if more["fair"] and teams and Fraction(plan.figures["floor"]).limit_denominator(1000) != right.floor:
        wrong.append("floor")
    return wrong, plan.status.value


def compare_election(seed):
    """What is wrong with a random election, and its method."""
    method, wrong = ranked.faults_of(ranked.random_election(seed))
    return wrong, method


def hold_against(compare, seeds):
    """Compare on all seeds; nothing may be wrong. Returns how many ended how."""
    ends, wrong = Counter(), {}
    for seed in seeds:
        found, end = compare(seed)
        ends[end] += 1
        if found:
            wrong[seed] = found
    assert wrong == {}
    return ends


@pytest.mark.parametrize("part", range(2))
def test_votes_are_counted_as_by_hand(part):
    ends = hold_against(compare_tally, range(part, 2_000, 2))
    assert min(ends[name] for name in ("passed", "rejected", "no_quorum")) > 100


@pytest.mark.parametrize("part", range(2))
def test_budgets_are_those_of_the_definitions(part):
    assert hold_against(compare_budget, range(part, 700, 2)) == {"outcomes": 350}


def test_elections_are_counted_as_by_hand():
    ends = hold_against(compare_election, range(3_000))
    assert ends == dict.fromkeys(ranked.METHODS, 1_000)


@pytest.mark.parametrize("part", range(2))
def test_matchings_are_the_best_of_all(part):
    # An even seed has no teams.
    ends = hold_against(compare_matching, range(part, 1_600, 2))
    assert min(ends["optimal"], ends["impossible"]) > 80


def test_a_budget_in_which_no_project_has_the_least_support():
    task = build_task(
        budget=9, projects=[Project("a", 1)], ballots=[{"a": 1}], satisfaction="cost", rank={"a": 0}, least_support=2
    )
    for name, completion in RULES:
        assert decide_budget(task, rule=name, completion=completion).chosen == ()


def test_of_equally_fair_plans_the_one_with_more_points_is_taken():
    # Two grids ask for two each, three units are there: who gets the third is open, and g2's need is the urgent one.
    needs = [Need("n1", 0, 0, grid="g1", quantity=2), Need("n2", 0, 0, grid="g2", quantity=2, urgency=3)]
    plan = match(needs, [Resource("r", 0, 0, 10, {"am": 3})], PERIODS)
    assert {grid: row["served"] for grid, row in plan.figures["grids"].items()} == {"g1": 1, "g2": 2}


def test_one_person_does_not_make_up_a_team_and_holds_no_floor_down():
    # g1 asks for a cook and a driver, and one person is both: nobody can reach g1, so g2 is served as well as can be.
    needs = [Need("n1", 0, 0, grid="g1", team=(Role("cook"), Role("drive"))), Need("n2", 0, 0, grid="g2", quantity=2)]
    plan = match(needs, [Resource("r", 0, 0, 10, {"am": 1, "pm": 1}, skills=("cook", "drive"))], PERIODS)
    assert plan.figures["floor"] == 1.0


@pytest.mark.parametrize(
    ("skills", "times", "code"), [((), 1, "no_role"), (("cook", "drive"), 2, "over_team"), (("cook",), 1, None)]
)
def test_an_accepted_member_of_a_team_is_kept_or_the_reason_told(skills, times, code):
    needs = [Need("n1", 0, 0, team=(Role("cook"), Role("drive")))]
    resources = [
        Resource("r", 0, 0, 10, {"am": 2}, skills=skills),
        Resource("s", 0, 0, 10, {"am": 1}, skills=("drive",)),
    ]
    plan = match(needs, resources, PERIODS, accepted=[Accepted("n1", "r", "am")] * times)
    assert [reason.code for reason in plan.certificate.reasons] == ([code] if code else [])
    assert plan.status == (Status.IMPOSSIBLE if code else Status.OPTIMAL)


def test_points_accepted_before_count_beside_a_team():
    needs = [Need("n1", 0, 0, team=(Role("cook"),)), Need("n2", 0, 0)]
    resources = [Resource("r", 0, 0, 10, {"am": 2}, skills=("cook",))]
    plan = match(needs, resources, PERIODS, accepted=[Accepted("n2", "r", "am")])
    assert plan.certificate.value == plan.certificate.bound == plan.figures["points"]
