"""What a browser or a proxy may keep: nothing that was made for one person."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]

PRIVATE = "private, no-store"
# Pages without a word about anybody; without an account they may come back as they were when one goes back.
_FOR_ALL = frozenset({"front", "privacy", "report", "report-what"})
# Pages of the sign-in library that send or believe mail; and those by which one would sign up, which nobody does.
_NEED_MAIL = frozenset(
    {
        "account_email",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_confirm_login_code",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)
_NEVER = frozenset({"account_signup", "socialaccount_signup"})


def _has_a_name(request: HttpRequest) -> bool:
    """Whether somebody shows who he is; asked of what was sent, so that it costs no query."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers


class PrivateMiddleware:
    """Forbids to keep any answer but those that are public by their view's own word, and the open pages of nobody.

    Takes the sign-in pages away that this city has no use for.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        said = response.headers.get("Cache-Control", "")
        match = request.resolver_match
        open_page = match is not None and match.view_name in _FOR_ALL and request.method in {"GET", "HEAD"}
        if "public" not in said and not (open_page and not _has_a_name(request)):
            response.headers["Cache-Control"] = PRIVATE
        return response

    def process_view(self, request: HttpRequest, *view: object) -> None:
        """Raises ``Http404`` for a sign-in page that is off."""
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in _NEVER or (name in _NEED_MAIL and not settings.MAIL_IS_SET_UP):
            raise Http404("this page is off")
