"""How somebody can stand to a power at a street: what they see, by which relation they act, and what rules them out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_noop

from gezhi.contexts.powers.domain.transitions import Bar, Relation
from gezhi.contexts.powers.models import Holding
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import Reason
from gezhi.platform.steps import kind
from gezhi.platform.steps.relations import ANYONE, in_area
from gezhi.platform.steps.scopes import Said, ScopeTable

_ASKED_IT = Reason(gettext_noop("Whoever asked for it does not decide on it."))

SCOPES = ScopeTable(
    readers=(Role.STREET_DISPATCHER, Role.OPERATIONS, Role.PLANNER),
    levels=("city", "district", "street"),
    said=Said(
        inside=gettext_noop("%(role)s in %(area)s, which covers the street."),
        outside=gettext_noop("%(role)s in %(area)s, which does not cover the street."),
        nowhere=gettext_noop("No grant covers this street."),
        wrong_state=gettext_noop("A power that is '%(status)s' has no '%(action)s'."),
    ),
)


def _asked_it(actor: Actor, holding: Holding) -> bool:
    return actor.user_id is not None and holding.asked_by_id == actor.user_id


RELATIONS: Mapping[StrEnum, kind.Relation] = {Relation.COVERS: in_area(SCOPES), Relation.ANYONE: ANYONE}
BARS: Mapping[StrEnum, kind.Bar] = {Bar.ASKED_IT: kind.Bar(_asked_it, _ASKED_IT)}
