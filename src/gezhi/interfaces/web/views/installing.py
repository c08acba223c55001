"""What a device installs: the worker's app with its manifest and the script that works without a network, and the script that
shows messages to reporters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezhi.interfaces.web.context import city_name, page_language
from gezhi.interfaces.web.templatetags.gezhi import chunks

_MARK_GROUND = "#0b5d73"
_PAPER = "#f6f5f1"
_SCRIPT = "build/service-worker.js"
_PUSH_SCRIPT = "build/push-worker.js"
_DRAWINGS = ("web/icons.svg", "web/symbols.svg", "web/mark.svg")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest, in the reader's language. It begins with the worker's list."""
    start = reverse("worker")
    document = {
        "id": start,
        "description": _("The tasks of a grid worker, also without a network."),
        "start_url": start,
        "shortcuts": [{"name": _("New report"), "url": reverse("worker-notice")}],
        **_looks(),
    }
    return JsonResponse(document, content_type="application/manifest+json")


@require_safe
def follow_manifest(request: HttpRequest) -> HttpResponse:
    """What lets a report's page onto the home screen of an iPhone, where alone it may show messages there. It begins with the page
    itself, whose code no address but its own holds: so there is no start named."""
    return JsonResponse(_looks(), content_type="application/manifest+json")


def _looks() -> dict[str, object]:
    icons = [
        {"src": static(f"web/app-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for size in (192, 512)
    ]
    icons.append(
        {"src": static("web/app-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"}
    )
    return {
        "name": " · ".join(filter(None, (_("Gezhi"), city_name()))),
        "short_name": _("Gezhi"),
        "lang": page_language(),
        "scope": "/",
        "display": "standalone",
        "background_color": _PAPER,
        "theme_color": _MARK_GROUND,
        "icons": icons,
    }


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that answers for the worker's pages, with the list of what they are made of. Raises ``Http404`` where the front
    end is not built.

    It stands at the root and not among the static files: a script of this kind reaches no farther up than its own address.
    """
    script, shell = _built(_SCRIPT), _shell()
    version = sha256("\n".join((script, *shell)).encode()).hexdigest()[:12]
    return _worker(script, {"version": version, "shell": shell})


@require_safe
def push_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows messages to a reporter while no page is open. Raises ``Http404`` where the front end is not built."""
    return _worker(_built(_PUSH_SCRIPT), {"icon": static("web/app-192.png"), "follow": reverse("follow")})


def _built(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise Http404("the front end is not built")
    return Path(found).read_text(encoding="utf-8")


def _worker(script: str, told: Mapping[str, object]) -> HttpResponse:
    response = HttpResponse(f"self.GEZHI={json.dumps(told)};\n{script}", content_type="text/javascript; charset=utf-8")
    patch_cache_control(response, no_cache=True, public=True)
    return response


def _shell() -> list[str]:
    """The addresses of the scripts, styles and drawings that pages are made of. Fonts are large, and kept once a page used them."""
    return [static(name) for name in (*_parts(), *_DRAWINGS)]


@cache
def _parts() -> tuple[str, ...]:
    files: dict[str, None] = {}
    for chunk in chunks().values():
        for file in (chunk["file"], *chunk.get("css", ())):
            if file.endswith((".js", ".css")):
                files[f"build/{file}"] = None
    return tuple(sorted(files))
