"""``gezhi solve tally`` and ``gezhi verify-tally`` on files: answers, exit codes, bad input."""

import json

import pytest
from click.testing import CliRunner

from gezhi.interfaces.cli.main import main
from tests.factories.tasks import changed, solve_file

TOTALS = {
    "rule": "cn-civil-code-278",
    "item": 6,
    "totals": {
        "total_area": 400,
        "total_heads": 40,
        "participating_area": 400,
        "participating_heads": 40,
        "yes_area": 300,
        "yes_heads": 30,
    },
}
VOTE = {
    "rule": "cn-civil-code-278",
    "item": 8,
    "matter": "将架空层改为食堂",
    "roll": {
        "units": [
            {"id": "1-101", "area": 9_012, "owners": [{"id": "A"}]},
            {"id": "1-102", "area": 9_012, "owners": [{"id": "B", "share": "1/2"}, {"id": "C", "share": "1/2"}]},
            {"id": "1-201", "area": 9_012, "owners": [{"id": "D"}]},
        ]
    },
    "close_at": 1_000,
    "ballots": [
        {"id": "1", "owner": "A", "choice": "yes", "channel": "online", "cast_at": 10},
        {"id": "2", "owner": "C", "choice": "yes", "channel": "paper", "cast_at": 20},
        {"id": "3", "owner": "C", "choice": "yes", "channel": "online", "cast_at": 30},
    ],
    "secret": "ab" * 32,
}


def run(tmp_path, task, *options):
    done, out = solve_file(tmp_path, "tally", task, *options)
    return done, json.loads(out.read_text("utf-8")) if done.exit_code == 0 else None


@pytest.mark.parametrize(("yes_heads", "result"), [(30, "passed"), (29, "rejected")])
def test_totals(tmp_path, yes_heads, result):
    done, answer = run(tmp_path, changed(TOTALS, "totals", "yes_heads", to=yes_heads))
    assert done.exit_code == 0
    assert answer["result"] == result
    assert answer["item"]["number"] == 6
    assert [test["name"] for test in answer["tests"]] == [
        "participation_area",
        "participation_heads",
        "passing_area",
        "passing_heads",
    ]
    assert answer["tests"][3]["left"] == 4 * yes_heads
    assert answer["tests"][3]["right"] == 120


def test_a_vote_with_proof_is_verified(tmp_path):
    proof, refusals = tmp_path / "proof.json", tmp_path / "refusals.json"
    done, answer = run(tmp_path, VOTE, "--proof", proof, "--refusals", refusals)
    assert (done.exit_code, answer["result"]) == (0, "passed")
    assert answer["counts"]["yes"] == {"area": 18_024, "heads": 2}
    assert answer["counts"]["total"] == {"area": 27_036, "heads": 3}
    assert json.loads(refusals.read_text("utf-8")) == {"2": "replaced"}
    papers = str(tmp_path / "in.json")
    checked = CliRunner().invoke(main, ["verify-tally", str(proof), "--roll", papers, "--ballots", papers])
    assert (checked.exit_code, checked.output[:16]) == (0, "verified: passed")
    other = CliRunner().invoke(main, ["verify-tally", str(proof), "--digest", "0" * 64])
    assert (other.exit_code, other.output[:8]) == (1, "refused:")
    proof.write_bytes(proof.read_bytes().replace(b'"passed"', b'"rejected"'))
    broken = CliRunner().invoke(main, ["verify-tally", str(proof)])
    assert (broken.exit_code, broken.output[:8]) == (1, "refused:")
    assert CliRunner().invoke(main, ["verify-tally", str(tmp_path / "nowhere")]).exit_code == 2


def test_no_owner_is_named_in_public_answers(tmp_path):
    named = changed(VOTE, "ballots", 0, "owner", to="D")
    proof = tmp_path / "proof.json"
    done, _ = run(tmp_path, named, "--proof", proof)
    assert done.exit_code == 0
    for text in (proof.read_text("utf-8"), (tmp_path / "out.json").read_text("utf-8")):
        assert not {'"A"', '"B"', '"C"', '"D"'} & set(text.replace(",", " ").replace(":", " ").split())


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "Expected `object`"),
        (json.dumps(TOTALS).replace("300", "NaN"), "not valid JSON"),
        (json.dumps(TOTALS).replace("300", "300.5"), "yes_area"),
        (json.dumps(TOTALS).replace("300", "300.0"), "yes_area"),
        (json.dumps(TOTALS).replace("300", '"300"'), "yes_area"),
        (json.dumps(TOTALS).replace("300", "-1"), "yes_area"),
        (json.dumps(TOTALS).replace("300", "401"), "yes_area"),
        (changed(TOTALS, "totals", "participating_heads", to=41), "participating_heads"),
        (changed(TOTALS, "totals", "total_area", to=None), "total_area"),
        (changed(TOTALS, "totals", "total_area", to=399), "participating_area"),
        (changed(TOTALS, "totals", to=None), "roll"),
        (changed(TOTALS, "item", to=None), "item"),
        (changed(TOTALS, "rule", to=None), "rule"),
        (changed(TOTALS, "item", to=10), "item"),
        (changed(TOTALS, "item", to="6"), "item"),
        (changed(TOTALS, "rule", to="us-hoa"), "rule"),
        ({**VOTE, **TOTALS}, "totals"),
        (changed(VOTE, "item", to=10), "item"),
        (changed(VOTE, "roll", "units", to=[]), "roll.units"),
        (changed(VOTE, "roll", "units", 0, "area", to=-9_012), "roll.units[0].area"),
        (changed(VOTE, "roll", "units", 0, "area", to=90.12), "area"),
        (changed(VOTE, "roll", "units", 1, "id", to="1-101"), "roll.units[1].id"),
        (changed(VOTE, "roll", "units", 1, "owners", 0, "share", to="1/3"), "roll.units[1].owners"),
        (changed(VOTE, "roll", "units", 0, "kind", to="castle"), "kind"),
        (changed(VOTE, "ballots", 0, "owner", to="Z"), "ballots[0].owner"),
        (changed(VOTE, "ballots", 0, "choice", to="maybe"), "choice"),
        (changed(VOTE, "ballots", to=None), "ballots"),
        (changed(VOTE, "close_at", to=None), "close_at"),
        (changed(VOTE, "secret", to="ab"), "secret"),
        (changed(VOTE, "secret", to="zz" * 32), "secret"),
        (changed(VOTE, "secret", to=None), "secret"),
    ],
)
def test_bad_input_names_the_field(tmp_path, task, words):
    full = isinstance(task, dict) and "roll" in task and "totals" not in task
    done, _ = run(tmp_path, task, *(["--proof", tmp_path / "p"] if full else []))
    assert done.exit_code == 2
    assert words in done.output
    assert not (tmp_path / "out.json").exists()


def test_many_units_are_counted(tmp_path):
    units = [{"id": str(n), "area": 10_000, "owners": [{"id": str(n // 2)}]} for n in range(20_000)]
    ballots = [
        {"id": str(n), "owner": str(n), "choice": "yes", "channel": "online", "cast_at": 1} for n in range(7_000)
    ]
    task = {**VOTE, "roll": {"units": units}, "ballots": ballots}
    done, answer = run(tmp_path, task)
    assert (done.exit_code, answer["result"]) == (0, "passed")
    assert answer["counts"]["total"] == {"area": 200_000_000, "heads": 10_000}
