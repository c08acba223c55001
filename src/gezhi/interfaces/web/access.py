"""Who may enter which pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from gezhi.interfaces.web.audiences import AUDIENCES, actor_in
from gezhi.kernel.errors import NotAllowed
from gezhi.kernel.roles import Role

View = Callable[..., HttpResponse]


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

        return login_required(guarded)

    return decorate
