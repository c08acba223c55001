"""The class table as the options of a choice: a tag and not a template, since there are hundreds."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from gezhi.contexts.cases.queries import ClassTable
from gezhi.interfaces.web.words import english, local_name

register = template.Library()


@register.simple_tag
def class_options(table: ClassTable, chosen: str = "") -> SafeString:
    """All minor classes, by major class; ``chosen`` is selected."""
    options = _options(table, english())
    if chosen:
        value = f'<option value="{escape(chosen)}"'
        options = options.replace(value, f"{value} selected")
    return mark_safe(options)  # noqa: S308  (each part is escaped)


@lru_cache(maxsize=4)
def _options(table: ClassTable, in_english: bool) -> str:
    """The options in the language of the thread, which ``in_english`` tells apart."""
    parts: list[str] = []
    for group in table.groups:
        parts.append(f'<optgroup label="{escape(local_name(group.major))}">')
        parts += [
            f'<option value="{escape(entry.code)}">{escape(local_name(entry))}</option>' for entry in group.minors
        ]
        parts.append("</optgroup>")
    return "".join(parts)
