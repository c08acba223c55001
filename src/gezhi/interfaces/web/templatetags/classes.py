"""The class table as the options of a choice: a tag and not a template, since there are hundreds."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from gezhi.contexts.cases.queries import ClassGroup
from gezhi.interfaces.web.words import local_name

register = template.Library()


@register.simple_tag
def class_options(groups: Iterable[ClassGroup], chosen: str = "") -> SafeString:
    """All minor classes, by major class; ``chosen`` is selected."""
    parts: list[str] = []
    for group in groups:
        parts.append(f'<optgroup label="{escape(local_name(group.major))}">')
        for entry in group.minors:
            selected = " selected" if entry.code == chosen else ""
            parts.append(f'<option value="{escape(entry.code)}"{selected}>{escape(local_name(entry))}</option>')
        parts.append("</optgroup>")
    return mark_safe("".join(parts))  # noqa: S308  (each part is escaped)
