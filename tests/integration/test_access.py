"""Grants, their separation, their end, and the explanation of every answer."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from gezhi.interfaces.cli.main import main
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.roles import SEPARATE_ADMINS, Role
from gezhi.platform.access.actor import actor_of
from gezhi.platform.access.models import Grant
from gezhi.platform.access.use_cases.end_grant import end_grant
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.accounts.use_cases.create_account import create_account
from gezhi.platform.audit.models import AuditRecord
from tests.factories.cases import MONDAY, SYSTEM, make_town, make_user, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


@pytest.mark.parametrize("first", sorted(SEPARATE_ADMINS))
@pytest.mark.parametrize("second", sorted(SEPARATE_ADMINS))
def test_the_three_administrations_lie_in_three_hands(town, first, second):
    user, city = make_user("candidate"), town.areas["4206"]
    grant_role(actor=SYSTEM, user_id=user.pk, role=first, area_id=city.pk, now=MONDAY)
    # Twice the same is refused too: the grant is there already.
    with pytest.raises(Conflict):
        grant_role(actor=SYSTEM, user_id=user.pk, role=second, area_id=city.pk, now=MONDAY)
    assert Grant.objects.filter(user=user).count() == 1


@pytest.mark.parametrize("name", ["system_admin", "audit_admin", "operations", "dispatcher", "resident"])
def test_only_a_security_administrator_grants(town, name):
    with pytest.raises(NotAllowed):
        grant_role(
            actor=town.actor(name),
            user_id=town.users["resident"].pk,
            role=Role.OPERATIONS,
            area_id=town.areas["4206"].pk,
            now=MONDAY,
        )


def test_nobody_grants_to_himself_and_an_officer_needs_a_department(town):
    admin, city = town.actor("security_admin"), town.areas["4206"].pk
    with pytest.raises(NotAllowed, match="himself"):
        grant_role(actor=admin, user_id=admin.user_id, role=Role.OPERATIONS, area_id=city, now=MONDAY)
    with pytest.raises(InvalidInput, match="department"):
        grant_role(
            actor=admin, user_id=town.users["resident"].pk, role=Role.DEPARTMENT_OFFICER, area_id=city, now=MONDAY
        )
    with pytest.raises(NotFound):
        grant_role(actor=admin, user_id=999_999, role=Role.OPERATIONS, area_id=city, now=MONDAY)


def test_an_ended_grant_gives_no_right_and_stays_on_record(town):
    held = Grant.objects.get(user=town.users["dispatcher"])
    records = AuditRecord.objects.count()
    end_grant(actor=town.actor("security_admin"), grant_id=held.pk, now=MONDAY)
    assert actor_of(town.users["dispatcher"], now=MONDAY + timedelta(seconds=1)).grants == ()
    assert Grant.objects.filter(pk=held.pk).exists()
    assert AuditRecord.objects.count() == records + 1


def test_a_deactivated_account_is_nobody(town):
    user = town.users["operations"]
    user.is_active = False
    user.save()
    assert actor_of(user, now=MONDAY).user_id is None


def test_accounts_are_opened_by_system_administrators_with_good_passwords(town):
    admin = town.actor("system_admin")
    made = create_account(
        actor=admin, username="li.hua", display_name="李华", password="汉江两岸有人家-2026", now=MONDAY
    )
    assert made.check_password("汉江两岸有人家-2026")
    with pytest.raises(Conflict):
        create_account(actor=admin, username="li.hua", display_name="李华", password="汉江两岸有人家-2026", now=MONDAY)
    with pytest.raises(InvalidInput):
        create_account(actor=admin, username="wang", display_name="王", password="12345", now=MONDAY)
    with pytest.raises(NotAllowed):
        create_account(
            actor=town.actor("security_admin"),
            username="zhao",
            display_name="赵",
            password="汉江两岸有人家-2026",
            now=MONDAY,
        )


def explain(*arguments):
    return CliRunner().invoke(main, ["access", "explain", *arguments])


def test_explain_says_yes_and_no_with_reasons(town):
    number = report().number
    yes = explain("dispatcher", "dispatch", f"case:{number}")
    assert yes.exit_code == 0
    assert "street_dispatcher in 真武山街道, which covers the case" in yes.output
    no = explain("far_dispatcher", "dispatch", f"case:{number}")
    assert no.exit_code == 1
    assert "does not cover the case" in no.output
    wrong_state = explain("dispatcher", "close", f"case:{number}", "--json")
    assert wrong_state.exit_code == 1
    assert json.loads(wrong_state.output)["reasons"][-1] == "A case that is 'reported' has no 'close'."
    hidden = explain("system_admin", "see", f"case:{number}")
    assert hidden.exit_code == 1
    assert "No grant covers this case." in hidden.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("nobody", "see", "case:1"),
        ("dispatcher", "fly", "case:1"),
        ("dispatcher", "see", "tree:1"),
        ("dispatcher", "see", "case:20990101000001"),
        ("dispatcher", "see", "case"),
    ],
)
def test_explain_refuses_what_it_cannot_read(town, arguments):
    result = explain(*arguments)
    assert result.exit_code == 2
    assert result.output.startswith("gezhi access explain: ")
