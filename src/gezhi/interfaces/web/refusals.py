"""What a person sees when a request is refused: one page in the product's own words, whoever refused it.

A request for a part of a page (htmx) is answered with that part only, so that no page ever stands inside another.
"""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gezhi.interfaces import problem
from gezhi.interfaces.web.audiences import AUDIENCES, actor_in, audiences_of
from gezhi.interfaces.web.partial import address_on_screen, is_partial
from gezhi.interfaces.web.words import ROLE, english
from gezhi.kernel.errors import GezhiError, InvalidInput, NotAllowed, NotFound
from gezhi.kernel.roles import Role

# Of a value that an address holds.
_SHOWN = 60
# Parts of pages → the page.
_PAGE_OF = {"hub-rows": "hub"}


def refusal(
    request: HttpRequest,
    *,
    status: int,
    title: str | Promise,
    words: str | Promise,
    symbol: str = "warn",
    address: str = "/",
    button: str | Promise = "",
    more: str = "",
    may_sign_out: bool = False,
) -> HttpResponse:
    """The page, or the part of one, that tells why nothing was done. ``address`` and ``button`` lead on; ``more``: a
    second sentence."""
    context = {
        "title": title,
        "words": words,
        "symbol": symbol,
        "address": address,
        "button": button or _("Go to the home page"),
        "refusal": title,
        "more": more,
        "may_sign_out": may_sign_out,
        "within": next((one for one in AUDIENCES if _lies_in(request.path, one.address)), None),
    }
    template = "web/components/state.html" if is_partial(request) else "web/refusal.html"
    response = render(request, template, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _lies_in(path: str, address: str) -> bool:
    return path == address or path.startswith(f"{address}/")


def of_error(request: HttpRequest, error: GezhiError) -> HttpResponse:
    """The page for an error of the kernel."""
    words = problem.words(error)
    if isinstance(error, NotAllowed):
        # Of a page: the words depend on who reads them.
        return _page_closed(request) if error.code == "not_this_page" else no_right(request, words)
    if isinstance(error, NotFound):
        return not_found(request, words)
    # What opens a page sends nothing but its address.
    if isinstance(error, InvalidInput) and request.method in {"GET", "HEAD"} and request.GET:
        return _bad_address(request, error)
    return refusal(request, status=problem.status(error), title=_("That was not possible"), words=words)


def _page_closed(request: HttpRequest) -> HttpResponse:
    """403 of a page. Where a part of it was asked for, the page on the screen is not its reader's any more either: it is loaded
    again, whole."""
    response = no_right(request)
    whole = f"/{request.path.split('/')[1]}"
    if is_partial(request) and _lies_in(address_on_screen(request).partition("?")[0], whole):
        response.headers["HX-Refresh"] = "true"
    return response


def _bad_address(request: HttpRequest, error: InvalidInput) -> HttpResponse:
    """422: the address holds a value that the page cannot read. The page opens without."""
    words, value = problem.words(error), request.GET.get(error.field or "")
    if value is not None:
        part = f"{error.field}={value[:_SHOWN]}{'…' if len(value) > _SHOWN else ''}"
        words = _("“%(part)s”: %(fault)s") % {"part": part, "fault": words}
    match = request.resolver_match
    whole = _PAGE_OF.get(match.url_name or "") if match is not None else None
    return refusal(
        request,
        status=problem.status(error),
        title=_("This address cannot be read"),
        words=words,
        address=request.path if whole is None else reverse(whole),
        button=_("Open the page without it"),
    )


def no_right(request: HttpRequest, words: str | Promise = "") -> HttpResponse:
    """403: the page or the action is not this person's. It says which roles they hold now: one may have ended meanwhile."""
    works_here = bool(audiences_of(request))
    return refusal(
        request,
        status=403,
        title=_("This page is not open to you"),
        words=words or _whom_to_ask(request),
        symbol="lock",
        address="/home" if works_here else "/",
        button=_("Go to your pages") if works_here else "",
        more=_roles_held(request),
        may_sign_out=actor_in(request).user_id is not None,
    )


def _roles_held(request: HttpRequest) -> str:
    actor = actor_in(request)
    if actor.user_id is None:
        return ""
    if not actor.roles:
        return _("You hold no role now. If you had one, it has ended.")
    between = ", " if english() else "、"
    return _("Your roles now: %(roles)s.") % {"roles": between.join(str(ROLE[role]) for role in sorted(actor.roles))}


def _whom_to_ask(request: HttpRequest) -> str:
    if Role.SECURITY_ADMIN in actor_in(request).roles:
        return _(
            "Your roles do not cover it. If they should, ask another security administrator: nobody grants their own."
        )
    return str(problem.WORDS["not_this_page"])


def not_found(request: HttpRequest, words: str | Promise = "") -> HttpResponse:
    """404: nothing here, or nothing that this person may know of."""
    return refusal(
        request,
        status=404,
        title=_("Page not found"),
        words=words or _("The address may be mistyped, or you may not have permission to see it."),
        symbol="search",
    )


def form_not_accepted(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the check against forged forms. ``reason`` is Django's, for the log; people are told what helps."""
    return refusal(
        request,
        status=403,
        title=_("This form could not be accepted"),
        words=_(
            "Nothing was changed. The page may have been open for too long, or your browser does not keep cookies for "
            "this site. Load the page again and repeat your last step."
        ),
        symbol="shield",
        address=request.path if request.method == "GET" else "/",
    )


def only_by_form(request: HttpRequest) -> HttpResponse:
    """405: an address that a form is sent to was opened by itself."""
    return refusal(
        request,
        status=405,
        title=_("This address opens by a button only"),
        words=_("Nothing was changed. Go back to the page that you came from and use its button."),
    )


def not_understood(request: HttpRequest) -> HttpResponse:
    """400: the request holds something that no page of ours sends."""
    return refusal(
        request,
        status=400,
        title=_("The server could not read this request"),
        words=_("Nothing was changed. Start again from the first page."),
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 404."""
    return not_found(request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 403."""
    return no_right(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of 400; what is larger than a form may be is 413."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        return refusal(
            request,
            status=413,
            title=_("Too large"),
            words=_("This is more than one form may send: at most 9 files of 12 MB each."),
        )
    return not_understood(request)
