"""``gezhi solve partition`` on files: answers, exit codes, and bad input without a traceback."""

import json

import pytest
from click.testing import CliRunner

from gezhi.interfaces.cli.main import main
from tests.factories.tasks import solve_file


def line(count, households=100):
    return {
        "units": [{"id": f"u{n}", "households": households, "x": 10 * n, "y": 0} for n in range(count)],
        "edges": [{"a": f"u{n}", "b": f"u{n + 1}", "border_m": 12.5} for n in range(count - 1)],
        "band": [300, 500],
        "k": None,
        "objective": "grid",
    }


def solve(tmp_path, task, *options):
    done, out = solve_file(tmp_path, "partition", task, *options)
    return done, json.loads(out.read_text()) if out.exists() else None


def test_a_plan(tmp_path):
    done, answer = solve(tmp_path, line(12), "--seconds", "20", "--seed", "3")
    assert done.exit_code == 0
    assert answer["status"] in {"optimal", "feasible"}
    assert set(answer["assignment"]) == {f"u{n}" for n in range(12)}
    assert answer["figures"]["grids"] == len(set(answer["assignment"].values())) == 3
    assert answer["certificate"]["claim"] in done.stderr


def test_proven_impossible(tmp_path):
    done, answer = solve(tmp_path, line(2))
    assert done.exit_code == 3
    assert answer["status"] == "impossible"
    assert answer["certificate"]["reasons"][0]["concerns"] == ["u0", "u1"]


def test_ids_may_be_numbers_and_whole_numbers_may_have_a_point(tmp_path):
    task = {"units": [{"id": 7, "households": 400.0, "x": 0, "y": 0}], "edges": [], "band": [300, 500.0]}
    done, answer = solve(tmp_path, task)
    assert done.exit_code == 0
    assert answer["assignment"] == {"7": "001"}


def without(task, *path):
    *way, last = path
    at = task
    for step in way:
        at = at[step]
    del at[last]
    return task


def having(task, value, *path):
    *way, last = path
    at = task
    for step in way:
        at = at[step]
    at[last] = value
    return task


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (without(line(3), "units"), "units"),
        (without(line(3), "units", 1, "households"), "households"),
        (without(line(3), "units", 1, "x"), "x"),
        (without(line(3), "edges", 0, "b"), "b"),
        (without(line(3), "band"), "band"),
        (having(line(3), -1, "units", 2, "households"), "units[2].households"),
        (having(line(3), 1.5, "units", 2, "households"), "units[2].households"),
        (having(line(3), [300.5, 500], "band"), "band"),
        (having(line(3), "many", "units", 2, "households"), "households"),
        (having(line(3), "u0", "units", 2, "id"), "units[2].id"),
        (having(line(3), "ghost", "edges", 1, "a"), "edges[1].a"),
        (having(line(3), -3.0, "edges", 1, "border_m"), "edges[1].border_m"),
        (having(line(3), [500, 300], "band"), "band"),
        (having(line(3), [300], "band"), "band"),
        (having(line(3), 0, "k"), "k"),
        (having(line(3), "best", "objective"), "objective"),
        (having(line(3), [], "units"), "units"),
        (having(line(3), ["x"], "locked"), "locked[0]"),
        (json.dumps(line(3)).replace('"x": 10', '"x": NaN'), "NaN"),
        (json.dumps(line(3)).replace('"x": 10', '"x": 1e999'), ""),
        (having(line(3), ["u0"], "lock"), "unknown field `lock`"),
        (having(line(3), "A", "units", 2, "comunity"), "unknown field `comunity` - at `$.units[2]`"),
        (having(line(3), True, "edges", 1, "barier"), "unknown field `barier` - at `$.edges[1]`"),
        ("[]", "object"),
        ("", "JSON"),
    ],
)
def test_bad_input_is_refused_with_its_field(tmp_path, task, words):
    done, answer = solve(tmp_path, task)
    assert done.exit_code == 2
    assert answer is None
    assert words in done.output


def test_a_missing_file_and_an_unwritable_answer(tmp_path):
    done = CliRunner().invoke(main, ["solve", "partition", str(tmp_path / "no.json"), "--out", str(tmp_path / "o")])
    assert done.exit_code == 2
    source = tmp_path / "in.json"
    source.write_text(json.dumps(line(4)))
    done = CliRunner().invoke(main, ["solve", "partition", str(source), "--out", str(tmp_path / "no" / "o.json")])
    assert done.exit_code == 2


@pytest.mark.parametrize(
    ("command", "task", "words"),
    [
        ("enclaves", {"units": [{"id": "a", "households": 1, "run_by": "A", "outer": 3}], "edges": []}, "`outer`"),
        ("enclaves", {"units": [], "edges": [], "bands": [1, 2]}, "`bands`"),
        ("match", {"needs": [], "resources": [], "periods": [], "fairly": True}, "`fairly`"),
        (
            "match",
            {"needs": [{"id": "n", "x": 0, "y": 0, "skill": []}], "resources": [], "periods": []},
            "`skill` - at `$.needs[0]`",
        ),
        (
            "match",
            {
                "needs": [], "periods": [],
                "resources": [
                    {"id": "r", "x": 0, "y": 0, "radius_m": 1, "capacity": {}, "past": {"k": {"done": 1, "god": 1}}}
                ],
            },
            "`god` - at `$.resources[0].past[...]`",
        ),
        ("match", {"needs": [], "resources": [], "periods": [], "weights": {"way": 1}}, "`way` - at `$.weights`"),
        ("assign", {"workers": [], "cases": [], "objectiv": "travel"}, "`objectiv`"),
        ("site", {"demand": [], "sites": [], "metric": "euclidean", "model": "p_median", "capcity": 1}, "`capcity`"),
    ],
)  # fmt: skip
def test_a_misspelt_field_is_refused_by_every_solver(tmp_path, command, task, words):
    done, out = solve_file(tmp_path, command, task)
    assert done.exit_code == 2
    assert not out.exists()
    assert f"unknown field {words}" in done.output
