"""What every template may use: the person's choices, the words for scripts, the doors that are open to the person."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import get_language

from gezhi.contexts.areas.queries import AreaRow, root
from gezhi.interfaces.web.audiences import audiences_of, workplace_of
from gezhi.interfaces.web.strings import script_strings

THEMES = ("auto", "light", "dark", "wall")
THEME_COOKIE = "gezhi_theme"
TYPE_COOKIE = "gezhi_type"


def _name(city: AreaRow | None, *, english: bool) -> str:
    if city is None:
        return ""
    return city.name_en if english and city.name_en else city.name


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor of all pages."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    english = (get_language() or "").startswith("en")
    city = cache.get_or_set("web.city", root, timeout=60)
    return {
        "page_lang": "en" if english else "zh-CN",
        "theme": theme if theme in THEMES else "auto",
        "type_size": "large" if request.COOKIES.get(TYPE_COOKIE) == "large" else "normal",
        "city_name": _name(city, english=english),
        "script_strings": script_strings(),
        "audiences": lambda: audiences_of(request),
        "workplace": lambda: workplace_of(request),
    }
