"""What the workers' pages bring along for reading without a network."""

from __future__ import annotations

from datetime import datetime

from django import template

from gezhi.interfaces.web.worker import device_words as words
from gezhi.kernel.clock import now

register = template.Library()


@register.simple_tag
def device_words() -> dict[str, str]:
    """The words of the scripts that keep forms on the device."""
    return words.device_words()


@register.simple_tag
def now_moment() -> datetime:
    """When the page was made."""
    return now()
