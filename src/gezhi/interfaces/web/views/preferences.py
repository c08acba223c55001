"""Language, theme and type size: three choices, kept in cookies, changed by an ordinary form."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from gezhi.interfaces.web.context import THEME_COOKIE, THEMES, TYPE_COOKIE
from gezhi.interfaces.web.posted import posted_from

_YEAR = 365 * 24 * 3600
_CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "language": (settings.LANGUAGE_COOKIE_NAME, tuple(code for code, _ in settings.LANGUAGES)),
    "theme": (THEME_COOKIE, THEMES),
    "type": (TYPE_COOKIE, ("normal", "large")),
}


@posted_from("front")
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the choices of the form and go back to the page they were made on."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    for field, (cookie, allowed) in _CHOICES.items():
        value = request.POST.get(field)
        if value is None:
            continue
        if value not in allowed:
            return HttpResponseBadRequest(f"{field}: one of {', '.join(allowed)}", content_type="text/plain")
        response.set_cookie(cookie, value, max_age=_YEAR, samesite="Lax", secure=request.is_secure())
    return response
