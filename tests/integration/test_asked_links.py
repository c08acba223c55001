"""A new link into an account in use takes two pairs of hands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from gezhi.kernel.errors import Conflict, NotAllowed, NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.accounts.invitations import VALID_FOR
from gezhi.platform.accounts.models import AskedLink, Invitation, User
from gezhi.platform.accounts.queries import AccountFilters, accounts, count_asked_links
from gezhi.platform.accounts.use_cases.ask_link import answer_link, ask_link
from gezhi.platform.accounts.use_cases.end_account import EndReason, end_account, restore_account
from gezhi.platform.accounts.use_cases.invite import invite, renew_link
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.audit.verify import verify
from tests.factories.cases import MONDAY, SYSTEM, Town, grant, make_town, make_user

MINUTE = timedelta(minutes=1)


@pytest.fixture
def town(db: None) -> Town:
    return make_town()


@pytest.fixture
def owner(town: Town) -> int:
    return town.users["dispatcher"].pk


def ask(town: Town, owner: int) -> int:
    return ask_link(actor=town.actor("system_admin"), user_id=owner, now=MONDAY)


def answer(town: Town, asked: int, *, by: str = "security_admin", grant: bool = True) -> None:
    user_id = AskedLink.objects.values_list("user_id", flat=True).get(pk=asked)
    answer_link(actor=town.actor(by), user_id=user_id, asked_id=asked, grant=grant, now=MONDAY)


def renew(town: Town, owner: int, *, after: timedelta = MINUTE) -> None:
    renew_link(actor=town.actor("system_admin"), user_id=owner, now=MONDAY + after)


def refused(town: Town, owner: int, *, after: timedelta = MINUTE) -> None:
    with pytest.raises(NotAllowed) as error:
        renew(town, owner, after=after)
    assert error.value.code == "link_needs_second"
    assert not Invitation.objects.filter(user_id=owner).exists()


def test_an_administrator_alone_makes_no_link_into_an_account_in_use(town: Town, owner: int):
    refused(town, owner)
    asked = ask(town, owner)
    refused(town, owner)
    answer(town, asked)
    renew(town, owner)
    assert Invitation.objects.filter(user_id=owner).count() == 1
    # Once.
    with pytest.raises(NotAllowed):
        renew(town, owner, after=2 * MINUTE)
    assert list(verify(leave_out=["files"])) == []


def test_an_agreement_ends_and_a_refusal_is_none(town: Town, owner: int):
    answer(town, ask(town, owner), grant=False)
    refused(town, owner)
    answer(town, ask(town, owner))
    refused(town, owner, after=VALID_FOR)


@pytest.mark.parametrize("by", ["system_admin", "audit_admin", "dispatcher"])
def test_only_another_person_who_grants_roles_agrees(town: Town, owner: int, by: str):
    asked = ask(town, owner)
    with pytest.raises(NotAllowed):
        answer(town, asked, by=by)
    assert AskedLink.objects.get().decided_at is None


def test_who_asked_does_not_agree(town: Town, owner: int):
    asked = ask(town, owner)
    AskedLink.objects.update(asked_by=town.users["security_admin"].pk)
    with pytest.raises(NotAllowed):
        answer(town, asked)


def test_what_is_asked_for_is_asked_once_and_of_whom_it_may_be(town: Town, owner: int):
    asked = ask(town, owner)
    with pytest.raises(Conflict):
        ask(town, owner)
    answer(town, asked)
    with pytest.raises(NotFound):
        answer(town, asked)
    with pytest.raises(Conflict):
        ask(town, owner)
    with pytest.raises(NotAllowed):
        ask(town, town.users["security_admin"].pk)
    with pytest.raises(NotAllowed):
        ask_link(actor=town.actor("security_admin"), user_id=owner, now=MONDAY)


def test_a_first_link_that_was_lost_needs_nobody_else_until_the_account_holds_a_role(town: Town):
    made = invite(actor=town.actor("system_admin"), username="new", display_name="新人", now=MONDAY)
    renew(town, made.user_id)
    with pytest.raises(Conflict):
        ask(town, made.user_id)
    area = town.areas["4206"].pk
    grant_role(actor=SYSTEM, user_id=made.user_id, role=Role.CHECKER, area_id=area, now=MONDAY)
    with pytest.raises(NotAllowed):
        renew(town, made.user_id, after=2 * MINUTE)


def test_ending_and_opening_an_account_again_is_no_way_around(town: Town):
    owner = make_user("left")
    grant(owner, Role.CHECKER, town.areas["4206"])
    admin = town.actor("system_admin")
    answer(town, ask(town, owner.pk))
    end_account(actor=admin, user_id=owner.pk, reason=EndReason.LEFT, now=MONDAY + MINUTE)
    assert restore_account(actor=admin, user_id=owner.pk, now=MONDAY + 2 * MINUTE) is not None
    User.objects.filter(pk=owner.pk).update(password=town.users["worker"].password)
    with pytest.raises(NotAllowed):
        renew(town, owner.pk, after=3 * MINUTE)


def test_an_account_that_was_used_is_opened_again_by_two(town: Town):
    owner = make_user("used")
    User.objects.filter(pk=owner.pk).update(last_login=MONDAY - MINUTE)
    admin = town.actor("system_admin")
    end_account(actor=admin, user_id=owner.pk, reason=EndReason.MISUSE, now=MONDAY - MINUTE / 2)
    assert restore_account(actor=admin, user_id=owner.pk, now=MONDAY) is None
    with pytest.raises(NotAllowed):
        renew(town, owner.pk)
    asked = AskedLink.objects.get(user=owner, decided_at__isnull=True)
    with pytest.raises(NotFound):
        answer_link(
            actor=town.actor("security_admin"),
            user_id=town.users["worker"].pk,
            asked_id=asked.pk,
            grant=True,
            now=MONDAY,
        )
    answer(town, asked.pk)
    renew(town, owner.pk)


def page(town: Town, who: str, address: str, **posted: str) -> str:
    client = Client()
    client.force_login(town.users[who])
    headers = {"Accept-Language": "en"}
    answer = (
        client.post(address, posted, headers=headers, follow=True) if posted else client.get(address, headers=headers)
    )
    return answer.content.decode()


def test_the_pages_ask_answer_and_make_the_link(town: Town, owner: int):
    address = f"/administration/accounts/{owner}"
    assert "Ask for a new link?" in page(town, "system_admin", f"{address}/link", look="1")
    assert "waits for a security administrator" in page(town, "system_admin", f"{address}/link", sure="1")
    assert count_asked_links() == 1
    waiting = accounts(town.actor("security_admin"), AccountFilters(asked=True), after="", limit=9, now=MONDAY)
    assert [row.id for row in waiting.rows] == [owner]
    assert "1 new link waits for an answer." in page(town, "security_admin", "/administration")
    assert "Agree to a new link" not in page(town, "system_admin", address)
    assert "Agree to a new link" in page(town, "security_admin", address)
    asked = AskedLink.objects.get().pk
    assert "Agreed." in page(town, "security_admin", f"{address}/link/{asked}", grant="yes")
    assert "/invitation/" in page(town, "system_admin", f"{address}/link", sure="1")
    acts = (
        AuditRecord.objects.filter(action__startswith="accounts.link").order_by("seq").values_list("action", flat=True)
    )
    assert list(acts) == ["accounts.link_asked", "accounts.link_agreed", "accounts.link_renewed"]
