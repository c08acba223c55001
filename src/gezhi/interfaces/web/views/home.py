"""After signing in: to the page where the person's work begins."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from gezhi.interfaces.web.audiences import home_of


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Redirect by role."""
    return redirect(home_of(request))
