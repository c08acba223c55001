"""Browsers in which somebody has signed in before, so that a stranger's wrong passwords do not shut their owner out.

After five wrong passwords from one address an account rests there for some minutes, and after far more from anywhere it rests
everywhere, or anybody could go on guessing. A browser in which that account once signed in, second step included, is counted
apart (the device cookies of the OWASP authentication cheat sheet). The cookie names nobody: it holds a random number, and its
signature is over that and the login. A shared browser knows the one who signed in last.
"""

from __future__ import annotations

from datetime import timedelta
from secrets import token_hex

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "gezhi_device"
KEPT = timedelta(days=180)


def _salt(login: str) -> str:
    return f"gezhi.accounts.device:{login.lower()}"


def known_device(request: HttpRequest, login: str) -> str | None:
    """The number of the browser, if ``login`` has signed in there before; else None."""
    found: str | None = request.get_signed_cookie(COOKIE, None, salt=_salt(login), max_age=KEPT)
    return found


def remember_device(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Have the browser remembered as one of ``login``'s."""
    response.set_signed_cookie(
        COOKIE,
        known_device(request, login) or token_hex(8),
        salt=_salt(login),
        max_age=KEPT,
        path="/accounts/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
