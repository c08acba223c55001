"""Nothing that was made for one person is kept by a browser or proxy, and no sign-in page is a fault of the server."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialLogin
from django.core import mail
from django.test import Client
from django.urls import get_resolver

from gezhi.contexts.cases.queries import CASES
from gezhi.contexts.cases.use_cases import Contact
from gezhi.kernel import clock
from gezhi.kernel.roles import Role
from gezhi.platform.access.tokens import issue_token
from gezhi.platform.accounts.adapter import StaffSocialAdapter
from gezhi.platform.accounts.models import User
from gezhi.platform.accounts.use_cases.create_account import create_account
from gezhi.platform.saved_views.use_cases.save_view import save_view
from tests.factories.cases import MONDAY, SYSTEM, grant, report
from tests.factories.tampering import live_a_morning, one
from tests.factories.work import work_done

pytestmark = pytest.mark.django_db

ROLES = ["", "resident", "worker", "dispatcher", "officer", "checker", "operations", "planner", "system_admin"]
ROLES += ["security_admin", "audit_admin"]
# Public by their own word: the map's data and scripts, which are the same for everybody.
PUBLIC = {"service-worker.js", "push-worker.js", "map/tiles.json", "map/tiles/1-1-0/7/103/51.mvt"}
# Open pages without a word about anybody; private as soon as somebody is signed in.
OPEN = {"", "privacy", "report", "report/what", "who", "powers"}
SAMPLES = {
    "action": "dispatch",
    "message_id": "1",
    "token": "1-ABCDEFGHJKMNPQRS",
    **dict.fromkeys(("account_id", "grant_id", "asked_id", "organisation_id", "worker_id"), "1"),
    "photo_id": "00000000-0000-0000-0000-000000000000",
    "power_id": "1",
    "provider_id": "city",
    "key": "abc",
    "uidb36": "1",
    "version": "1-1-0",
    "z": "7",
    "x": "103",
    "y": "51",
}


def routes(patterns=None, before=""):
    """Every address of the program as a template, ``%(name)s`` for each part that varies."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
            continue
        text = before + str(pattern.pattern)
        text = re.sub(r"<(?:\w+:)?(\w+)>", r"%(\1)s", re.sub(r"\(\?P<(\w+)>.+?\)(?=[-/])", r"<\1>", text))
        yield text.replace("^", "").replace("$", "").replace("\\", "")


