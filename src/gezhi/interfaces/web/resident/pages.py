"""The first page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What this is, report, follow."""
    return render(request, "web/resident/front.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is held about reporters, in plain words."""
    return render(request, "web/resident/privacy.html")
