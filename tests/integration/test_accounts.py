"""Accounts: invited, given roles by another pair of hands, ended, opened again; the last hands are never taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password

from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.roles import SEPARATE_ADMINS, Role
from gezhi.platform.access.actor import ANONYMOUS, actor_of, system_actor
from gezhi.platform.access.models import AskedRole, Grant
from gezhi.platform.access.necessary import lasting_holders
from gezhi.platform.access.tokens import actor_of_token, issue_token
from gezhi.platform.access.use_cases.ask_role import answer_role, ask_role
from gezhi.platform.access.use_cases.end_grant import end_grant
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.accounts.invitations import VALID_FOR, invitation_of
from gezhi.platform.accounts.models import Invitation, User
from gezhi.platform.accounts.queries import AccountFilters, AccountState, accounts
from gezhi.platform.accounts.use_cases.end_account import EndReason, end_account, restore_account
from gezhi.platform.accounts.use_cases.invite import WantedRole, accept_invitation, invite, renew_link
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.notices.models import Notice
from tests.factories.agreed_links import agreed
from tests.factories.cases import MONDAY, SYSTEM, make_town, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "汉江两岸有人家-2026"
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def town():
    return make_town()


def invited(town, *, username="li.hua", roles=(), email=""):
    return invite(
        actor=town.actor("system_admin"), username=username, display_name="李华", email=email, roles=roles, now=MONDAY
    )


def wanted(town, role=Role.CHECKER, **more):
    return WantedRole(role, town.areas["420602001"].pk, **more)


def accept(code, *, password=PASSWORD, now=LATER):
    return accept_invitation(actor=system_actor("invitation"), code=code, password=password, now=now)


def end(town, name, *, now=LATER, by="system_admin"):
    end_account(actor=town.actor(by), user_id=town.users[name].pk, reason=EndReason.LEFT, now=now)


def test_a_link_works_once_and_its_code_is_nowhere(town):
    made = invited(town)
    row = Invitation.objects.get()
    assert made.code not in row.digest
    assert made.code not in "".join(str(one.data) for one in AuditRecord.objects.all())
    assert not User.objects.get(pk=made.user_id).has_usable_password()
    user = accept(made.code)
    assert user.check_password(PASSWORD)
    with pytest.raises(NotFound):
        accept(made.code)


def test_a_link_ends_after_three_days_and_when_another_is_made(town):
    made = invited(town)
    assert invitation_of(made.code, now=MONDAY + VALID_FOR - timedelta(seconds=1)) is not None
    assert invitation_of(made.code, now=MONDAY + VALID_FOR) is None
    again = renew_link(actor=town.actor("system_admin"), user_id=made.user_id, now=LATER)
    assert invitation_of(made.code, now=LATER) is None
    assert invitation_of(again.code, now=LATER) is not None
    assert invitation_of("nonsense", now=LATER) is None


def test_a_weak_password_leaves_the_link_as_it_is(town):
    made = invited(town)
    with pytest.raises(InvalidInput):
        accept(made.code, password="1234567890")
    assert accept(made.code).pk == made.user_id


@pytest.mark.parametrize("name", ["security_admin", "audit_admin", "operations", "dispatcher"])
def test_only_a_system_administrator_invites_and_ends(town, name):
    actor = town.actor(name)
    with pytest.raises(NotAllowed):
        invite(actor=actor, username="li.hua", display_name="李华", now=MONDAY)
    with pytest.raises(NotAllowed):
        end_account(actor=actor, user_id=town.users["worker"].pk, reason=EndReason.LEFT, now=MONDAY)
    with pytest.raises(NotAllowed):
        restore_account(actor=actor, user_id=town.users["worker"].pk, now=MONDAY)
    assert not User.objects.filter(username="li.hua").exists()


def test_what_cannot_be_an_account_is_refused_and_nothing_is_written(town):
    invited(town, email="li@example.org")
    before = (User.objects.count(), AuditRecord.objects.count())
    for fields in (
        {"username": "Li Hua"},
        {"username": "li.hua"},
        {"username": "wang.fang", "email": "LI@example.org"},
        {"username": "wang.fang", "email": "nonsense"},
    ):
        with pytest.raises((InvalidInput, Conflict)):
            invited(town, **fields)
    with pytest.raises(InvalidInput):
        invited(town, username="wang.fang", roles=[wanted(town, Role.DEPARTMENT_OFFICER)])
    assert (User.objects.count(), AuditRecord.objects.count()) == before


def test_who_opens_the_account_does_not_grant_the_role(town):
    made = invited(town, roles=[wanted(town, until=MONDAY + timedelta(days=30))])
    asked = AskedRole.objects.get()
    user = User.objects.get(pk=made.user_id)
    assert actor_of(user, now=MONDAY).grants == ()
    for name in ("system_admin", "audit_admin", "operations"):
        with pytest.raises(NotAllowed):
            answer_role(actor=town.actor(name), asked_id=asked.pk, grant=True, now=MONDAY)
    answer_role(actor=town.actor("security_admin"), asked_id=asked.pk, grant=True, now=MONDAY)
    assert actor_of(user, now=LATER).roles == {Role.CHECKER}
    assert actor_of(user, now=MONDAY + timedelta(days=30)).grants == ()
    with pytest.raises(NotFound):
        answer_role(actor=town.actor("security_admin"), asked_id=asked.pk, grant=True, now=LATER)


def test_a_refused_role_gives_nothing_and_one_is_asked_for_once(town):
    made = invited(town, roles=[wanted(town)])
    with pytest.raises(Conflict):
        ask_role(
            actor=town.actor("system_admin"),
            user_id=made.user_id,
            role=Role.CHECKER,
            area_id=town.areas["420602001"].pk,
            now=MONDAY,
        )
    answer_role(actor=town.actor("security_admin"), asked_id=AskedRole.objects.get().pk, grant=False, now=MONDAY)
    assert not Grant.objects.filter(user_id=made.user_id).exists()


def test_a_system_administrator_asks_for_no_second_administration_in_vain(town):
    asked = ask_role(
        actor=town.actor("system_admin"),
        user_id=town.users["audit_admin"].pk,
        role=Role.SECURITY_ADMIN,
        area_id=town.areas["4206"].pk,
        now=MONDAY,
    )
    with pytest.raises(Conflict):
        answer_role(actor=town.actor("security_admin"), asked_id=asked, grant=True, now=MONDAY)
    assert AskedRole.objects.get(pk=asked).decided_at is None


def test_a_grant_with_an_end_counts_among_the_three_administrations(town):
    user, city = make_user("candidate"), town.areas["4206"].pk
    end_at = MONDAY + timedelta(days=1)
    grant_role(actor=SYSTEM, user_id=user.pk, role=Role.AUDIT_ADMIN, area_id=city, until=end_at, now=MONDAY)
    for role in SEPARATE_ADMINS:
        with pytest.raises(Conflict):
            grant_role(actor=SYSTEM, user_id=user.pk, role=role, area_id=city, now=LATER)
    grant_role(actor=SYSTEM, user_id=user.pk, role=Role.SYSTEM_ADMIN, area_id=city, now=end_at)


def test_an_end_takes_sessions_tokens_links_and_roles(town, client):
    worker = town.users["worker"]
    token = issue_token(actor=SYSTEM, user_id=worker.pk, name="手机", now=MONDAY)
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/worker").status_code == 200
    end(town, "worker")
    assert "/login" in client.get("/worker").headers["Location"]
    assert actor_of_token(token, now=LATER) == ANONYMOUS
    opened = LATER + timedelta(hours=1)
    assert restore_account(actor=town.actor("system_admin"), user_id=worker.pk, now=opened) is None
    agreed(town, worker.pk, now=opened)
    restored = renew_link(actor=town.actor("system_admin"), user_id=worker.pk, now=opened)
    # Neither the session nor the token comes back to life, and the role waits for the other hands.
    assert "/login" in client.get("/worker").headers["Location"]
    assert actor_of_token(token, now=LATER + timedelta(hours=1)) == ANONYMOUS
    assert [one.role for one in AskedRole.objects.filter(decided_at__isnull=True)] == [Role.GRID_WORKER]
    assert accept(restored.code, now=LATER + timedelta(hours=2)).is_active


def test_a_role_with_an_end_is_asked_for_anew_with_that_end_or_not_at_all(town):
    user, street = make_user("helper"), town.areas["420602001"].pk
    ends = {Role.CHECKER: LATER + timedelta(days=9), Role.STREET_DISPATCHER: LATER + timedelta(minutes=9)}
    for role, until in ends.items():
        grant_role(actor=SYSTEM, user_id=user.pk, role=role, area_id=street, until=until, now=MONDAY)
    admin = town.actor("system_admin")
    end_account(actor=admin, user_id=user.pk, reason=EndReason.MISTAKE, now=LATER)
    restore_account(actor=admin, user_id=user.pk, now=LATER + timedelta(hours=1))
    assert [(one.role, one.until) for one in AskedRole.objects.all()] == [(Role.CHECKER, ends[Role.CHECKER])]


@pytest.mark.parametrize("role", sorted(SEPARATE_ADMINS))
def test_nobody_takes_the_last_hands_away(town, role):
    grant = Grant.objects.get(user=town.users[role.value])
    other = make_user("other")
    if role is Role.SYSTEM_ADMIN:
        with pytest.raises(NotAllowed):
            end(town, role.value)
    else:
        with pytest.raises(Conflict):
            end(town, role.value)
    with pytest.raises(Conflict):
        end_grant(actor=SYSTEM, grant_id=grant.pk, now=LATER)
    # Neither one for a time nor one who has never come counts.
    city = town.areas["4206"].pk
    temporary = LATER + timedelta(days=1)
    grant_role(actor=SYSTEM, user_id=other.pk, role=role, area_id=city, until=temporary, now=MONDAY)
    made = invited(town)
    grant_role(actor=SYSTEM, user_id=made.user_id, role=role, area_id=city, now=MONDAY)
    with pytest.raises(Conflict):
        end_grant(actor=SYSTEM, grant_id=grant.pk, now=LATER)
    accept(made.code)
    end_grant(actor=SYSTEM, grant_id=grant.pk, now=LATER)
    assert Grant.objects.get(pk=grant.pk).valid_to == LATER


def test_no_link_leads_around_the_separation(town):
    admin = town.actor("system_admin")
    User.objects.filter(username="security_admin").update(last_login=MONDAY)
    with pytest.raises(NotAllowed):
        renew_link(actor=admin, user_id=town.users["security_admin"].pk, now=MONDAY)
    agreed(town, town.users["worker"].pk, now=MONDAY)
    renew_link(actor=admin, user_id=town.users["worker"].pk, now=MONDAY)


def test_the_list_is_narrowed_paged_and_costs_the_same_for_any_number(town, django_assert_num_queries):
    admin = town.actor("system_admin")

    def names(**filters):
        found = accounts(admin, AccountFilters(**filters), after="", limit=50, now=MONDAY)
        return [row.username for row in found.rows]

    assert names(role=Role.CHECKER) == ["checker"]
    assert names(text="far_") == ["far_dispatcher"]
    assert "worker" in names(area=town.areas["420602001001"].path)
    assert "stranger" not in names(area=town.areas["420602001001"].path)
    end(town, "stranger")
    assert names(state=AccountState.ENDED) == ["stranger"]
    walked, after = [], ""
    while after is not None:
        page = accounts(admin, AccountFilters(), after=after, limit=4, now=MONDAY)
        walked += [row.username for row in page.rows]
        after = page.next
    assert walked == sorted(User.objects.values_list("username", flat=True))
    for limit in (1, 10):
        with django_assert_num_queries(2):
            accounts(system_actor("test"), AccountFilters(), after="", limit=limit, now=MONDAY)
    with pytest.raises(NotAllowed):
        accounts(town.actor("dispatcher"), AccountFilters(), after="", limit=4, now=MONDAY)


KEPT_APART = [Role.SECURITY_ADMIN, Role.AUDIT_ADMIN]


def give(town, user_id, role, *, by="security_admin", now=MONDAY, **more):
    actor = SYSTEM if by is None else town.actor(by)
    grant_role(actor=actor, user_id=user_id, role=role, area_id=town.areas["4206"].pk, now=now, **more)


@pytest.mark.parametrize("role", KEPT_APART)
@pytest.mark.parametrize("days", [None, 90])
def test_no_link_leads_into_a_role_with_an_end_either(town, role, days):
    user = make_user("second")
    give(town, user.pk, role, until=None if days is None else MONDAY + timedelta(days=days))
    with pytest.raises(NotAllowed) as refused:
        renew_link(actor=town.actor("system_admin"), user_id=user.pk, now=LATER)
    assert refused.value.code == "link_around_separation"
    if days is not None:
        over = MONDAY + timedelta(days=days)
        agreed(town, user.pk, now=over)
        assert renew_link(actor=town.actor("system_admin"), user_id=user.pk, now=over).user_id == user.pk


@pytest.mark.parametrize("role", KEPT_APART)
@pytest.mark.parametrize("by", ["security_admin", None])
def test_a_link_from_before_the_role_leads_no_further(town, role, by):
    user = make_user("second")
    before = user.password
    agreed(town, user.pk, now=MONDAY)
    made = renew_link(actor=town.actor("system_admin"), user_id=user.pk, now=MONDAY)
    give(town, user.pk, role, by=by, now=MONDAY + timedelta(minutes=5))
    with pytest.raises(NotFound):
        accept(made.code)
    user.refresh_from_db()
    assert user.password == before
    # Were it not withdrawn, the use of it would be refused all the same.
    Invitation.objects.update(withdrawn_at=None)
    with pytest.raises(NotFound):
        accept(made.code)


@pytest.mark.parametrize("role", KEPT_APART)
def test_a_role_apart_waits_until_its_owner_has_come_in(town, role):
    made = invited(town, roles=[WantedRole(role, town.areas["4206"].pk)])
    asked = AskedRole.objects.get().pk
    with pytest.raises(Conflict) as refused:
        answer_role(actor=town.actor("security_admin"), asked_id=asked, grant=True, now=MONDAY)
    assert refused.value.code == "not_come_in_yet"
    assert not Grant.objects.filter(user_id=made.user_id).exists()
    accept(made.code)
    answer_role(actor=town.actor("security_admin"), asked_id=asked, grant=True, now=LATER)
    assert Grant.objects.get(user_id=made.user_id).role == role


def test_who_founds_comes_in_by_the_first_link_and_by_none_that_an_administrator_makes(town):
    made = invited(town)
    give(town, made.user_id, Role.SECURITY_ADMIN, by=None)
    with pytest.raises(NotAllowed):
        renew_link(actor=town.actor("system_admin"), user_id=made.user_id, now=LATER)
    assert accept(made.code).pk == made.user_id
    # Whoever runs the server is the way back in.
    again = renew_link(actor=SYSTEM, user_id=made.user_id, now=LATER + timedelta(days=9))
    assert accept(again.code, now=LATER + timedelta(days=9)).pk == made.user_id


@pytest.mark.parametrize("role", [Role.AUDIT_ADMIN, Role.CHECKER])
def test_an_ended_account_is_given_no_role(town, role):
    end(town, "stranger", now=MONDAY)
    with pytest.raises(Conflict) as refused:
        give(town, town.users["stranger"].pk, role, now=LATER)
    assert refused.value.code == "account_ended"
    assert not Grant.objects.filter(user=town.users["stranger"], valid_from=LATER).exists()


def test_last_hands_are_those_that_can_sign_in(town):
    second = make_user("second")
    give(town, second.pk, Role.SYSTEM_ADMIN)
    agreed(town, second.pk, now=MONDAY)
    renew_link(actor=town.actor("system_admin"), user_id=second.pk, now=MONDAY)
    assert lasting_holders(Role.SYSTEM_ADMIN) == 2
    ghost = make_user("ghost")
    give(town, ghost.pk, Role.AUDIT_ADMIN)
    assert lasting_holders(Role.AUDIT_ADMIN) == 2
    User.objects.filter(pk=ghost.pk).update(password=make_password(None))
    assert lasting_holders(Role.AUDIT_ADMIN) == 1
    for provider in ("city", "province"):
        SocialAccount.objects.create(user=ghost, provider=provider, uid="7")
    assert lasting_holders(Role.AUDIT_ADMIN) == 2
    User.objects.filter(pk=ghost.pk).update(is_active=False)
    assert lasting_holders(Role.AUDIT_ADMIN) == 1


def test_one_who_was_opened_again_and_chose_no_password_is_no_last_hand(town):
    made = invited(town)
    accept(made.code, now=MONDAY)
    admin = town.actor("system_admin")
    give(town, made.user_id, Role.SYSTEM_ADMIN)
    end_account(actor=admin, user_id=made.user_id, reason=EndReason.LEFT, now=MONDAY + timedelta(minutes=1))
    restore_account(actor=admin, user_id=made.user_id, now=MONDAY + timedelta(minutes=2))
    asked = AskedRole.objects.get(decided_at__isnull=True).pk
    answer_role(actor=town.actor("security_admin"), asked_id=asked, grant=True, now=MONDAY + timedelta(minutes=3))
    with pytest.raises(Conflict):
        end_grant(actor=SYSTEM, grant_id=Grant.objects.get(user=town.users["system_admin"]).pk, now=LATER)


def test_the_owner_is_told_of_a_link_that_somebody_else_made(
    town, client, settings, mailoutbox, django_capture_on_commit_callbacks
):
    settings.MAIL_IS_SET_UP = True
    user, admin = make_user("owner", password=PASSWORD), town.users["system_admin"]
    for name, verified in (("own", True), ("claimed", False)):
        EmailAddress.objects.create(user=user, email=f"{name}@example.cn", verified=verified, primary=verified)
    agreed(town, user.pk, now=MONDAY)
    with django_capture_on_commit_callbacks(execute=True):
        renew_link(actor=town.actor("system_admin"), user_id=user.pk, now=MONDAY)
    notice = Notice.objects.get(person=user)
    assert notice.reference == str(admin.pk)
    assert admin.username not in str(notice.words)
    assert AuditRecord.objects.get(action="accounts.link_renewed").actor_id == admin.pk
    assert [message.to for message in mailoutbox] == [["own@example.cn"]]
    assert admin.username in mailoutbox[0].body
    english = {"Accept-Language": "en"}
    signed_in = {"login": "owner", "password": PASSWORD}
    page = client.post("/accounts/login/", signed_in | {"next": "/notices"}, headers=english, follow=True)
    words = f"{admin.username} made a new link to your account"
    assert page.content.decode().count(words) == 2
    assert "You do not see this case any more." not in page.content.decode()
    client.post("/notices/read", {}, headers=english)
    client.logout()
    page = client.post("/accounts/login/", signed_in | {"next": "/notices"}, headers=english, follow=True)
    assert words not in page.content.decode()


def test_nobody_is_told_of_the_link_to_an_account_that_nobody_uses(town):
    renew_link(actor=town.actor("system_admin"), user_id=invited(town).user_id, now=LATER)
    assert not Notice.objects.exists()
    worker = town.users["worker"].pk
    renew_link(actor=SYSTEM, user_id=worker, now=LATER)
    assert Notice.objects.get(person_id=worker).reference == ""
