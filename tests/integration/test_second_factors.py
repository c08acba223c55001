"""Secrets of the second step lie sealed in the database, work all the same, and those from before are sealed by `gezhi init`."""

from __future__ import annotations

import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.exceptions import ImproperlyConfigured

from gezhi.platform.accounts.models import User
from gezhi.platform.accounts.second_factors import SealedSecrets, seal_second_factors

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return User.objects.create_user("li", password="a-long-pass-phrase")


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_nothing_in_the_database_makes_a_code_and_the_codes_work(user):
    secret = generate_totp_secret()
    totp, codes = TOTP.activate(user, secret), RecoveryCodes.activate(user)
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert all(code not in kept for code in codes.get_unused_codes())
    assert totp.validate_code(code_of(secret))
    # The same after it was read again.
    again = RecoveryCodes(Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES))
    assert again.get_unused_codes() == codes.get_unused_codes()
    assert again.validate_code(codes.get_unused_codes()[0])


def test_what_lies_open_from_before_works_and_is_sealed_once(user):
    secret = generate_totp_secret()
    row = Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    assert TOTP(row).validate_code(code_of(secret))
    assert (seal_second_factors(), seal_second_factors()) == (1, 0)
    row.refresh_from_db()
    assert secret not in json.dumps(row.data)
    assert SealedSecrets().decrypt(row.data["secret"]) == secret


def test_another_key_opens_nothing(user, monkeypatch):
    sealed = SealedSecrets().encrypt("secret")
    monkeypatch.setenv("GEZHI_KEY_VAULT", "ab" * 32)
    with pytest.raises(ImproperlyConfigured):
        SealedSecrets().decrypt(sealed)
    monkeypatch.undo()
    assert SealedSecrets().decrypt(sealed) == "secret"