@pytest.fixture
def lived(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    return live_a_morning()


def filled(lived):
    number = one("SELECT number FROM cases_case WHERE id = %s", lived.cases[0])
    made = report(contact=Contact(name="王芳"))
    picture = str(one("SELECT id FROM files_attachment LIMIT 1"))
    view = save_view(
        actor=lived.town.actor("dispatcher", now=clock.now()), tool=CASES, query="q=1", name="view", now=clock.now()
    )
    known = {
        **SAMPLES, "number": number, "code": made.follow_code, "picture_id": picture, "view_id": view.id,
        "kind": "export_cases", "paper": "case", **work_done(lived.town),
    }  # fmt: skip
    return sorted({template % known for template in routes()})


def client_of(lived, name):
    client = Client(raise_request_exception=False)
    if name:
        client.force_login(lived.town.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("name", ROLES)
def test_every_route_forbids_to_keep_what_is_personal(lived, name):
    client = client_of(lived, name)
    kept = []
    for address in filled(lived):
        for method in (client.get, client.post):
            if address.startswith("accounts/logout") and method == client.post:
                continue
            answer = method(f"/{address}")
            assert answer.status_code < 500, address
            said = answer.headers.get("Cache-Control", "")
            public = address in PUBLIC or (not name and address in OPEN and method == client.get)
            if not public and said != "private, no-store":
                kept.append((address, answer.status_code, said))
    assert kept == []


def test_map_data_and_static_files_may_be_kept(lived):
    for address in Client().get("/map/tiles.json").json()["tiles"]:
        assert "public" in Client().get(address.format(z=9, x=0, y=0)).headers["Cache-Control"]
    assert "no-store" not in Client().get("/").headers.get("Cache-Control", "")


def test_answers_to_a_token_are_private(lived):
    token = issue_token(actor=SYSTEM, user_id=lived.town.users["operations"].pk, name="x", now=clock.now())
    for address in ("/api/v1/cases", "/api/v1/classes", "/"):
        answer = Client().get(address, headers={"Authorization": f"Bearer {token}"})
        assert answer.headers["Cache-Control"] == "private, no-store"


# Sign-in pages.

NEED_MAIL = [
    "email/",
    "confirm-email/",
    "confirm-email/abc/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/1-abc/",
    "password/reset/key/done/",
    "login/code/confirm/",
]
NEVER = ["signup/", "3rdparty/signup/"]


def account_pages():
    known = {**SAMPLES, "number": "1", "code": "x", "picture_id": "1"}
    return sorted({template % known for template in routes() if template.startswith("accounts/")})


@pytest.mark.parametrize("set_up", [False, True])
@pytest.mark.parametrize("name", ["", "resident", "dispatcher", "system_admin"])
def test_no_sign_in_page_is_a_fault_of_the_server(lived, settings, name, set_up):
    settings.MAIL_IS_SET_UP = set_up
    client = client_of(lived, name)
    pages = account_pages()
    assert len(pages) > 25
    for address in pages:
        for data in (None, {}, {"email": "a@example.cn", "action_add": "", "login": "x", "password": "y", "code": "1"}):
            answer = client.get(f"/{address}") if data is None else client.post(f"/{address}", data)
            assert answer.status_code < 500, (address, data)
            text = answer.content.decode() if not answer.streaming else ""
            for off in NEVER if set_up else [*NEVER, *NEED_MAIL]:
                assert f'href="/accounts/{off}' not in text, f"{address} links to a page that is off"
        if name:
            client = client_of(lived, name)


@pytest.mark.parametrize("address", [*NEED_MAIL, *NEVER])
@pytest.mark.parametrize("name", ["", "dispatcher"])
def test_pages_that_need_mail_are_off_without_it(lived, address, name):
    client = client_of(lived, name)
    assert client.get(f"/accounts/{address}").status_code == 404
    answer = client.post(f"/accounts/{address}", {"email": "chief@example.cn", "action_add": ""})
    assert answer.status_code == 404
    assert not EmailAddress.objects.exists()
    assert not User.objects.exclude(email="").exists()


def coming_in(email, *, verified=True):
    login = SocialLogin(user=User(), email_addresses=[EmailAddress(email=email, verified=verified)])
    adapter = StaffSocialAdapter()
    adapter.can_authenticate_by_email = lambda *_: True
    return adapter.authenticate_by_email(login)


def test_an_address_that_somebody_claims_is_not_trusted(lived, settings):
    settings.MAIL_IS_SET_UP = True
    claimant = client_of(lived, "dispatcher")
    claimant.post("/accounts/email/", {"email": "Chief@example.cn", "action_add": ""})
    row = EmailAddress.objects.get()
    assert not row.verified
    assert coming_in("chief@example.cn") is None
    User.objects.filter(username="dispatcher").update(email="chief@example.cn")
    assert coming_in("chief@example.cn") is None
    sent = len(mail.outbox)
    Client().post("/accounts/password/reset/", {"email": "chief@example.cn"})
    assert not any("/password/reset/key/" in message.body for message in mail.outbox[sent:])
    EmailAddress.objects.update(verified=True)
    assert coming_in("chief@example.cn")[0].username == "dispatcher"
    assert coming_in("chief@example.cn", verified=False) is None
    User.objects.filter(username="dispatcher").update(is_active=False)
    assert coming_in("chief@example.cn") is None


def _reset_links(messages):
    return [found for message in messages for found in re.findall(r"/accounts/password/reset/key/[^\s]+", message.body)]


def _asked_by_mail(settings):
    settings.MAIL_IS_SET_UP = True
    sent = len(mail.outbox)
    answer = Client().post("/accounts/password/reset/", {"email": "chief@example.cn"})
    return answer, _reset_links(mail.outbox[sent:])


@pytest.mark.parametrize("name", ["security_admin", "audit_admin", "dispatcher"])
def test_no_address_leads_into_security_or_audit_administration(lived, settings, name):
    user, kept_apart = lived.town.users[name], name != "dispatcher"
    EmailAddress.objects.create(user=user, email="chief@example.cn", primary=True, verified=True)
    User.objects.filter(pk=user.pk).update(email="chief@example.cn")
    answer, links = _asked_by_mail(settings)
    assert (answer.status_code, answer.url) == (302, "/accounts/password/reset/done/")
    assert bool(links) is not kept_apart
    assert (coming_in("chief@example.cn") is None) is kept_apart
    page = Client().get("/accounts/password/reset/", headers={"Accept-Language": "en"}).content.decode()
    assert "Security and audit administrators get no link by mail" in page


def test_a_link_by_mail_from_before_the_role_works_no_more(lived, settings):
    user = lived.town.users["resident"]
    EmailAddress.objects.create(user=user, email="chief@example.cn", primary=True, verified=True)
    User.objects.filter(pk=user.pk).update(email="chief@example.cn")
    _, links = _asked_by_mail(settings)
    assert Client().get(links[0]).status_code == 302
    begun = Client()
    form = begun.get(links[0]).url
    grant(user, Role.AUDIT_ADMIN, lived.town.areas["4206"])
    late = {"password1": "汉江两岸有人家-2026", "password2": "汉江两岸有人家-2026"}
    begun.post(form, late)
    Client().get(links[0], follow=True)
    assert User.objects.get(pk=user.pk).password == user.password


def test_an_address_that_the_administrator_wrote_down_is_trusted(lived):
    create_account(
        actor=SYSTEM,
        username="li.hua",
        display_name="李华",
        password="汉江两岸有人家-2026",
        email="Li.Hua@example.cn",
        now=MONDAY,
    )
    assert coming_in("li.hua@example.cn")[0].username == "li.hua"


def test_the_walk_meets_the_routes():
    found = list(routes())
    assert len(found) > 60
    assert "follow/%(code)s/pictures/%(picture_id)s" in found


def test_a_strangers_list_of_cases_is_kept_by_nobody():
    for address in ("/api/v1/cases", "/api/v1/cases/count", "/api/v1/classes"):
        assert Client().get(address)["Cache-Control"] == "private, no-store", address
    assert "Cache-Control" not in Client().get("/report").headers
