"""What a handler tells of a case beside words: one value for each attribute that the class asks for (办理要素)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from gezhi.contexts.cases.domain.class_table import CHOSEN, Attribute, AttributeKind
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled

MAX_FACT = 500
BETWEEN = "；"
# A comma that parts thousands; as the sign of decimals it is none.
_THOUSANDS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,6})?")


def field_of(code: str) -> str:
    """What a form calls the field of an attribute."""
    return f"fact-{code}"


def facts_told(attributes: Sequence[Attribute], given: Mapping[str, str], *, whole: bool) -> dict[str, str]:
    """The values that were told, as they are kept: numbers and dates in one spelling, choices with ``BETWEEN`` between them.

    ``whole``: what the class requires must be there. Raises ``InvalidInput`` with the field of the first attribute at fault
    (``fact_missing``, ``fact_bad``, ``fact_unknown``: the class has no such attribute).
    """
    known = {one.code for one in attributes}
    for code in sorted(given.keys() - known):
        raise InvalidInput(
            "fact_unknown", filled("this class does not ask for '%(code)s'", code=code[:40]), field="facts"
        )
    told = {}
    for one in attributes:
        text = given.get(one.code, "").strip()
        if text:
            told[one.code] = _value(one, text)
        elif one.required and whole:
            raise InvalidInput("fact_missing", filled("tell '%(name)s'", name=one.name), field=field_of(one.code))
    return told


def chosen_in(text: str) -> list[str]:
    """The choices in the value of an attribute with several."""
    return [part.strip() for part in text.replace(";", BETWEEN).split(BETWEEN) if part.strip()]


def _value(one: Attribute, text: str) -> str:
    field = field_of(one.code)
    if len(text) > MAX_FACT:
        said = filled("At most %(most)s characters.", most=MAX_FACT)
        raise InvalidInput("fact_bad", said, field=field)
    if one.kind in CHOSEN:
        chosen = chosen_in(text) if one.kind is AttributeKind.CHOICES else [text]
        if unknown := [part for part in chosen if part not in one.choices]:
            said = filled("“%(value)s” is none of the choices.", value=unknown[0][:40])
            raise InvalidInput("fact_bad", said, field=field)
        # In the order of the table, each once.
        return BETWEEN.join(choice for choice in one.choices if choice in chosen)
    if one.kind is AttributeKind.NUMBER:
        number = _THOUSANDS.sub("", text)
        if not _NUMBER.fullmatch(number):
            said = filled("Write a number alone, such as 3.5, without its unit.")
            raise InvalidInput("fact_bad", said, field=field)
        return number
    if one.kind is AttributeKind.DATE:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            said = filled("Write a date such as 2026-12-01.")
            raise InvalidInput("fact_bad", said, field=field) from error
    return text
