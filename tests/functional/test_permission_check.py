"""An administrator may ask why somebody may or may not, and does not learn by it who reported a case."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from gezhi.contexts.cases.use_cases import CASE
from gezhi.interfaces.cli.main import main
from gezhi.kernel.clock import now
from gezhi.platform.audit.models import AuditRecord
from tests.factories.cases import make_town, report

ASIDE = "上报人本人的权限不在此列：您无权得知上报人是谁。"
VERBS = ("see", "see_personal_data", *(action.value for action in CASE.table))


@pytest.fixture
def town(db):
    return make_town()


@pytest.fixture
def asked(town, client):
    """What the page says of an account, as an administrator or another account asks."""

    def ask(asker, user, number, verb="see"):
        client.force_login(town.users[asker])
        page = client.get("/access/explain", {"user": user, "verb": verb, "object": f"case:{number}"})
        assert page.status_code == 200
        return page.content.decode().split('aria-live="polite"')[1].split("<h2>")[0]

    return ask


@pytest.mark.parametrize("asker", ["system_admin", "security_admin", "audit_admin"])
def test_the_answer_is_the_same_whoever_reported(town, asked, asker):
    own, others = report(town.actor("resident"), now=now()), report(now=now())
    for verb in VERBS:
        assert asked(asker, "resident", own.number, verb) == asked(asker, "resident", others.number, verb), verb
    told = asked(asker, "resident", own.number)
    assert ASIDE in told
    assert "上报了此工单" not in told
    assert "没有上报" not in told
    assert "<strong>否</strong>" in told


def test_a_reporter_asks_about_the_own_report_and_is_told(town, asked):
    from gezhi.kernel.roles import Role
    from tests.factories.cases import grant

    grant(town.users["resident"], Role.SYSTEM_ADMIN, town.areas["4206"])
    own = report(town.actor("resident"), now=now())
    assert ASIDE not in asked("resident", "resident", own.number)
    assert not AuditRecord.objects.filter(action="access.explained").exists()


def test_whoever_may_see_the_reporter_is_told_and_each_question_is_on_record(town, asked):
    own = report(town.actor("resident"), now=now())
    answer = CliRunner().invoke(main, ["access", "explain", "resident", "see", f"case:{own.number}"])
    assert "This person reported the case." in answer.output
    asked("audit_admin", "stranger", own.number)
    rows = AuditRecord.objects.filter(action="access.explained").order_by("id")
    assert [(row.actor_id, row.object_type, row.object_id, row.data) for row in rows] == [
        (None, "case", own.number, {"user": town.users["resident"].pk, "verb": "case.see"}),
        (town.users["audit_admin"].pk, "case", own.number, {"user": town.users["stranger"].pk, "verb": "case.see"}),
    ]


def test_the_record_says_in_words_what_was_asked(town, asked, client):
    asked("security_admin", "stranger", report(now=now()).number)
    client.force_login(town.users["audit_admin"])
    page = client.get("/administration/record").content.decode()
    assert "查询某人的权限" in page
    assert "查看工单" in page


def test_an_action_on_another_kind_of_object_says_of_which(town, client):
    client.force_login(town.users["system_admin"])
    asked = {"user": "dispatcher", "verb": "dispatch", "object": "area:420602"}
    page = client.get("/access/explain", asked, headers={"Accept-Language": "en"})
    assert page.status_code == 422
    assert "This action needs another kind of object: Cases (case:20261122000001)." in page.content.decode()
