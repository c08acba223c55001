"""What every ``gezhi solve`` command that reads JSON does with a file that is none, and with a place it cannot write to."""

import json

import pytest
from click.testing import CliRunner

from gezhi.interfaces.cli.main import main
from tests.functional.test_solve_choice import BUDGET, ELECTION
from tests.functional.test_solve_match import TASK as MATCH
from tests.functional.test_solve_partition import line
from tests.functional.test_solve_tally import TOTALS

ENCLAVES = {
    "units": [{"id": n, "households": 10, "run_by": "B" if n == 2 else "A", "outer_m": 1.0} for n in range(5)],
    "edges": [{"a": n, "b": n + 1, "border_m": 50.0} for n in range(4)],
    "band": None,
}
TASKS = {
    "budget": BUDGET,
    "elect": ELECTION,
    "enclaves": ENCLAVES,
    "match": MATCH,
    "partition": line(4),
    "tally": TOTALS,
}
FILES = [
    ("empty", b"", "not valid JSON"),
    ("cut off", b'{"units": [', "not valid JSON"),
    ("a list", b"[]", "Expected `object`"),
    ("null", b"null", "Expected `object`"),
    ("NaN", b'{"x": NaN}', "NaN and Infinity are not JSON"),
    ("minus Infinity", b'{"x": -Infinity}', "NaN and Infinity are not JSON"),
    ("half a surrogate", b'{"x": "\\ud800"}', "not valid JSON"),
    ("deep", b'{"a":' * 50_000, "too deep"),
    ("GBK", '{"名称": "网格"}'.encode("gbk"), "in.json"),
    ("UTF-16", '{"x": 1}'.encode("utf-16"), "UTF-16"),
    ("zeros", bytes(100), "not valid JSON"),
    ("two documents", b"{} {}", "in.json"),
]


def run(command, source, out):
    done = CliRunner().invoke(main, ["solve", command, str(source), "--out", str(out)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.mark.parametrize("command", TASKS)
@pytest.mark.parametrize(("content", "words"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_a_file_that_is_no_task_is_refused(tmp_path, command, content, words):
    source, out = tmp_path / "in.json", tmp_path / "out.json"
    source.write_bytes(content)
    done = run(command, source, out)
    assert done.exit_code == 2
    assert words in done.output
    assert {path.name for path in tmp_path.iterdir()} == {"in.json"}


@pytest.mark.parametrize("command", TASKS)
def test_a_byte_order_mark_does_no_harm(tmp_path, command):
    source, out = tmp_path / "in.json", tmp_path / "out.json"
    source.write_bytes(b"\xef\xbb\xbf" + json.dumps(TASKS[command]).encode())
    assert run(command, source, out).exit_code == 0
    assert json.loads(out.read_text("utf-8"))["certificate"]["claim"]


@pytest.mark.parametrize("command", TASKS)
def test_places_that_cannot_be_read_or_written_are_named(tmp_path, command):
    source = tmp_path / "in.json"
    source.write_text(json.dumps(TASKS[command]))
    for given, out, named in (
        (tmp_path, tmp_path / "out.json", tmp_path),
        (tmp_path / "none.json", tmp_path / "out.json", tmp_path / "none.json"),
        (source, tmp_path / "none" / "out.json", tmp_path / "none"),
        (source, source / "out.json", source / "out.json"),
        (source, tmp_path, tmp_path),
    ):
        done = run(command, given, out)
        assert done.exit_code == 2
        assert str(named) in done.output
        assert {path.name for path in tmp_path.iterdir()} == {"in.json"}


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        (("units",), [], "units"),
        (("units", 1, "households"), -1, "units[1].households"),
        (("units", 1, "households"), 10**30, "units[1].households"),
        (("units", 1, "households"), "ten", "units[1].households"),
        (("units", 1, "id"), 0, "units[1].id"),
        (("units", 1, "run_by"), "", "units[1].run_by"),
        (("units", 1, "outer_m"), 1e308, "units[1].outer_m"),
        (("edges", 0, "a"), 99, "edges[0].a"),
        (("edges", 0, "border_m"), -5, "edges[0].border_m"),
        (("band",), [5, 1], "band"),
        (("least_share",), 2, "least_share"),
        (("touch_m",), -1, "touch_m"),
    ],
)
def test_enclaves_name_the_field(tmp_path, path, to, words):
    task = json.loads(json.dumps(ENCLAVES))
    at = task
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    source = tmp_path / "in.json"
    source.write_text(json.dumps(task))
    done = run("enclaves", source, tmp_path / "out.json")
    assert done.exit_code == 2
    assert words in done.output


def test_a_budget_that_takes_too_long_is_no_outcome(tmp_path):
    source, out = tmp_path / "in.json", tmp_path / "out.json"
    source.write_text(json.dumps(BUDGET))
    done = CliRunner().invoke(main, ["solve", "budget", str(source), "--out", str(out), "--seconds", "0"])
    assert done.exit_code == 4
    assert "chosen" not in json.loads(out.read_text("utf-8"))
