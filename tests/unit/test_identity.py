"""Identity provider and HTTPS come from settings, and half a setting is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from gezhi.config.environment import Environment
from gezhi.config.identity import OIDC_APPLICATION, https_settings, oidc_application, oidc_providers

WHOLE = {
    "oidc_url": "https://id.example/realm",
    "oidc_client_id": "gezhi",
    "oidc_secret": "s",
    "oidc_name": "市民统一认证",
}


def env(**values):
    return Environment(Path("/nowhere"), values)


def test_without_settings_there_is_no_provider_and_no_https():
    assert oidc_providers(env()) == {}
    assert https_settings(env()) == {}


def test_a_whole_setting_makes_one_provider():
    (application,) = oidc_providers(env(**WHOLE))["openid_connect"]["APPS"]
    assert application["settings"]["server_url"] == "https://id.example/realm"
    assert application["name"] == "市民统一认证"


def test_what_speaks_to_a_provider_is_loaded_where_there_is_one():
    assert oidc_application(env()) == []
    assert oidc_application(env(**WHOLE)) == [OIDC_APPLICATION]


@pytest.mark.parametrize("left_out", ["oidc_client_id", "oidc_secret"])
def test_half_a_setting_is_refused_by_name(left_out):
    with pytest.raises(ImproperlyConfigured, match=f"GEZHI_{left_out.upper()}"):
        oidc_providers(env(**{name: value for name, value in WHOLE.items() if name != left_out}))


def test_https_secures_the_cookies():
    made = https_settings(env(https=True))
    assert made["SESSION_COOKIE_SECURE"]
    assert made["CSRF_COOKIE_SECURE"]


def test_the_environment_wins_over_the_file(monkeypatch):
    monkeypatch.setenv("GEZHI_OIDC_NAME", "省统一认证")
    (application,) = oidc_providers(env(**WHOLE))["openid_connect"]["APPS"]
    assert application["name"] == "省统一认证"
