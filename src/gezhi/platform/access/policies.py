"""``may(actor, verb, object)`` with the reasons for its answer, decided by the policy that each context registers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gezhi.kernel.errors import InvalidInput, NotAllowed
from gezhi.platform.access.actor import Actor
from gezhi.platform.registry import Registry


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the way to an answer: English words with ``%(name)s`` for each value, translated at the edges.

    ``instead``: of words that tell which private person an object names, those for whoever may not know it.
    """

    words: str
    values: Mapping[str, str] = field(default_factory=dict)
    instead: str = ""

    def __str__(self) -> str:
        return self.words % self.values


@dataclass(frozen=True, slots=True)
class Decision:
    """Allowed or not, and each step of the way to that answer, in plain words."""

    allowed: bool
    reasons: tuple[Reason, ...]

    def __bool__(self) -> bool:
        return self.allowed


class Policy(Protocol):
    """What a context says about one kind of object."""

    @property
    def verbs(self) -> frozenset[str]:
        """The verbs that it knows."""
        ...

    def decide(self, actor: Actor, verb: str, obj: Any) -> Decision:
        """May the actor do this to the object, and why."""
        ...

    def load(self, reference: str) -> Any:
        """The object that a person names (``gezhi access explain``); raises ``NotFound``."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """A type of objects with the policy that judges them.

    ``veiled``: the object without the private person whom it names, for an asker who may not know that person; None where this
    asker may. A type without it names nobody.
    """

    type: type
    policy: Policy
    veiled: Callable[[Actor, Any], Any] | None = None


# By what people write before the colon of a reference.
POLICIES: Registry[Judged] = Registry("policies")


def judged(obj: Any) -> Judged:
    """How objects of this type are judged. Raises ``LookupError`` where no context registered a policy: closed by default."""
    for one in POLICIES:
        if isinstance(obj, one.type):
            return one
    raise LookupError(f"no policy for {type(obj).__name__}")


def policy_for(obj: Any) -> Policy:
    """The policy of an object's type. Raises ``LookupError`` where no context registered one."""
    return judged(obj).policy


def verbs() -> dict[str, frozenset[str]]:
    """What can be asked about each kind of object, by the name of the kind."""
    return {name: one.policy.verbs for name, one in POLICIES.items()}


def may(actor: Actor, verb: str, obj: Any) -> Decision:
    """May this actor do this to this object? The answer explains itself."""
    policy = policy_for(obj)
    if verb not in policy.verbs:
        raise InvalidInput("unknown_verb", f"there is no '{verb}'; there are: {', '.join(sorted(policy.verbs))}")
    return policy.decide(actor, verb, obj)


def require(actor: Actor, verb: str, obj: Any) -> None:
    """Raise ``NotAllowed`` with the last reason unless the actor may."""
    decision = may(actor, verb, obj)
    if not decision:
        raise NotAllowed("not_allowed", str(decision.reasons[-1]) if decision.reasons else "not allowed", verb=verb)


def load(reference: str) -> Any:
    """The object named ``kind:reference``. Raises ``InvalidInput`` for an unknown kind, ``NotFound`` for no such object."""
    kind, _, rest = reference.partition(":")
    found = POLICIES.get(kind)
    if found is None or not rest:
        kinds = ", ".join(sorted(name for name, _ in POLICIES.items()))
        raise InvalidInput("bad_reference", f"name an object as KIND:REFERENCE; kinds: {kinds}")
    return found.policy.load(rest)
