"""The relations that most kinds know, ready to be put into a kind's table of relations."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor, HeldGrant
from gezhi.platform.access.policies import Reason
from gezhi.platform.steps.kind import Relation
from gezhi.platform.steps.scopes import OwnPart, ScopeTable, grant_reason

_ANYONE = Reason(gettext_noop("Anyone may do this."))


def covers(grant: HeldGrant, obj: Any) -> bool:
    """Whether the grant's area contains the object's place."""
    return bool(getattr(obj, f"{grant.level}_id", None) == grant.area_id)


def _anyone(actor: Actor, role: Role, grants: tuple[HeldGrant, ...], obj: Any) -> tuple[bool, Reason]:
    return True, _ANYONE


ANYONE = Relation(_anyone, needs_role=False)


def in_area(scopes: ScopeTable) -> Relation:
    """Holds the role in an area that covers the object's place."""

    def stands(actor: Actor, role: Role, grants: tuple[HeldGrant, ...], obj: Any) -> tuple[bool, Reason]:
        found = next((grant for grant in grants if covers(grant, obj)), None)
        if found is None:
            return False, grant_reason(scopes.said.outside, *grants)
        return True, grant_reason(scopes.said.inside, found)

    return Relation(stands)


def own(part: OwnPart, *, needs_role: bool = False) -> Relation:
    """Is the person whom the column names."""

    def stands(actor: Actor, role: Role, grants: tuple[HeldGrant, ...], obj: Any) -> tuple[bool, Reason]:
        held = actor.user_id is not None and getattr(obj, part.column) == actor.user_id
        return held, part.inside if held else part.outside

    return Relation(stands, needs_role=needs_role)
