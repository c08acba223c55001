"""Sign-in by the city's own identity provider, and cookies that only travel encrypted: by settings alone."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from gezhi.config.environment import Environment


def oidc_providers(env: Environment) -> dict[str, Any]:
    """allauth's provider table for one OpenID Connect server; empty where ``GEZHI_OIDC_URL`` is not set.

    ``GEZHI_OIDC_URL`` is the issuer, ``GEZHI_OIDC_CLIENT_ID`` and ``GEZHI_OIDC_SECRET`` are ours there,
    ``GEZHI_OIDC_NAME`` is what the sign-in button says. Raises ``ImproperlyConfigured`` where one of them is missing.
    """
    url = env.text("oidc_url", default="")
    if not url:
        return {}
    client_id = env.text("oidc_client_id", default="")
    secret = env.text("oidc_secret", default="")
    missing = [name for name, value in (("CLIENT_ID", client_id), ("SECRET", secret)) if not value]
    if missing:
        names = ", ".join(f"GEZHI_OIDC_{name}" for name in missing)
        raise ImproperlyConfigured(f"GEZHI_OIDC_URL is set, but {names} is missing")
    application = {
        "provider_id": "city",
        "name": env.text("oidc_name", default="统一身份认证"),
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": url, "token_auth_method": "client_secret_basic"},
    }
    return {"openid_connect": {"APPS": [application], "OAUTH_PKCE_ENABLED": True}}


OIDC_APPLICATION = "allauth.socialaccount.providers.openid_connect"


def oidc_application(env: Environment) -> list[str]:
    """The application that speaks OpenID Connect, where a server is set: it takes 5 MB of each process."""
    return [OIDC_APPLICATION] if env.text("oidc_url", default="") else []


def https_settings(env: Environment) -> dict[str, Any]:
    """What Django needs behind HTTPS (``GEZHI_HTTPS=1``); empty on a laptop.

    The proxy in front must set ``X-Forwarded-Proto`` itself and drop what a client sends under that name.
    """
    if not env.flag("https", default=False):
        return {}
    return {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        # /healthz is asked from inside, without the proxy.
        "SECURE_REDIRECT_EXEMPT": [r"^healthz$"],
    }
