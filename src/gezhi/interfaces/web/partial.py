"""Requests for a part of a page, which a page on the screen makes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def is_partial(request: HttpRequest) -> bool:
    """Whether only the part is wanted; a page that the browser restores is wanted whole."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request


def address_on_screen(request: HttpRequest) -> str:
    """The path and the query of the page that asks for a part; empty where it does not say, or lies elsewhere."""
    htmx: Any = getattr(request, "htmx", None)
    return (htmx.current_url_abs_path or "") if htmx else ""
