"""What is administered in an area, or in the whole city: who may, decided by a table of verbs and by the place.

A right in one area is none in another and none above it: a grant covers its area and what lies below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from gezhi.kernel.errors import NotFound
from gezhi.kernel.roles import SEPARATE_ADMINS, Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import Decision, Reason, may, require

_BY_ITSELF = Reason(gettext_noop("The system acts by itself."))
_SYSTEM_ONLY = Reason(gettext_noop("Only the system itself does this."))


@dataclass(frozen=True, slots=True)
class Territory:
    """A place as the object of a decision. ``lineage``: the ids of the area and of all above it; empty: no such place."""

    name: str
    lineage: frozenset[int]


# How to find a territory: the areas context says so when it is loaded.
_finders: dict[str, Callable[[int | None], Territory]] = {}
_by_code: dict[str, Callable[[str], Territory | None]] = {}
_roles: dict[str, frozenset[Role]] = {
    "grant": frozenset({Role.SECURITY_ADMIN}),
    "end_grant": frozenset({Role.SECURITY_ADMIN}),
    "issue_token": frozenset({Role.SECURITY_ADMIN}),
    "open_account": frozenset({Role.SYSTEM_ADMIN}),
    "end_account": frozenset({Role.SYSTEM_ADMIN}),
    "see_accounts": SEPARATE_ADMINS,
    "accept_invitation": frozenset(),
    "read_record": frozenset({Role.AUDIT_ADMIN}),
}


def register_verbs(roles: Mapping[str, Iterable[Role]]) -> None:
    """Add verbs with the roles that may; no role: the system alone. Call it where an app is loaded."""
    _roles.update({verb: frozenset(held) for verb, held in roles.items()})


def register_finder(*, by_id: Callable[[int | None], Territory], by_code: Callable[[str], Territory | None]) -> None:
    """Say how territories are found: by the id of an area (None: the whole city) and by its code."""
    _finders["id"], _by_code["code"] = by_id, by_code


class TerritoryPolicy:
    """The policy of territories: a role of the verb's, held in an area that covers the place."""

    @property
    def verbs(self) -> frozenset[str]:
        """All verbs that were registered."""
        return frozenset(_roles)

    def decide(self, actor: Actor, verb: str, obj: Territory) -> Decision:
        """See ``access.policies.Policy``. What no role may is for the system alone."""
        if actor.is_system:
            return Decision(True, (_BY_ITSELF,))
        reasons: list[Reason] = []
        for role in sorted(_roles[verb]):
            grants = actor.holds(role)
            if not grants:
                reasons.append(Reason(gettext_noop("%(role)s: holds no such role."), {"role": role.value}))
            for grant in grants:
                values = {"role": role.value, "area": grant.area_name, "place": obj.name}
                if grant.area_id in obj.lineage:
                    words = gettext_noop("%(role)s in %(area)s, which covers %(place)s.")
                    return Decision(True, (*reasons, Reason(words, values)))
                words = gettext_noop("%(role)s in %(area)s, which does not cover %(place)s.")
                reasons.append(Reason(words, values))
        return Decision(False, tuple(reasons) or (_SYSTEM_ONLY,))

    def load(self, reference: str) -> Territory:
        """The area of this code; ``city`` is the whole city. Raises ``NotFound``."""
        found = _finders["id"](None) if reference == "city" else _by_code["code"](reference)
        if found is None:
            raise NotFound("unknown_area", f"there is no area with the code {reference}")
        return found


def may_in(actor: Actor, verb: str, area_id: int | None = None) -> Decision:
    """Whether the actor may do this in an area; None: in the whole city."""
    return may(actor, verb, Territory("", frozenset()) if actor.is_system else _finders["id"](area_id))


def require_in(actor: Actor, verb: str, area_ids: Iterable[int] | None = None) -> None:
    """Raise ``NotAllowed`` unless the actor may do this in each of these areas; None: in the whole city."""
    if actor.is_system:
        require(actor, verb, Territory("", frozenset()))
        return
    for area_id in [None] if area_ids is None else sorted(set(area_ids)):
        require(actor, verb, _finders["id"](area_id))


def lineage_of(area_id: int | None) -> frozenset[int]:
    """The ids of an area and of all above it; None: of the whole city. Empty where there is no such place."""
    return _finders["id"](area_id).lineage
