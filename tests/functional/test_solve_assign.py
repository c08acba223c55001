"""``gezhi solve assign`` on files: its contract, and every kind of bad input."""

import itertools
import json
import math

import pytest
from click.testing import CliRunner

from gezhi.interfaces.cli.main import main
from tests.factories.tasks import solve_file


@pytest.fixture
def solve(tmp_path):
    def run(task):
        (tmp_path / "out.json").unlink(missing_ok=True)
        result, out = solve_file(tmp_path, "assign", task)
        return result.exit_code, json.loads(out.read_text("utf-8")) if out.exists() else None, result.output

    return run


def task(**changes):
    whole = {
        "workers": [
            {"id": "w1", "x": 0, "y": 0, "skills": ["lift"]},
            {"id": "w2", "x": 1000, "y": 0, "skills": []},
        ],
        "cases": [
            {"id": "c1", "x": 900, "y": 0, "needs": ["lift"]},
            {"id": "c2", "x": 100, "y": 0, "needs": []},
        ],
        "speed_mps": 2.0,
        "objective": "travel",
    }
    whole.update(changes)
    return {name: value for name, value in whole.items() if value is not None}


def test_the_skilled_worker_crosses_over(solve):
    code, answer, _ = solve(task())
    assert code == 0
    assert answer["assignment"] == {"c1": "w1", "c2": "w2"}
    assert answer["unassigned"] == {}
    assert answer["cost"] == answer["bound"] == 900.0
    assert answer["status"] == "optimal"
    why = answer["explanations"]["c2"]
    assert why["nearer"] == {"w1": "c1"}
    assert why["next_best"]["worker"] == "w1"
    assert why["plan_cost_without"] is None


@pytest.mark.parametrize("empty", ["workers", "cases"])
def test_nobody_or_nothing(solve, empty):
    code, answer, _ = solve(task(**{empty: []}))
    assert code == 0
    assert answer["assignment"] == {}
    assert answer["cost"] == answer["bound"] == 0
    assert set(answer["unassigned"].values()) == (set() if empty == "cases" else {"there are no workers"})


def test_more_cases_than_workers_are_told_why(solve):
    cases = [{"id": f"c{i}", "x": 100 * i, "y": 0} for i in range(4)] + [{"id": "z", "x": 0, "y": 0, "needs": ["fly"]}]
    code, answer, _ = solve(task(cases=cases))
    assert code == 0
    assert len(answer["assignment"]) == 2
    assert answer["unassigned"]["z"] == "no worker has the skill fly"
    assert sum(reason.startswith("all 2 eligible workers") for reason in answer["unassigned"].values()) == 2
    # Every pair of cases for the two workers, in both orders: none is cheaper.
    best = min(abs(0 - 100 * a) / 2 + abs(1000 - 100 * b) / 2 for a, b in itertools.permutations(range(4), 2))
    assert math.isclose(answer["cost"], best)


def test_a_matrix_is_workers_by_cases_with_null_for_no_way(solve):
    code, answer, _ = solve(task(speed_mps=None, travel_s=[[5, 1], [None, 2]]))
    assert code == 0
    assert answer["assignment"] == {"c1": "w1", "c2": "w2"}
    assert answer["cost"] == 7


def test_dispatch_swaps_a_worker_under_way_only_below_the_cap(solve):
    workers = [{"id": "w1", "x": 0, "y": 0, "on_way_to": "c2"}, {"id": "w2", "x": 1000, "y": 0}]
    cases = [{"id": "c1", "x": 0, "y": 0, "urgency": 5}, {"id": "c2", "x": 900, "y": 0}]
    code, answer, _ = solve(task(workers=workers, cases=cases, objective="dispatch"))
    assert code == 0
    assert answer["assignment"] == {"c1": "w1", "c2": "w2"}
    workers[0]["swaps"] = 2
    assert solve(task(workers=workers, cases=cases, objective="dispatch"))[1]["assignment"] == {"c1": "w2", "c2": "w1"}


def test_dispatch_sends_whole_teams_or_nobody(solve):
    workers = [{"id": f"w{i}", "x": 10 * i, "y": 0} for i in range(3)]
    cases = [{"id": f"c{i}", "x": 0, "y": 0, "people": 2} for i in range(2)]
    code, answer, _ = solve(task(workers=workers, cases=cases, objective="dispatch"))
    assert code == 0
    assert [len(sent) for sent in answer["assignment"].values()] == [2]
    assert len(answer["unassigned"]) == 1
    assert answer["bound"] <= answer["cost"]


