"""What every template may use: the person's choices, the words for scripts, the doors that are open to the person."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest

from gezhi.contexts.areas.queries import root
from gezhi.interfaces.web.audiences import actor_in, audiences_of, workplace_of
from gezhi.interfaces.web.notices.waiting import waiting_for
from gezhi.interfaces.web.own_device import person_mark
from gezhi.interfaces.web.strings import script_strings
from gezhi.interfaces.web.words import english, in_language
from gezhi.kernel.roles import Role

KEEP_TEMPLATES = frozenset({Role.STREET_DISPATCHER, Role.OPERATIONS})
THEMES = ("auto", "light", "dark", "wall")
THEME_COOKIE = "gezhi_theme"
TYPE_COOKIE = "gezhi_type"


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor of all pages."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return {
        "page_lang": page_language(),
        "theme": theme if theme in THEMES else "auto",
        "type_size": "large" if request.COOKIES.get(TYPE_COOKIE) == "large" else "normal",
        "city_name": city_name(),
        "script_strings": script_strings(),
        "audiences": lambda: audiences_of(request),
        "keeps_templates": lambda: bool(KEEP_TEMPLATES & actor_in(request).roles),
        "workplace": lambda: workplace_of(request),
        "notices_waiting": lambda: waiting_for(request),
        "person": lambda: person_mark(request),
    }


def page_language() -> str:
    """The language of the page, as HTML names it."""
    return "en" if english() else "zh-CN"


def city_name() -> str:
    """The city in the reader's language; empty before there are areas."""
    city = cache.get_or_set("web.city", root, timeout=60)
    return in_language(city.name, city.name_en) if city else ""
