"""A kind of thing that has a life, as its context declares it. Everything else of the frame reads this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import Model

from gezhi.kernel.fold import Columns, Folded
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import Step
from gezhi.platform.access.actor import Actor, HeldGrant
from gezhi.platform.access.policies import Decision, Reason
from gezhi.platform.audit.evidence import Evidence
from gezhi.platform.steps.models import StepRow
from gezhi.platform.steps.scopes import ScopeTable
from gezhi.platform.steps.topics import Topic

M = TypeVar("M", bound=Model)

# What a step changes, and what follows from it.
Changes = dict[str, Any]
# How an actor stands to an object: by which of the role's grants, and the words for either answer.
Stands = Callable[[Actor, Role, tuple[HeldGrant, ...], Any], tuple[bool, Reason]]


@dataclass(frozen=True, slots=True)
class Relation:
    """A way to stand to an object. ``needs_role``: only whoever holds the permit's role can."""

    stands: Stands
    needs_role: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """What rules an actor out whatever the role, and the words for it."""

    applies: Callable[[Actor, Any], bool]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be true of an object beside its status: the test, and the code and words of the refusal."""

    holds: Callable[[Any], bool]
    code: str
    words: Reason


@dataclass(frozen=True, slots=True)
class Also:
    """A step that another object of the kind takes along with one: locked, with what changes, and the words of its history."""

    obj: Any
    action: StrEnum
    changes: Changes
    note: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """An object that begins its life along with a step on another: written already, and what publishes that."""

    publishing: tuple[Callable[[], object], ...]


def _no_more(obj: Any, to_status: StrEnum, changes: Changes) -> Changes:
    """Nothing follows from a step but what it changes."""
    return {}


@dataclass(frozen=True, eq=False)
class Kind(Generic[M]):
    """What the frame must know of a kind.

    ``name`` is what people write before the colon (``case:2026…``), ``reference`` the column that holds what comes after, and
    ``missing`` the code of the error that there is no such object. ``subject`` is the history's foreign key to the object.
    ``chain``: the audit chain in which an object's history lies, one writer at a time. ``row``: the list row of an object at
    hand, without a query that is not needed. ``follows``: columns that follow from others, given the changes of a step.
    ``sealed``: the seal over the columns that no history folds. ``shows``: what lets somebody see an object beside the scopes.
    ``veiled``: see ``access.policies.Judged``. ``relieves``: tells whoever had an object that they have it no more, inside the
    transaction of the step: called with the object after it, the action, its status and scope columns before, and the moment.
    ``personal``: the column that names a record of personal data, empty where there is none; it is kept for ``purpose`` and for
    ``keep_days``.
    """

    name: str
    model: type[M]
    history: type[StepRow]
    subject: str
    reference: str
    missing: str
    statuses: type[StrEnum]
    table: Mapping[Any, Step]
    folded: Folded
    scopes: ScopeTable
    relations: Mapping[StrEnum, Relation]
    chain: Callable[[M], str]
    row: Callable[[M], Mapping[str, Any]]
    bars: Mapping[StrEnum, Bar] = field(default_factory=dict)
    conditions: Mapping[StrEnum, Condition] = field(default_factory=dict)
    follows: Callable[[M, Any, Changes], Changes] = _no_more
    sealed: Evidence | None = None
    shows: Callable[[Actor, M], Reason | None] | None = None
    veiled: Callable[[Actor, M], M | None] | None = None
    relieves: Callable[[M, Any, Mapping[str, Any], Any], None] | None = None
    personal: str = ""
    purpose: str = ""
    keep_days: int = 0
    # The live topic of its steps, and the events by which many objects change at once.
    topic: str = ""
    resets: frozenset[str] = frozenset()
    # Verbs beside the steps: reading what is personal, for one.
    other_verbs: Mapping[str, Callable[[Actor, M], Decision]] = field(default_factory=dict)
    # Filled by ``verb.along``: action → the steps that others take along with it.
    alongs: dict[str, Callable[..., Sequence[Also | Begun]]] = field(default_factory=dict)
    # Pictures that go with a step, written with it.
    add_pictures: Callable[..., object] | None = None
    # Filled by ``verb.step``: action → its ``verb.Verb``. An action is its own name, so a text finds it too.
    verbs: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def live(self) -> Topic:
        """Its live topic."""
        steps = frozenset(row.event for row in self.table.values())
        return Topic(self.topic, self.name, steps, self.resets, self.scopes)

    def sees_whole(self, actor: Actor, obj: M) -> bool:
        """Whether somebody who may know of an object sees all of it."""
        if self.scopes.outside is None:
            return True
        return self.scopes.sees_whole(actor, {name: getattr(obj, name) for name in self.scopes.columns})

    def told_version(self, key: int) -> int:
        """The version of an object for whoever does not see all of it. One query."""
        outside = self.scopes.outside
        if outside is None:
            raise ValueError(f"all who see a {self.name} see all of it")
        return outside.versions([key])[key]

    def reference_of(self, obj: M) -> str:
        """The name by which people call an object."""
        return str(getattr(obj, self.reference))

    def state_of(self, obj: M) -> Columns:
        """The folded columns of an object plus its version, to be compared with the fold of its history."""
        return {name: getattr(obj, name) for name in self.folded.names} | {"version": getattr(obj, "version")}  # noqa: B009
