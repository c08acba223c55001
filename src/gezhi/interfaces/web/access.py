"""Who may enter which pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from gezhi.interfaces.web.audiences import AUDIENCES, actor_in
from gezhi.kernel.errors import NotAllowed

View = Callable[..., HttpResponse]


def made_for(key: str) -> Callable[[View], View]:
    """Only for those who hold a role of this audience; others are told that the page is not open to them."""
    audience = next(item for item in AUDIENCES if item.key == key)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not audience.roles & actor_in(request).roles:
                raise NotAllowed("not_this_page", f"'{key}' is for {', '.join(sorted(audience.roles))}")
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return decorate
