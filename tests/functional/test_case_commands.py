"""`gezhi case`: every step of the table from a terminal, read as the verb reads it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from gezhi.contexts.cases.models import Case
from gezhi.interfaces.cli.main import main
from tests.factories.cases import make_town, report

pytestmark = pytest.mark.django_db


def run(*arguments):
    return CliRunner().invoke(main, ["case", "step", *arguments])


@pytest.fixture
def town():
    return make_town()


def test_a_case_is_walked_from_a_terminal(town):
    number = report().number
    body = town.bodies["sanitation"].pk
    assert (
        run(number, "dispatch", "--set", f"organisation_id={body}").output == f"case {number}: dispatched, version 2\n"
    )
    for action, *more in (["accept"], ["handle", "--set", "outcome=resolved"], ["check"], ["close"]):
        done = run(number, action, *more)
        assert done.exit_code == 0, done.output
    assert json.loads(run(number, "reopen", "--note", "又堆了", "--json").output)["status"] == "reported"
    case = Case.objects.get(number=number)
    assert (case.version, case.steps.get(version=7).note) == (7, "又堆了")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fly"], "there is no step 'fly'; there are: accept"),
        (["dispatch", "--set", "outcome=resolved"], "'dispatch' reads assignee_id, organisation_id"),
        (["dispatch", "--set", "organisation_id=x"], "organisation_id is a number"),
        (["dispatch", "--set", "organisation_id"], "not 'organisation_id'"),
        (["dispatch"], "say which body or person"),
        (["cancel"], "needs a reason"),
        (["accept"], "has no 'accept'"),
        (["cancel", "--note", "重复", "--version", "9"], "has moved on"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(town, arguments, words):
    number = report().number
    done = run(number, *arguments)
    assert (done.exit_code, words in done.output) == (2, True), done.output
    assert Case.objects.get(number=number).version == 1


def test_a_key_takes_a_step_once(town):
    number = report().number
    first, again = (run(number, "note", "--note", "已致电", "--key", "note-from-cron") for _ in range(2))
    assert first.output == again.output
    assert Case.objects.get(number=number).version == 2
