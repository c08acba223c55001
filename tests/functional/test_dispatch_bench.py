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


@pytest.mark.parametrize("options", [["--workers", "0"], ["--cases", "0"], ["--workers", "0", "--cases", "0"]])
def test_nobody_or_nothing(options):
    result = run(*options, "--json")
    assert result.exit_code == 0, result.output
    for row in json.loads(result.output)["policies"].values():
        assert row["started_same_day"] == (1 if "--cases" in options else 0)
        assert row["swaps_per_worker_hour"] == 0


def test_redirections_are_capped_and_told():
    free = json.loads(run("--policy", "gezhi", "--service-min", "70", "--most-swaps", "50", "--json").output)
    none = json.loads(run("--policy", "gezhi", "--service-min", "70", "--most-swaps", "0", "--json").output)
    row = free["policies"]["gezhi"]
    assert row["swaps_per_worker_hour"] == pytest.approx(row["swaps"] / 300)
    assert row["swaps"] > none["policies"]["gezhi"]["swaps"] == 0


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
        (["--most-swaps", "1000000"], "most_swaps"),
        (["--most-case-swaps", "-1"], "most_case_swaps"),
        (["--workers", "1000000"], "workers"),
        (["--workers", "20000", "--cases", "200000"], "cases"),
        (["--seeds", "1000000"], "seeds"),
        (["--hours", "inf"], "hours"),
        (["--hours", "-1"], "hours"),
        (["--service-min", "nan"], "service_min"),
        (["--service-min", "1e300"], "service_min"),
        (["--sigma", "nan"], "sigma"),
        (["--owner-min", "nan"], "owner"),
        (["--owner-cap-min", "-1"], "owner_cap"),
        (["--policy", ""], "policy"),
        (["--policy", "gezhi,"], "policy"),
        (["--workers", "many"], "--workers"),
        (["--first-seed", "-1"], "--first-seed"),
    ],
)
def test_bad_input_names_its_field(options, field):
    result = run(*options)
    assert result.exit_code == 2
    assert field in result.output
    assert isinstance(result.exception, SystemExit)
