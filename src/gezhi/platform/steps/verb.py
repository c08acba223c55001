"""A verb: one function of a context that says what a step changes, and one dataclass that says what it needs.

    @dataclass(frozen=True, slots=True)
    class Handle:
        outcome: Outcome

    @step(CASE, Action.HANDLE)
    def handle_case(case: Case, at: Moment, given: Handle) -> Changes:
        return {"outcome": given.outcome.value, "handled_at": at.now}

The function becomes the use case ``handle_case(command, outcome=...)``. From the dataclass come the fingerprint of an
idempotent request, the schema of the API, what a form or a command line is read into, and the errors of each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from enum import Enum, StrEnum
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from django.db.models import Model

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.fold import plain
from gezhi.kernel.reading import degrees, row_id
from gezhi.kernel.steps import Words
from gezhi.platform.steps.kind import Changes, Kind
from gezhi.platform.steps.perform import Command, Moment, StepResult, take_step

M = TypeVar("M", bound=Model)
__all__ = ["Changes", "Command", "Input", "Moment", "StepResult", "Verb", "asked_as", "needs", "step", "within"]


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that a verb needs beside the words. ``type`` without None; ``required``: it may not be left out."""

    name: str
    type: type[Any]
    required: bool
    # Code and words for a value that is missing or cannot be read.
    fault: tuple[str, str]
    # Bounds and words for the document of the API, as pydantic names them.
    limits: Mapping[str, Any]
    label: Words | None


def needs(fault: str, text: str) -> dict[str, Any]:
    """The metadata of a field whose absence or bad value has a code and words of its own."""
    return {"fault": (fault, text)}


def within(**limits: Any) -> dict[str, Any]:
    """The metadata of a field with bounds (``ge``, ``le``, ``max_length``) or a ``description`` for the API's document."""
    return {"limits": limits}


def asked_as(label: Words) -> dict[str, Any]:
    """The metadata of a field with the words of a form."""
    return {"label": label}


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
    )


class Verb(Generic[M]):
    """A use case: called with a command and the fields of its input."""

    def __init__(self, kind: Kind[M], action: Any, change: Callable[..., Changes]) -> None:
        hints = get_type_hints(change)
        names = list(hints)
        given = hints[names[2]] if len(names) == 4 else None
        self.kind, self.action, self._change, self._given = kind, action, change, given
        self.inputs: tuple[Input, ...] = ()
        if given is not None:
            of_given = get_type_hints(given)
            self.inputs = tuple(_input(field, of_given[field.name]) for field in fields(given))
        self.__name__, self.__doc__, self.__module__ = change.__name__, change.__doc__, change.__module__
        if action in kind.verbs:
            raise ValueError(f"'{action}' of a {kind.name} has two functions")
        kind.verbs[action] = self

    @property
    def names(self) -> frozenset[str]:
        """The names of what it needs."""
        return frozenset(one.name for one in self.inputs)

    def __call__(self, command: Command, **given: Any) -> StepResult:
        """Take the step. ``given`` are the fields of the input. Raises what ``perform.take_step`` raises."""
        wanted = None if self._given is None else self._given(**given)
        if self._given is None and given:
            raise TypeError(f"'{self.action}' needs nothing but a command, not {sorted(given)}")
        asked = {one.name: _fingerprint(getattr(wanted, one.name)) for one in self.inputs}

        def decide(obj: M, at: Moment) -> Changes:
            return self._change(obj, at) if wanted is None else self._change(obj, at, wanted)

        return take_step(self.kind, command, action=self.action, asked=asked, decide=decide)

    def perform(self, command: Command, given: Mapping[str, Any]) -> StepResult:
        """Take the step with values that are typed already. A field that is left out is missing or has its default.

        Raises ``InvalidInput`` beside what the step raises: ``field_not_read`` (it reads no such field), ``field_missing``.
        """
        for name in sorted(given.keys() - self.names):
            raise InvalidInput("field_not_read", f"'{self.action}' does not read '{name}'; leave it out", field=name)
        values = {name: value for name, value in given.items() if value is not None}
        for one in self.inputs:
            if one.required and one.name not in values:
                raise InvalidInput("field_missing", f"this action needs '{one.name}'", field=one.name)
        return self(command, **values)

    def read(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """The values behind texts (of a form, of a command line); an empty text is none.

        Raises ``InvalidInput`` with a field's own fault where it is missing or has no such value.
        """
        found: dict[str, Any] = {}
        for one in self.inputs:
            text = texts.get(one.name, "").strip()
            if text:
                found[one.name] = _value(one, text)
            elif one.required:
                raise InvalidInput(*one.fault, field=one.name)
        return found


def _fingerprint(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else plain(value)


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
    if value is not None:
        return value
    code = {int: "bad_number", float: "half_a_position"}.get(one.type, one.fault[0])
    said = {int: f"{one.name} is a number", float: f"{one.name} is a number of degrees"}.get(one.type, one.fault[1])
    raise InvalidInput(code, said, field=one.name)


def step(kind: Kind[M], action: StrEnum) -> Callable[[Callable[..., Changes]], Verb[M]]:
    """Make a function the verb of an action. It gets the locked object, the moment, and its input where it has one."""
    if action not in kind.table:
        raise ValueError(f"'{action}' is not in the table of a {kind.name}")

    def make(change: Callable[..., Changes]) -> Verb[M]:
        return Verb(kind, action, change)

    return make
