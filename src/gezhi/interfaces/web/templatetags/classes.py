"""The class table as the options of a choice: a tag and not a template, since there are hundreds."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from gezhi.contexts.cases.queries import ClassName, ClassTable
from gezhi.interfaces.web.words import english, local_name

register = template.Library()


@register.simple_tag
def class_options(table: ClassTable, chosen: str = "", *, searched: bool = False) -> SafeString:
    """All minor classes, by major class; ``chosen`` is selected. ``searched``: with what else they are found by when typing."""
    options = _options(table, english(), searched)
    if chosen:
        value = f'<option value="{escape(chosen)}"'
        options = options.replace(value, f"{value} selected")
    return mark_safe(options)  # noqa: S308  (each part is escaped)


def _also(entry: ClassName, in_english: bool) -> str:
    """The attribute by which a class is found beside its name: its name in the other language, and its code."""
    return f' data-also="{escape(entry.name if in_english else entry.name_en)} {escape(entry.code)}"'


@lru_cache(maxsize=8)
def _options(table: ClassTable, in_english: bool, searched: bool) -> str:
    """The options in the language of the thread, which ``in_english`` tells apart."""
    parts: list[str] = []
    for group in table.groups:
        parts.append(f'<optgroup label="{escape(local_name(group.major))}">')
        for entry in group.minors:
            also = _also(entry, in_english) if searched else ""
            parts.append(f'<option value="{escape(entry.code)}"{also}>{escape(local_name(entry))}</option>')
        parts.append("</optgroup>")
    return "".join(parts)
