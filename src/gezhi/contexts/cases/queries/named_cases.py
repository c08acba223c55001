"""The list rows of cases that are known by their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gezhi.contexts.cases.domain.reminding import last_of_side, next_reminder
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.queries.lists import CASES
from gezhi.contexts.cases.rows import CaseRow
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor


def cases_named(actor: Actor, numbers: Iterable[str]) -> dict[str, CaseRow]:
    """Of these cases those that the actor sees, by their numbers. Two queries."""
    ids = list(CASES.visible_to(actor).filter(number__in=set(numbers)).values_list("pk", flat=True))
    return {row["number"]: row for row in CASES.with_ids(actor, ids)}


def reminded_until(case_ids: Iterable[int], *, now: datetime) -> dict[int, datetime]:
    """Those of these cases that the office reminded of too lately to do it again, each with the instant from which it may, a
    reminder of the report that one goes with counted in. Two queries. Who may ask is for the caller to say."""
    wanted = Case.objects.filter(pk__in=set(case_ids)).values_list("pk", "merged_into_id", "status")
    worked_on = {pk: {pk, into} - {None} if status == CaseStatus.MERGED else {pk} for pk, into, status in wanted}
    steps = CaseStep.objects.filter(case_id__in=set().union(*worked_on.values()), action=Action.REMIND)
    urged: dict[int | None, list[tuple[datetime, str]]] = {}
    for case_id, at, role in steps.values_list("case_id", "at", "actor_role"):
        urged.setdefault(case_id, []).append((at, role))
    told = {pk: [one for key in keys for one in urged.get(key, ())] for pk, keys in worked_on.items()}
    # Whichever of the office's roles asks, the office has one turn.
    again = {case_id: next_reminder(last_of_side(one, Role.STREET_DISPATCHER)) for case_id, one in told.items()}
    return {case_id: at for case_id, at in again.items() if at is not None and at > now}
