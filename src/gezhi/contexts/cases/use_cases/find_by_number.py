"""Find what a caller reported by the caller's number: only who takes calls, only where, and each hit is a look in the vault.

No profile of anybody comes of it: the answer ends with the time for which contacts are kept, and with the caller's street.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from gezhi.contexts.cases.domain.looking import LookReason
from gezhi.contexts.cases.domain.permits import TAKE_CALLS
from gezhi.contexts.cases.kind import CASE, FIND_BY_NUMBER
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import SCOPES
from gezhi.contexts.cases.rows import ROWS, CaseRow
from gezhi.kernel.errors import InvalidInput, NotAllowed
from gezhi.kernel.telephone import whole_number
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import require
from gezhi.platform.audit.record import record
from gezhi.platform.steps.scopes import without_index
from gezhi.platform.vault.numbers import subjects_of_number
from gezhi.platform.vault.vault import look_by_number

# Whoever called more often than that asks for something that is known by more than the number.
MOST = 20


@dataclass(frozen=True, slots=True)
class FoundByNumber:
    """The cases, newest first; ``more``: there are older ones."""

    rows: list[CaseRow]
    more: bool


def find_by_number(*, actor: Actor, number: str, now: datetime) -> FoundByNumber:
    """The cases whose reporter left this number, as long as it is kept, where the actor takes calls. In any usual writing, but
    whole. Each case is a look of the actor's, which its reporter reads; the search is on record without the number, found or not.

    Raises ``NotAllowed``, ``InvalidInput`` (``no_whole_number``).
    """
    # The areas in which the actor takes calls, and no part of the actor's own.
    in_office = replace(actor, user_id=None, grants=tuple(one for one in actor.grants if one.role in TAKE_CALLS))
    scopes = SCOPES.of(in_office)
    if not scopes:
        raise NotAllowed("not_allowed", "only who takes calls finds cases by a number")
    whole = whole_number(number)
    if not whole:
        raise InvalidInput("no_whole_number", "this is no whole telephone number", field="phone")
    told = subjects_of_number(whole, subject_type=CASE.name, purpose=CASE.purpose, now=now)
    found = without_index(scopes, Case.objects.filter(number__in=told, personal_record__isnull=False))
    with transaction.atomic():
        cases = list(found.order_by("-reported_at", "-pk")[: MOST + 1])
        shown = [case.pk for case in cases[:MOST] if _looked_at(actor, case, whole, now)]
        record(
            actor=actor,
            action="cases.searched_by_number",
            object_type="case_list",
            object_id="number",
            data={"found": len(shown)},
            now=now,
        )
    return FoundByNumber(ROWS.with_ids(shown), len(cases) > MOST)


def _looked_at(actor: Actor, case: Case, number: str, now: datetime) -> bool:
    require(actor, FIND_BY_NUMBER, case)
    reason = LookReason.OWN_REPORT.value
    record_id = case.personal_record
    return record_id is not None and look_by_number(
        actor=actor, record_id=record_id, number=number, reason=reason, now=now
    )
