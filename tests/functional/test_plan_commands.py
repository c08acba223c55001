"""``gezhi plan partition`` and ``gezhi plan sites``: the city's own areas in, an answer and a task for ``gezhi solve`` out."""

import json

import pytest
from click.testing import CliRunner

from gezhi.contexts.areas.models import Area
from gezhi.interfaces.cli.main import main
from tests.factories.areas import make_small_city

pytestmark = pytest.mark.django_db
GRIDS = ["420602001001001", "420602001001002", "420602001002001", "420602001002002"]


@pytest.fixture
def _city():
    make_small_city()
    for code, households in zip(GRIDS, [400, 150, 100, 150], strict=True):
        Area.objects.filter(code=code).update(households=households)


def run(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.mark.usefixtures("_city")
def test_partition(tmp_path):
    out, task, again = (tmp_path / name for name in ("out.json", "task.json", "again.json"))
    result = run(
        "plan",
        "partition",
        "--area",
        "420602001",
        "--band",
        400,
        400,
        "--today",
        "community",
        "--out",
        out,
        "--task",
        task,
    )
    assert result.exit_code == 0, result.output
    answer = json.loads(out.read_text("utf-8"))
    assert answer["measure"] == "households"
    assert sorted([row["code"] for row in part] for part in answer["parts"].values()) == [GRIDS[:1], GRIDS[1:]]
    assert [row["weight"] for part in answer["parts"].values() for row in part if row["code"] == GRIDS[0]] == [400]
    assert answer["figures"]["moved_households"] == 150
    # The task that was written is the one that was solved.
    assert run("solve", "partition", task, "--out", again).exit_code == 0
    assert json.loads(again.read_text("utf-8"))["assignment"] == answer["assignment"]
    assert (
        run(
            "plan", "partition", "--area", "420602001", "--band", 400, 400, "--within", "community", "--out", out
        ).exit_code
        == 3
    )


@pytest.mark.usefixtures("_city")
def test_sites(tmp_path):
    out, task, again = (tmp_path / name for name in ("out.json", "task.json", "again.json"))
    options = ["--area", "4206", "--sites", "grid", "--number", 2, "--fixed", GRIDS[3]]
    result = run("plan", "sites", *options, "--out", out, "--task", task)
    assert result.exit_code == 0, result.output
    answer = json.loads(out.read_text("utf-8"))
    assert [row["code"] for row in answer["opened"]] == [GRIDS[0], GRIDS[3]]
    assert run("solve", "site", task, "--out", again).exit_code == 0
    assert json.loads(again.read_text("utf-8"))["assigned"] == answer["assigned"]


@pytest.mark.usefixtures("_city")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["partition", "--area", "99", "--band", 1, 2], "no area with the code 99"),
        (["partition", "--area", "4206", "--band", 1, 2, "--measure", "cases"], "span"),
        (["partition", "--area", "4206", "--band", 2, 1], "band"),
        (["sites", "--area", "4206"], "p"),
        (["sites", "--area", "4206", "--number", 1, "--fixed", "99", "--measure", "households"], "99"),
        (["sites", "--area", GRIDS[0], "--number", 1], "no community"),
    ],
)
def test_bad_input_is_named(tmp_path, options, said):
    result = run("plan", *options, "--out", tmp_path / "out.json")
    assert result.exit_code == 2
    assert said in result.output
    assert not (tmp_path / "out.json").exists()
