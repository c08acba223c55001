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

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Generic, TypeVar, get_type_hints

from django.db.models import Model

from gezhi.platform.steps.inputs import (
    Input,
    asked_as,
    complete,
    fingerprint_of,
    inputs_of,
    needs,
    read_texts,
    within,
)
from gezhi.platform.steps.kind import Also, Begun, Changes, Kind
from gezhi.platform.steps.perform import Command, Moment, StepResult, take_step

M = TypeVar("M", bound=Model)
__all__ = [
    "Also",
    "Begun",
    "Changes",
    "Command",
    "Input",
    "Moment",
    "StepResult",
    "Verb",
    "along",
    "asked_as",
    "needs",
    "step",
    "within",
]


class Verb(Generic[M]):
    """A use case: called with a command and the fields of its input."""

    def __init__(self, kind: Kind[M], action: Any, change: Callable[..., Changes]) -> None:
        hints = get_type_hints(change)
        names = list(hints)
        given = hints[names[2]] if len(names) == 4 else None
        self.kind, self.action, self._change, self._given = kind, action, change, given
        self.inputs: tuple[Input, ...] = ()
        if given is not None:
            self.inputs = inputs_of(given)
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
        asked = fingerprint_of(self.inputs, wanted)

        def decide(obj: M, at: Moment) -> Changes:
            return self._change(obj, at) if wanted is None else self._change(obj, at, wanted)

        return take_step(self.kind, command, action=self.action, asked=asked, decide=decide)

    def perform(self, command: Command, given: Mapping[str, Any]) -> StepResult:
        """Take the step with values that are typed already. A field that is left out is missing or has its default.

        Raises ``InvalidInput`` beside what the step raises: ``field_not_read`` (it reads no such field), ``field_missing``.
        """
        return self(command, **complete(self.inputs, given, of=self.action))

    def read(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """The values behind texts (of a form, of a command line); an empty text is none.

        Raises ``InvalidInput`` with a field's own fault where it is missing or has no such value.
        """
        return read_texts(self.inputs, texts)


Along = Callable[[Any, Any, Changes], Sequence[Also | Begun]]


def along(kind: Kind[M], *actions: StrEnum) -> Callable[[Along], Along]:
    """Make a function say which steps others take along with each of some actions.

    It is asked before the step is written, with the locked object, the moment and the changes, and locks the others itself.
    All is one transaction.
    """

    def make(others: Along) -> Along:
        for action in actions:
            if action in kind.alongs:
                raise ValueError(f"others go along with '{action}' of a {kind.name} already")
            kind.alongs[action] = others
        return others

    return make


def step(kind: Kind[M], action: StrEnum) -> Callable[[Callable[..., Changes]], Verb[M]]:
    """Make a function the verb of an action. It gets the locked object, the moment, and its input where it has one."""
    if action not in kind.table:
        raise ValueError(f"'{action}' is not in the table of a {kind.name}")

    def make(change: Callable[..., Changes]) -> Verb[M]:
        return Verb(kind, action, change)

    return make
