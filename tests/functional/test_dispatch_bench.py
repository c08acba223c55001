"""``gezhi dispatch bench``: its JSON contract and its refusals."""

import json

import pytest
from click.testing import CliRunner

from gezhi.interfaces.cli.main import main

SMALL = ["dispatch", "bench", "--workers", "30", "--cases", "90", "--hours", "10", "--sigma", "1", "--seeds", "2"]


def run(*more):
    return CliRunner().invoke(main, [*SMALL, *more])


def test_the_contract():
    result = run("--service-min", "40", "--policy", "fixed-owner,gezhi", "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.output)
    assert list(answer["policies"]) == ["fixed-owner", "gezhi"]
    for row in answer["policies"].values():
        assert set(row["response_min"]) == {"mean", "p95", "ci95"}
        assert {"started_same_day", "travel_min", "fairness"} <= set(row)
        assert 0 < row["fairness"] <= 1
    assert answer["parameters"]["gezhi"]["most_swaps"] >= 1
    assert (
        answer["policies"]["gezhi"]["response_min"]["mean"] < answer["policies"]["fixed-owner"]["response_min"]["mean"]
    )


def test_the_table():
    result = run("--policy", "nearest-fifo")
    assert result.exit_code == 0
    assert "nearest-fifo" in result.output
    assert "idle at home" in result.output


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (["--policy", "clairvoyant"], "policy"),
        (["--policy", "gezhi,gezhi"], "policy"),
        (["--workers", "-1"], "workers"),
        (["--cases", "-1"], "cases"),
        (["--cases", "1000000"], "cases"),
        (["--hours", "0"], "hours"),
        (["--hours", "nan"], "hours"),
        (["--service-min", "-5"], "service_min"),
        (["--sigma", "-1"], "sigma"),
        (["--seeds", "0"], "seeds"),
        (["--most-swaps", "-1"], "most_swaps"),
    ],
)
def test_bad_input_names_its_field(options, field):
    result = run(*options)
    assert result.exit_code == 2
    assert field in result.output
    assert isinstance(result.exception, SystemExit)
