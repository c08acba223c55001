"""May this actor take this step on this object? The table decides, and the answer tells each step of the way."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext_noop

from gezhi.kernel.errors import NotFound
from gezhi.kernel.steps import Permit, actions_from
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import Decision, Reason
from gezhi.platform.prepared import PreparedObjects
from gezhi.platform.steps.kind import Condition, Kind, Relation

M = TypeVar("M", bound=Model)
SEE = "see"
ALONG_ONLY = Reason(gettext_noop("Nobody takes this step by itself: it goes along with one on another case."))
BY_ITSELF = Reason(gettext_noop("The system acts by itself."))


def stands(relations: Mapping[StrEnum, Relation], actor: Actor, permit: Permit, obj: Model) -> tuple[bool, Reason]:
    """Whether the actor meets one permit, and the words for it. ``relations`` are those of the object's kind."""
    relation = relations[permit.relation]
    grants = actor.holds(permit.role)
    if relation.needs_role and not grants:
        return False, Reason(gettext_noop("%(role)s: holds no such role."), {"role": permit.role.value})
    return relation.stands(actor, permit.role, grants, obj)


def decide_step(kind: Kind[M], actor: Actor, action: Any, obj: M) -> tuple[Decision, str]:
    """The decision about one step and the role in which the actor would take it. The state is not asked here."""
    if actor.is_system:
        return Decision(True, (BY_ITSELF,)), "system"
    row = kind.table[action]
    if not row.permits:
        return Decision(False, (ALONG_ONLY,)), ""
    reasons: list[Reason] = []
    for permit in row.permits:
        held, why = stands(kind.relations, actor, permit, obj)
        reasons.append(why)
        if not held:
            continue
        for bar in row.bars:
            if kind.bars[bar].applies(actor, obj):
                return Decision(False, (*reasons, kind.bars[bar].reason)), ""
        return Decision(True, tuple(reasons)), permit.role.value
    return Decision(False, tuple(reasons)), ""


def unmet(kind: Kind[M], action: Any, obj: M) -> Condition | None:
    """The first thing that a step presupposes of the object beside its status and that is not so; None: all is as it must be."""
    needed = (kind.conditions[name] for name in kind.table[action].when)
    return next((one for one in needed if not one.holds(obj)), None)


def decide_see(kind: Kind[M], actor: Actor, obj: M) -> Decision:
    """Whether the actor may see the object at all."""
    if actor.is_system:
        return Decision(True, (BY_ITSELF,))
    reasons: list[Reason] = []
    for scope in kind.scopes.of(actor):
        inside, why = scope.why(obj)
        reasons.append(why)
        if inside:
            return Decision(True, tuple(reasons))
    shown = None if kind.shows is None else kind.shows(actor, obj)
    if shown is not None:
        return Decision(True, (*reasons, shown))
    return Decision(False, (*reasons, Reason(kind.scopes.said.nowhere)))


def find(kind: Kind[M], actor: Actor, number: str) -> M:
    """The object of this name. Raises ``NotFound`` where there is none, or none that the actor may know of."""
    found: list[M] = _of_name(kind.model, kind.reference).all(name=number)
    return known_to(kind, actor, next(iter(found), None), number)


@lru_cache
def _of_name(model: type[M], reference: str) -> PreparedObjects[M]:
    return PreparedObjects(model, lambda found, name: found.filter(**{reference: name})[:1], name=str)


def known_to(kind: Kind[M], actor: Actor, obj: M | None, number: str) -> M:
    """What was found under a name. Raises ``NotFound`` where that is nothing, or nothing that the actor may know of."""
    if obj is None or not decide_see(kind, actor, obj):
        raise NotFound(kind.missing, f"there is no {kind.name} {number}", field="number")
    return obj


def possible_steps(kind: Kind[M], actor: Actor, obj: M) -> tuple[Any, ...]:
    """What the actor may do with the object in its present state, in the table's order."""
    known = actions_from(kind.table, getattr(obj, "status"))  # noqa: B009
    return tuple(
        action for action in known if unmet(kind, action, obj) is None and decide_step(kind, actor, action, obj)[0]
    )


class KindPolicy:
    """The policy of a kind: every step of its table, seeing it, and whatever else it declares."""

    def __init__(self, kind: Kind[Any]) -> None:
        self._kind = kind
        self.verbs = frozenset({SEE, *kind.other_verbs, *(action.value for action in kind.table)})

    def decide(self, actor: Actor, verb: str, obj: Any) -> Decision:
        """See ``access.policies.Policy``. A step is also refused where the object's status does not have it, or where what it
        presupposes is not so."""
        kind = self._kind
        if verb == SEE:
            return decide_see(kind, actor, obj)
        if verb in kind.other_verbs:
            return kind.other_verbs[verb](actor, obj)
        row = kind.table[verb]
        decision, _ = decide_step(kind, actor, row.action, obj)
        # What begins a life has no status to come from.
        if decision and row.sources and obj.status not in row.sources:
            return Decision(
                False, (*decision.reasons, Reason(kind.scopes.said.wrong_state, {"status": obj.status, "action": verb}))
            )
        missing = unmet(kind, row.action, obj) if decision and row.sources else None
        if missing is not None:
            return Decision(False, (*decision.reasons, missing.words))
        return decision

    def load(self, reference: str) -> Any:
        """The object of this name. Raises ``NotFound``."""
        kind = self._kind
        found = kind.model._default_manager.filter(**{kind.reference: reference}).first()
        if found is None:
            raise NotFound(kind.missing, f"there is no {kind.name} {reference}")
        return found
