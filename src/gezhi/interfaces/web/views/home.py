"""After signing in: to the page where the person's work begins."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from gezhi.interfaces.web.access import signed_in
from gezhi.interfaces.web.audiences import home_of


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Redirect by role."""
    return redirect(home_of(request))
