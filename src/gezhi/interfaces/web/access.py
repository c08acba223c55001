"""Who may enter which pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gezhi.interfaces.web.audiences import AUDIENCES, actor_in
from gezhi.interfaces.web.partial import address_on_screen, is_partial
from gezhi.kernel.errors import NotAllowed
from gezhi.kernel.roles import Role

View = Callable[..., HttpResponse]
Answer = TypeVar("Answer", bound=HttpResponseBase)


def signed_in(view: Callable[..., Answer]) -> Callable[..., Answer | HttpResponse]:
    """Only for those who are signed in: others are led to the sign-in page. A page on the screen that asks for a part of itself
    (401) is led there whole, and comes back to its own address."""
    of_pages = login_required(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer | HttpResponse:
        if request.user.is_authenticated or not is_partial(request):
            answer: Answer | HttpResponse = of_pages(request, *args, **kwargs)
            return answer
        leads = redirect_to_login(address_on_screen(request) or "/home").url
        return HttpResponse(status=401, headers={"HX-Redirect": leads, "Cache-Control": "no-store"})

    return guarded


def made_for(key: str) -> Callable[[View], View]:
    """Only for those who hold a role of this audience; others are told that the page is not open to them."""
    return made_for_roles(key, next(item.roles for item in AUDIENCES if item.key == key))


def made_for_roles(key: str, roles: frozenset[Role]) -> Callable[[View], View]:
    """The same for pages that are no audience's own: only for those who hold one of these roles; ``key`` names the pages."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not roles & actor_in(request).roles:
                raise NotAllowed("not_this_page", f"'{key}' is for {', '.join(sorted(roles))}")
            return view(request, *args, **kwargs)

        return signed_in(guarded)

    return decorate
