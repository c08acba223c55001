"""What waits on the device to be sent, and the page that is shown where the device kept none."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gezhi.interfaces.web.access import made_for


@require_safe
@made_for("worker")
def page(request: HttpRequest) -> HttpResponse:
    """The forms that wait on this device. They are the device's own: the server knows of none before it is sent."""
    return render(request, "web/worker/waiting.html", {"tab": "waiting"})


@require_safe
@made_for("worker")
def not_kept(request: HttpRequest) -> HttpResponse:
    """Shown by the device without a network in the place of a page that it did not keep."""
    return render(request, "web/worker/not_kept.html", {"tab": ""})
