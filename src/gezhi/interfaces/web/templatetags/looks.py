"""Reasons for a look at what a reporter left, on a page."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise

from gezhi.interfaces.web import look_words as words

register = template.Library()


@register.simple_tag
def look_reasons() -> list[tuple[str, str | Promise]]:
    """What to choose from, as values and words."""
    return words.to_choose()


@register.filter
def look_words(kept: str) -> str:
    """A reason as it was kept, in words."""
    return words.look_words(kept)
