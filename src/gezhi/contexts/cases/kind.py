"""Cases, as the frame of steps knows them."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.utils.translation import gettext_noop

from gezhi.contexts.cases.conditions import CONDITIONS
from gezhi.contexts.cases.domain.clocks import DEADLINES, next_due
from gezhi.contexts.cases.domain.fold import FOLDED
from gezhi.contexts.cases.domain.permits import TAKE_CALLS
from gezhi.contexts.cases.domain.second_person import NOTHING_ASKED
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.events import IMPORTED
from gezhi.contexts.cases.evidence import REPORTED
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.pictures import add_pictures
from gezhi.contexts.cases.policy import BARS, RELATIONS, SCOPES, at_work, reported_it
from gezhi.contexts.cases.rows import row_of
from gezhi.contexts.cases.taken import tell_whoever_had_it
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import Decision, Reason
from gezhi.platform.steps.kind import Changes, Kind
from gezhi.platform.steps.policy import decide_see, decide_step
from gezhi.platform.steps.relations import covers

SEE_PERSONAL_DATA = "see_personal_data"
FIND_BY_NUMBER = "find_by_number"
# How long a reporter's name and number are kept: the usual time to close, rate and reopen a case, and no longer.
PERSONAL_DATA_DAYS = 180

_SHOWS_CODE = Reason(gettext_noop("Shows the follow code of this case."))
_OWN_DATA = Reason(gettext_noop("The data are this person's own."))
_OVER = Reason(gettext_noop("The handling is over: the reporter's data are closed."))
_HANDLES = Reason(gettext_noop("Handles the case; the look is logged."))
_DOES_NOT_HANDLE = Reason(gettext_noop("Does not handle this case."))
_TAKES_CALLS = Reason(gettext_noop("Takes calls where the case is; the look is logged."))
_TAKES_NO_CALLS = Reason(gettext_noop("Takes no calls where the case is."))

# A reporter's name and number are for those who handle the case, while they handle it (PIPL art. 6).
_PERSONAL_WHILE = frozenset(
    {
        CaseStatus.REPORTED,
        CaseStatus.VERIFYING,
        CaseStatus.DISPATCHED,
        CaseStatus.HANDLING,
        CaseStatus.SUSPENDED,
        CaseStatus.HANDLED,
    }
)


# Pausing a case, or giving it to somebody else, leaves what was asked as it is.
_STAGE: dict[CaseStatus, int] = {
    CaseStatus.REPORTED: 0,
    CaseStatus.VERIFYING: 0,
    CaseStatus.DISPATCHED: 1,
    CaseStatus.HANDLING: 1,
    CaseStatus.SUSPENDED: 1,
    CaseStatus.HANDLED: 2,
    CaseStatus.CHECKED: 2,
    CaseStatus.CLOSED: 3,
    CaseStatus.CANCELLED: 4,
    CaseStatus.MERGED: 4,
}


def chain_of(district_id: int | None) -> str:
    """The audit chain of a district's cases: one writer at a time per district, none across districts."""
    return f"cases:{district_id or 0}"


def _shows_code(actor: Actor, case: Case) -> Reason | None:
    return _SHOWS_CODE if reported_it(actor, case) else None


def _follows(case: Case, to_status: Any, changes: Changes) -> Changes:
    """The next deadline; and a request that waited falls with the stage in which it was made."""
    after = {name: getattr(case, name) for name in DEADLINES} | changes
    followed: Changes = {"due_at": next_due(CaseStatus(to_status), after)}
    if case.request and "request" not in changes and _STAGE[CaseStatus(case.status)] != _STAGE[CaseStatus(to_status)]:
        followed |= NOTHING_ASKED
    return followed


def decide_personal(actor: Actor, case: Case) -> Decision:
    """Whether the actor may see the reporter's name and number: of a report that goes with another one, whoever handles that
    one may. Each look is logged all the same."""
    seen = decide_see(CASE, actor, case)
    if not seen:
        return seen
    if reported_it(actor, case) and not at_work(actor, case):
        return Decision(True, (*seen.reasons, _OWN_DATA))
    handled = case.merged_into if case.status == CaseStatus.MERGED else case
    if handled is None or CaseStatus(handled.status) not in _PERSONAL_WHILE:
        return Decision(False, (*seen.reasons, _OVER))
    dispatcher = any(covers(grant, handled) for grant in actor.holds(Role.STREET_DISPATCHER))
    handler = decide_step(CASE, actor, Action.HANDLE, handled)[0]
    if dispatcher or handler:
        return Decision(True, (*seen.reasons, _HANDLES))
    return Decision(False, (*seen.reasons, _DOES_NOT_HANDLE))


def decide_find_by_number(actor: Actor, case: Case) -> Decision:
    """Whether the actor may find the case by its reporter's number: whoever takes calls where it is, over or not, since callers ask
    for what is over too. The number itself is shown to nobody by it."""
    held = any(covers(grant, case) for grant in actor.grants if grant.role in TAKE_CALLS)
    return Decision(held, (_TAKES_CALLS if held else _TAKES_NO_CALLS,))


def _veiled(asker: Actor, case: Case) -> Case | None:
    """The case as if nobody had reported it, for whoever may not see the reporter's data; None for whoever may."""
    if decide_personal(asker, case):
        return None
    veiled = copy(case)
    veiled.reporter_user_id = veiled.follow_digest = None
    return veiled


CASE: Kind[Case] = Kind(
    name="case",
    model=Case,
    history=CaseStep,
    subject="case",
    reference="number",
    missing="no_case",
    statuses=CaseStatus,
    table=TRANSITIONS,
    folded=FOLDED,
    scopes=SCOPES,
    relations=RELATIONS,
    bars=BARS,
    conditions=CONDITIONS,
    chain=lambda case: chain_of(case.district_id),
    row=row_of,
    follows=_follows,
    sealed=REPORTED,
    shows=_shows_code,
    veiled=_veiled,
    relieves=tell_whoever_had_it,
    personal="personal_record",
    purpose="case_handling",
    keep_days=PERSONAL_DATA_DAYS,
    topic="cases",
    resets=frozenset({IMPORTED}),
    other_verbs={SEE_PERSONAL_DATA: decide_personal, FIND_BY_NUMBER: decide_find_by_number},
    add_pictures=add_pictures,
)
