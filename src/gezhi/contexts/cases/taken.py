"""Who had a case in hand and has it no more is told so, unless they did it themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.taken import NOBODY, TOPIC, in_hand, lost_by, words_of
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import holders_covering
from gezhi.platform.notices.tell import tell
from gezhi.platform.steps.perform import Moment

# Of what goes along with a correction: the areas in which the case lay before.
LAY = "lay"
_LEVELS = ("city_id", "district_id", "street_id", "community_id", "grid_id")


def tell_whoever_had_it(case: Case, action: Action, was: Mapping[str, Any], at: Moment) -> None:
    """Tell whoever had the case before this step and has it no more: the person, or where it was nobody's yet the officers of the
    body, if none of them did it. ``was``: its status and scope columns before. At most two queries where somebody lost it."""
    words = words_of(action, step=case.version)
    if words is None or not in_hand(CaseStatus(was["status"])):
        return
    has = (case.assignee_id, case.organisation_id) if in_hand(CaseStatus(case.status)) else NOBODY
    person, body = lost_by((was["assignee_id"], was["organisation_id"]), has)
    people = set() if person is None else {person}
    if body is not None:
        areas = at.beside.get(LAY) or {was[level] for level in _LEVELS} - {None}
        people = holders_covering(Role.DEPARTMENT_OFFICER, areas, body, now=at.now)
    if people and at.actor.user_id not in people:
        tell(people, topic=TOPIC, kind="case", reference=case.number, words=words, now=at.now)
