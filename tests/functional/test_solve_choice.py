"""``gezhi solve budget`` and ``gezhi solve elect`` on files."""

import json

import pytest

from tests.factories.tasks import solve_file

BUDGET = {
    "budget": 100,
    "projects": [{"id": "a", "cost": 60}, {"id": "b", "cost": 40}, {"id": "c", "cost": 40}],
    "ballots": [["a", "b"]] * 6 + [["c"]] * 4,
}
ELECTION = {
    "method": "instant_runoff",
    "candidates": ["a", "b", "c"],
    "ballots": [["a"]] * 4 + [["b"]] * 3 + [["c", "b"]] * 2,
}


def run(tmp_path, command, task):
    done, out = solve_file(tmp_path, command, task)
    return done, json.loads(out.read_text("utf-8")) if done.exit_code == 0 else None


def test_budget(tmp_path):
    done, answer = run(tmp_path, "budget", BUDGET)
    assert done.exit_code == 0
    assert (sorted(answer["chosen"]), answer["cost"], answer["completion"]) == (["a", "c"], 100, "raise_then_greedy")


@pytest.mark.parametrize("method", ["instant_runoff", "transferable_vote"])
def test_elect(tmp_path, method):
    done, answer = run(tmp_path, "elect", {**ELECTION, "method": method})
    assert (done.exit_code, answer["winners"]) == (0, ["b"])
    assert answer["rounds"][0]["votes"] == {"a": "4", "b": "3", "c": "2"}


@pytest.mark.parametrize(
    ("command", "task", "words"),
    [
        ("budget", "nonsense", "not valid JSON"),
        ("budget", {**BUDGET, "budget": -1}, "budget"),
        ("budget", {**BUDGET, "budget": 1.5}, "budget"),
        ("budget", {"budget": 1}, "projects"),
        ("budget", {**BUDGET, "projects": []}, "projects"),
        ("budget", {**BUDGET, "leastsupport": 2}, "unknown field `leastsupport`"),
        ("budget", {**BUDGET, "projects": [{"id": "a", "cost": 6, "costs": 5}]}, "unknown field `costs`"),
        ("budget", {**BUDGET, "ballots": [["z"]]}, "ballots[0]"),
        ("budget", {**BUDGET, "ballots": [["a", "a"]]}, "ballots[0]"),
        ("budget", {**BUDGET, "rule": "first_come"}, "rule"),
        ("budget", {**BUDGET, "tie_commitment": "0" * 64}, "tie_seed"),
        ("elect", {**ELECTION, "candidates": []}, "candidates"),
        ("elect", {**ELECTION, "seat": 2}, "unknown field `seat`"),
        ("elect", {**ELECTION, "ballots": [["z"]]}, "ballots[0]"),
        ("elect", {**ELECTION, "seats": 2}, "seats"),
        ("elect", {**ELECTION, "method": "borda"}, "method"),
        ("elect", {"method": "approval"}, "candidates"),
    ],
)
def test_bad_input_names_the_field(tmp_path, command, task, words):
    done, _ = run(tmp_path, command, task)
    assert done.exit_code == 2
    assert words in done.output
