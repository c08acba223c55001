"""What the reader of JSON and of TOML says of a value that does not fit: the same text, as words with values."""

from __future__ import annotations

import re

from gezhi.kernel.filled import Filled, filled

_AT = re.compile(r"(?P<fault>.+) - at `(?P<place>[^`]+)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `([^`]+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]+)`")
_OTHER_TYPE = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")


def misfit(text: str) -> Filled:
    """The words of the text of a msgspec ``ValidationError``; the place as msgspec writes it (``$.units[0].id``)."""
    if found := _AT.fullmatch(text):
        return filled("%(fault)s - at `%(place)s`", fault=misfit(found["fault"]), place=found["place"])
    if found := _MISSING.fullmatch(text):
        return filled("Object missing required field `%(field)s`", field=found[1])
    if found := _UNKNOWN.fullmatch(text):
        return filled("Object contains unknown field `%(field)s`", field=found[1])
    if found := _OTHER_TYPE.fullmatch(text):
        return filled("Expected `%(wanted)s`, got `%(got)s`", wanted=found[1], got=found[2])
    return filled("%(misfit)s", misfit=text)
