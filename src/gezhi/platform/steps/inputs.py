"""What somebody asks for in fields: one dataclass, from which come its check, its fingerprint, and what a form, the API and a
command line read. Steps and background work are both asked for so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.fold import plain
from gezhi.kernel.reading import degrees, row_id
from gezhi.kernel.steps import Words
from gezhi.platform.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that may be sent, and what people call it: words, or a name."""

    value: str
    label: Words | str


class Pairs(dict[str, str]):
    """An input of names and texts; as one text (of a form, of a command line) it is a JSON object."""


# What an actor may choose from.
Offered = Callable[[Actor], Sequence[Choice]]


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that a verb needs beside the words. ``type`` without None; ``required``: it may not be left out. ``offered``:
    the values that an actor may choose from, by name; None: any."""

    name: str
    type: type[Any]
    required: bool
    # Code and words for a value that is missing or cannot be read.
    fault: tuple[str, str]
    # Bounds and words for the document of the API, as pydantic names them.
    limits: Mapping[str, Any]
    label: Words | None
    offered: Offered | None = None


def needs(fault: str, text: str) -> dict[str, Any]:
    """The metadata of a field whose absence or bad value has a code and words of its own."""
    return {"fault": (fault, text)}


def within(**limits: Any) -> dict[str, Any]:
    """The metadata of a field with bounds (``ge``, ``le``, ``max_length``) or a ``description`` for the API's document."""
    return {"limits": limits}


def asked_as(label: Words) -> dict[str, Any]:
    """The metadata of a field with the words of a form."""
    return {"label": label}


def offered(by: Offered) -> dict[str, Any]:
    """The metadata of a field whose value is chosen: ``by`` says from what, as the actor may."""
    return {"offered": by}


def _input(field: Field[Any], hint: Any) -> Input:
    options = get_args(hint) if get_origin(hint) is UnionType else (hint,)
    (kind,) = (option for option in options if option is not NoneType)
    required = field.default is MISSING and field.default_factory is MISSING
    fault = field.metadata.get("fault", ("field_missing", f"this action needs '{field.name}'"))
    return Input(
        field.name,
        kind,
        required,
        fault,
        field.metadata.get("limits", {}),
        field.metadata.get("label"),
        field.metadata.get("offered"),
    )


def inputs_of(given: type[Any]) -> tuple[Input, ...]:
    """The fields of an input, in order."""
    hints = get_type_hints(given)
    return tuple(_input(field, hints[field.name]) for field in fields(given))


def fingerprint_of(inputs: Sequence[Input], given: Any) -> dict[str, Any]:
    """An input as plain JSON: what a repeated request is compared by."""
    return {one.name: _fingerprint(getattr(given, one.name)) for one in inputs}


def complete(inputs: Sequence[Input], given: Mapping[str, Any], *, of: str) -> dict[str, Any]:
    """Typed values without those that were left out. ``of``: what is asked for, for the words of an error.

    Raises ``InvalidInput``: ``field_not_read`` (there is no such field), ``field_missing``.
    """
    for name in sorted(given.keys() - {one.name for one in inputs}):
        raise InvalidInput("field_not_read", f"'{of}' does not read '{name}'; leave it out", field=name)
    values = {name: value for name, value in given.items() if value is not None}
    for one in inputs:
        if one.required and one.name not in values:
            raise InvalidInput("field_missing", f"this action needs '{one.name}'", field=one.name)
    return values


def read_texts(inputs: Sequence[Input], texts: Mapping[str, str]) -> dict[str, Any]:
    """The values behind texts (of a form, of a command line); an empty text is none.

    Raises ``InvalidInput`` with a field's own fault where it is missing or has no such value.
    """
    found: dict[str, Any] = {}
    for one in inputs:
        text = texts.get(one.name, "").strip()
        if text:
            found[one.name] = _value(one, text)
        elif one.required:
            raise InvalidInput(*one.fault, field=one.name)
    return found


def _fingerprint(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if type(value) is date else plain(value)


def _value(one: Input, text: str) -> Any:
    value: Any = text
    if issubclass(one.type, Enum):
        value = next((member for member in one.type if member.value == text), None)
    elif one.type is bool:
        value = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(text)
    elif one.type is int:
        value = row_id(text)
    elif one.type is float:
        value = degrees(text, most=180)
    elif one.type is date:
        value = _day(text)
    elif one.type is UUID:
        value = _uuid(text)
    elif one.type is Pairs:
        value = _pairs(text)
    if value is not None:
        return value
    code = {int: "bad_number", float: "half_a_position"}.get(one.type, one.fault[0])
    said = {int: f"{one.name} is a number", float: f"{one.name} is a number of degrees"}.get(one.type, one.fault[1])
    raise InvalidInput(code, said, field=one.name)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _pairs(text: str) -> Pairs | None:
    try:
        return Pairs(msgspec.json.decode(text, type=dict[str, str]))
    except msgspec.DecodeError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
