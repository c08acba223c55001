"""Kinds of background work, each declared once.

    @dataclass(frozen=True, slots=True)
    class Counted:
        street_id: int = field(metadata=asked_as(phrase("Street")))

    @dataclass(frozen=True, slots=True)
    class Counts:
        cases: int = field(metadata=asked_as(phrase("Cases")))

    register_work(WorkKind(name="count_cases", ..., given=Counted, result=Counts, run=count_cases))

See docs/adr/0018 and docs/how-to/develop/add-background-work.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import Filled
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import Words
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import register_verbs
from gezhi.platform.registry import Registry
from gezhi.platform.steps.inputs import Input, complete, inputs_of
from gezhi.platform.work.progress import Progress

LONGEST_TEXT = 2_000
I = TypeVar("I")  # noqa: E741 - the input, as M is a model elsewhere


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file that a run has made in its folder. ``personal``: it is kept for a day only."""

    path: Path
    name: str
    content_type: str
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a run ends with: ``told``, an instance of its kind's ``result``, and files. ``said``: texts in ``told`` that a page
    can say in the reader's language, with their words."""

    told: Any
    files: tuple[ResultFile, ...] = ()
    said: Mapping[str, Filled] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Next:
    """What the starter is offered when a run is done: another kind with the same input, under these words. ``only_if``: a
    field of the result without which there is nothing to offer."""

    kind: str
    words: Words
    only_if: str = ""


@dataclass(frozen=True, eq=False)
class WorkKind(Generic[I]):
    """What the frame must know of a kind of work.

    ``name`` is also its verb at the access door, which ``roles`` may, in an area that covers the run's; ``whole_city``: only
    in the whole city. ``given`` is the dataclass of the input, ``result`` that of the result; their fields carry words
    (``asked_as``). ``check`` raises what is wrong with an input before it is queued. ``uploads`` are the inputs that are a
    file (UUID of a document), each with what helps where one is larger than is taken in; ``hidden`` the inputs
    that no form shows. ``repeatable``: whatever was done of it, it may be done again
    from the start. ``achieved``: a field of the result that says whether what was asked for came of it. ``says``: what tells
    a run from others, beside the names of its files.
    """

    name: str
    title: Words
    about: Words
    roles: frozenset[Role]
    given: type[I]
    result: type[Any]
    run: Callable[[I, Progress], Result]
    whole_city: bool = False
    repeatable: bool = False
    check: Callable[[Actor, I], object] | None = None
    uploads: Mapping[str, Words] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    leads_to: Next | None = None
    achieved: str = ""
    says: Callable[[Actor, I], str] | None = None

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """The fields of the input."""
        return inputs_of(self.given)

    @cached_property
    def told(self) -> tuple[Input, ...]:
        """The fields of the result."""
        return inputs_of(self.result)

    def read(self, values: Mapping[str, Any], *, actor: Actor) -> I:
        """An input made of typed values. Raises ``InvalidInput``: a field that is not read, is missing, or has a value from
        which the actor may not choose."""
        values = complete(self.inputs, values, of=self.name)
        for one in self.inputs:
            _check_text(one, values.get(one.name))
            if one.offered is not None and values.get(one.name):
                known = [choice.value for choice in one.offered(actor)]
                if str(values[one.name]) not in known:
                    raise InvalidInput("input_unknown", f"{one.name} is one of {', '.join(known)}", field=one.name)
        return self.given(**values)

    def kept(self, given: I) -> dict[str, Any]:
        """An input as plain JSON."""
        plain: dict[str, Any] = msgspec.to_builtins(given)
        return plain

    def restored(self, plain: Mapping[str, Any]) -> I:
        """An input as it was kept."""
        return msgspec.convert(dict(plain), self.given)


def _check_text(one: Input, value: object) -> None:
    """Raises ``InvalidInput`` for a text that no database keeps, or that is longer than its input may be."""
    if not isinstance(value, str):
        return
    most = one.limits.get("max_length", LONGEST_TEXT)
    if len(value) > most:
        raise InvalidInput("input_too_long", f"{one.name} has at most {most} characters", field=one.name)
    if "\0" in value or (not value.isascii() and value.encode("utf-8", "replace").decode() != value):
        raise InvalidInput("control_character", f"{one.name} holds a character that is none", field=one.name)


WORK_KINDS: Registry[WorkKind[Any]] = Registry("kinds of work")


def register_work(kind: WorkKind[Any]) -> None:
    """Make a kind known, and its name a verb. Call it where an app is loaded."""
    WORK_KINDS.add(kind.name, kind)
    register_verbs({kind.name: kind.roles})


def work_kind(name: str) -> WorkKind[Any] | None:
    """The kind of this name; None where there is none (any more)."""
    return WORK_KINDS.get(name)


def work_kinds() -> tuple[WorkKind[Any], ...]:
    """All kinds, by name."""
    return tuple(kind for _name, kind in sorted(WORK_KINDS.items()))