def test_shift_end_and_break_hold(solve):
    workers = [{"id": "w1", "x": 0, "y": 0, "shift_end_s": 100}]
    cases = [{"id": "c1", "x": 150, "y": 0, "service_s": 30}]
    assert solve(task(workers=workers, cases=cases))[1]["unassigned"] == {
        "c1": "the shift of every worker who can get there ends before the case would be done"
    }
    workers = [{"id": "w1", "x": 0, "y": 0, "break_from_s": 60, "break_to_s": 600}]
    answer = solve(task(workers=workers, cases=cases, objective="dispatch"))[1]
    assert answer["explanations"]["c1"]["arrival_s"] == 675


def test_the_order_of_the_file_changes_nothing(solve):
    workers = [{"id": f"w{i}", "x": 0, "y": 0} for i in range(4)]
    cases = [{"id": f"c{i}", "x": 0, "y": 0} for i in range(6)]
    one = solve(task(workers=workers, cases=cases))[1]["assignment"]
    assert solve(task(workers=workers[::-1], cases=cases[::-1]))[1]["assignment"] == one


W, C = {"id": "w", "x": 0, "y": 0}, {"id": "c", "x": 0, "y": 0}
BAD = {
    "no JSON": ("{", "not valid JSON"),
    "NaN": ('{"workers":[{"id":"w","x":NaN,"y":0}],"cases":[],"speed_mps":1}', "not valid JSON"),
    "a list": ("[]", "object"),
    "no workers": (task(workers=None), "workers"),
    "no place": (task(workers=[{"id": "w", "x": 0}]), "y"),
    "wrong type": (task(workers=[{**W, "x": "east"}]), "workers"),
    "unknown field": (task(workers=[{**W, "skill": ["a"]}]), "skill"),
    "duplicate worker": (task(workers=[W, W]), "workers[1].id"),
    "duplicate case": (task(cases=[C, C]), "cases[1].id"),
    "id as text and number": (task(cases=[{**C, "id": 1}, {**C, "id": "1"}]), "cases[1].id"),
    "no speed": (task(speed_mps=None), "speed_mps"),
    "zero speed": (task(speed_mps=0), "speed_mps"),
    "negative speed": (task(speed_mps=-1), "speed_mps"),
    "unknown objective": (task(objective="best"), "objective"),
    "too few rows": (task(travel_s=[[1, 2]]), "travel_s"),
    "short row": (task(travel_s=[[1, 2], [1]]), "travel_s[1]"),
    "negative travel": (task(travel_s=[[1, -2], [1, 1]]), "travel_s[w1][c2]"),
    "huge number": (task(travel_s="[[1e999]]"), "travel_s"),
    "unknown case under way": (task(workers=[{**W, "on_way_to": "nowhere"}]), "workers[0].on_way_to"),
    "two under way to one": (
        task(workers=[{**W, "on_way_to": "c1"}, {**W, "id": "v", "on_way_to": "c1"}]),
        "on_way_to",
    ),
    "unknown owner": (task(cases=[{**C, "owner": "x"}]), "cases[0].owner"),
    "negative waiting": (task(cases=[{**C, "waiting_s": -1}]), "cases.waiting_s[0]"),
    "negative urgency": (task(cases=[{**C, "urgency": -1}]), "cases.urgency[0]"),
    "no people": (task(cases=[{**C, "people": 0}]), "cases.people[0]"),
    "a team for 'travel'": (task(cases=[{**C, "people": 2}]), "people"),
    "half a break": (task(workers=[{**W, "break_from_s": 5}]), "workers[0].break_to_s"),
    "too many people": (task(objective="dispatch", cases=[{**C, "people": 2000}]), "cases.people[0]"),
    "people beyond any integer": (task(objective="dispatch", cases=[{**C, "people": 10**30}]), "cases[0].people"),
    "half a person": (task(objective="dispatch", cases=[{**C, "people": 1.5}]), "cases[0].people"),
    "negative swaps": (task(workers=[{**W, "swaps": -1}]), "workers[0].swaps"),
    "swaps beyond any integer": (task(workers=[{**W, "swaps": 10**30}]), "workers[0].swaps"),
    "off the earth": (task(workers=[{**W, "x": 1e300}]), "workers.x[0]"),
    "endless urgency": (task(cases=[{**C, "urgency": 1e300}]), "cases.urgency[0]"),
    "endless travel": (task(travel_s=[[1, 1e300], [1, 1]]), "travel_s[w1][c2]"),
    "hardly any speed": (task(speed_mps=1e-300), "speed_mps"),
    "negative break": (task(workers=[{**W, "break_from_s": -5, "break_to_s": 5}]), "workers.break_from_s[0]"),
    "break the wrong way round": (task(workers=[{**W, "break_from_s": 9, "break_to_s": 5}]), "workers[0].break_to_s"),
    "negative shift": (task(workers=[{**W, "shift_end_s": -1}]), "workers.shift_end_s[0]"),
    "negative service": (task(cases=[{**C, "service_s": -1}]), "cases.service_s[0]"),
    "no id": (task(cases=[{"x": 0, "y": 0}]), "id"),
    "no cases": (task(cases=None), "cases"),
    "NaN in the matrix": ('{"workers":[],"cases":[],"travel_s":[[NaN]]}', "not valid JSON"),
    "endless cost": (task(objective="dispatch", costs={"late_weight": 1e300}), "costs.late_weight"),
    "negative cost": (task(objective="dispatch", costs={"swap_s": -1}), "costs.swap_s"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_names_its_field(solve, name):
    given, field = BAD[name]
    code, answer, output = solve(given)
    assert (code, answer) == (2, None), output
    assert field in output


def test_a_task_for_no_machine_is_refused(solve):
    many = ",".join(f'{{"id":{i},"x":0,"y":0}}' for i in range(10_000))
    code, _, output = solve(f'{{"workers":[{many}],"cases":[{many}],"speed_mps":1}}')
    assert code == 2
    assert "split the task by district" in output


def test_a_team_for_no_machine_is_refused(solve):
    workers = [{"id": i, "x": 0, "y": 0} for i in range(1_000)]
    cases = [{"id": i, "x": 0, "y": 0, "people": 1_000} for i in range(100)]
    code, _, output = solve(task(workers=workers, cases=cases, objective="dispatch"))
    assert code == 2
    assert "cases.people" in output


def test_a_great_many_workers_without_cases_stay_free(solve):
    many = ",".join(f'{{"id":{i},"x":0,"y":0}}' for i in range(100_000))
    code, answer, output = solve(f'{{"workers":[{many}],"cases":[],"speed_mps":1}}')
    assert code == 0, output
    assert answer["assignment"] == {}
    assert answer["figures"]["workers"] == 100_000


def test_numbers_at_their_limits_are_reckoned_with(solve):
    far = {"id": "w", "x": -1e8, "y": 1e8, "worked_s": 1e12}
    case = {"id": "c", "x": 1e8, "y": -1e8, "urgency": 1e12, "waiting_s": 1e12, "due_s": -1e12}
    code, answer, output = solve(task(workers=[far], cases=[case], speed_mps=0.01, objective="dispatch"))
    assert code == 0, output
    assert answer["status"] == "optimal"


@pytest.mark.parametrize(
    "hinder", [{"skills": []}, {"skills": ["gas"], "shift_end_s": 10}], ids=["lacks the skill", "ends too late"]
)
def test_who_may_not_go_keeps_no_case_however_often_taken_off(solve, hinder):
    """The cap on swaps holds nobody on a case that the hard rules forbid: the worker is free for another."""
    workers = [{"id": "w1", "x": 0, "y": 0, "on_way_to": "c1", "swaps": 5} | hinder]
    cases = [{"id": "c1", "x": 100, "y": 0, "needs": ["gas"]}, {"id": "c2", "x": 5, "y": 0}]
    code, answer, _ = solve(task(workers=workers, cases=cases, objective="dispatch"))
    assert code == 0
    assert answer["assignment"] == {"c2": "w1"}
    assert "c1" in answer["unassigned"]


@pytest.mark.parametrize("objective", ["travel", "dispatch"])
def test_who_is_free_too_late_for_the_shift_stays(solve, objective):
    # Fifty seconds of way after a task of 300, with 320 left of the shift; the help says so of both objectives.
    worker = {"id": "w", "x": 0, "y": 0, "free_at_s": 300, "shift_end_s": 320}
    case = {"id": "c", "x": 100, "y": 0}
    code, answer, _ = solve(task(workers=[worker], cases=[case], objective=objective))
    assert (code, answer["assignment"]) == (0, {})
    _, answer, _ = solve(task(workers=[worker | {"free_at_s": 200}], cases=[case], objective=objective))
    assert answer["assignment"] == {"c": "w"}
    assert "with both objectives" in CliRunner().invoke(main, ["solve", "assign", "--help"]).output
