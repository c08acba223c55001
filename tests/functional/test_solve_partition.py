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
