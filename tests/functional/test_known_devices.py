"""Wrong passwords of strangers do not shut anybody out of the browser in which they have signed in before."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from gezhi.platform.accounts.devices import COOKIE
from gezhi.platform.accounts.models import User

PASSWORD = "a-long-pass-phrase-of-the-hub"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people():
    cache.clear()
    for name in ("li", "wang"):
        User.objects.create_user(name, password=PASSWORD)
    yield
    cache.clear()


def sign_in(client: Client, name: str, password: str = PASSWORD, address: str = "192.0.2.1") -> bool:
    sent = {"login": name, "password": password}
    return client.post("/accounts/login/", sent, REMOTE_ADDR=address).status_code == 302


def guess(name: str, client: Client | None = None, *, times: int = 6, address: str = "") -> None:
    for number in range(times):
        assert not sign_in(client or Client(), name, "wrong", address or f"198.51.100.{number}")


@pytest.fixture
def few(settings):
    """An account rests after six wrong passwords from wherever they come."""
    settings.GEZHI_RATE_WRONG_PASSWORDS = "6/h/key"


def known(name: str) -> Client:
    client = Client()
    assert sign_in(client, name)
    client.post("/accounts/logout/")
    return client


def test_a_stranger_elsewhere_keeps_nobody_from_signing_in():
    guess("li", times=9, address="198.51.100.1")
    assert not sign_in(Client(), "li", address="198.51.100.1"), "who guesses has to wait"
    assert sign_in(Client(), "li"), "a browser that never was here, at another address"
    guess("wang")
    assert sign_in(Client(), "wang")


def test_one_network_of_a_subscriber_is_one_address():
    for number in range(6):
        assert not sign_in(Client(), "li", "wrong", f"2001:db8::{number + 1}")
    assert not sign_in(Client(), "li", address="2001:db8::99")
    assert sign_in(Client(), "li", address="2001:db9::1")


def test_guessing_from_very_many_addresses_has_an_end(settings):
    assert settings.GEZHI_RATE_WRONG_PASSWORDS == "300/h/key"
    settings.GEZHI_RATE_WRONG_PASSWORDS = "30/h/key"
    own = known("li")
    guess("li", times=30)
    assert not sign_in(Client(), "li"), "the account rests everywhere"
    assert sign_in(own, "li"), "but not in a browser that it knows"
    assert sign_in(Client(), "wang")


def test_right_passwords_are_no_tries(few):
    for _ in range(9):
        assert sign_in(Client(), "li")


def test_a_browser_that_the_account_knows_is_counted_apart(few):
    own = known("li")
    guess("li")
    assert not sign_in(Client(), "li"), "elsewhere the account rests, or guessing would have no end"
    assert sign_in(own, "li")


def test_a_known_browser_has_a_limit_of_its_own():
    own = known("li")
    guess("li", own)
    assert not sign_in(own, "li")
    assert sign_in(Client(), "li", address="192.0.2.9"), "and keeps no other from signing in"


def test_others_behind_the_same_address_do_not_use_up_its_tries():
    own = known("li")
    for number in range(40):
        Client().post("/accounts/login/", {"login": f"nobody-{number}", "password": "wrong"}, REMOTE_ADDR="192.0.2.1")
    assert not sign_in(Client(), "wang"), "the address rests"
    assert sign_in(own, "li")
    own.post("/accounts/logout/")
    guess("li", own)
    assert not sign_in(own, "li"), "the browser's own tries still have an end"


@pytest.mark.parametrize("change", ["another", "forged", "copied"])
def test_a_cookie_counts_for_its_account_alone(change, few):
    own = known("li")
    if change == "another":
        assert sign_in(own, "wang")
        own.post("/accounts/logout/")
    elif change == "forged":
        own.cookies[COOKIE] = "0" + own.cookies[COOKIE].value
    else:
        thief = known("wang")
        thief.cookies["other"] = "1"
        own, thief.cookies[COOKIE] = thief, own.cookies[COOKIE].value
        guess("wang")
        assert not sign_in(own, "wang")
        return
    guess("li")
    assert not sign_in(own, "li")


def test_the_cookie_names_nobody_and_goes_to_the_door_alone():
    morsel = known("li").cookies[COOKIE]
    assert "li" not in morsel.value.split(":")[0]
    assert (morsel["path"], morsel["httponly"], morsel["samesite"]) == ("/accounts/", True, "Lax")


def test_a_password_alone_makes_no_known_browser():
    """Where a second step is due, the browser is known only after it."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(User.objects.get(username="li"), "A" * 32)
    assert Authenticator.objects.count() == 1
    client = Client()
    answer = client.post("/accounts/login/", {"login": "li", "password": PASSWORD})
    assert answer.status_code == 302
    assert COOKIE not in client.cookies


def test_many_who_come_from_elsewhere_make_nobodys_tries_forgotten(few):
    guess("li")
    for number in range(450):
        address = f"10.{number // 250}.{number % 250}.1"
        assert Client().get("/report/nearby?lon=112.1&lat=32.0", REMOTE_ADDR=address).status_code == 200
        if number % 3 == 0:
            sign_in(Client(), f"nobody-{number}", "wrong", address)
    assert not sign_in(Client(), "li")
