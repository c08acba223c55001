"""One case: what its page shows, and what the actor may do with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gezhi.contexts.cases.closing import closing_condition, lacks_picture
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE, decide_personal
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.offered import is_offered
from gezhi.contexts.cases.policy import SCOPES
from gezhi.contexts.cases.queries.following import parts_told, steps_told
from gezhi.contexts.cases.rows import CaseRow, row_of
from gezhi.kernel import clock
from gezhi.kernel.errors import NotFound
from gezhi.kernel.fold import Columns
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.history import HistoryStep, history_of
from gezhi.platform.steps.policy import decide_see, find, possible_steps

MAX_JOINED = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a case, with a body that was called in."""

    number: str
    status: str
    organisation_id: int | None
    name: str | None
    name_en: str | None
    due_at: datetime | None
    outcome: str
    called_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseDetails:
    """What the page of a case shows beside its row. ``merged_into``: the number of the report that it goes with; ``joined``: those
    that
    go with it. ``condition``: the ordinal of the filing condition. ``clock_start`` and
    ``handling_start``: from when its clocks count (``domain.terms``); ``pauses``: how many ended. ``lacks_picture``: a check needs
    one, by the ``closing_condition``."""

    dispatch_due: datetime | None = None
    handle_due: datetime | None = None
    check_due: datetime | None = None
    dispatched_at: datetime | None = None
    accepted_at: datetime | None = None
    handled_at: datetime | None = None
    checked_at: datetime | None = None
    paused_at: datetime | None = None
    clock_start: datetime | None = None
    handling_start: datetime | None = None
    dispatch_start: datetime | None = None
    dispatch_limit: str = ""
    handle_limit: str = ""
    check_limit: str = ""
    total_limit: str = ""
    total_due: datetime | None = None
    extension: str = ""
    request_limit: str = ""
    appeal: str = ""
    closing: str = ""
    unscored: str = ""
    verification: str = ""
    verify_due: datetime | None = None
    merged_into: str = ""
    parent: str = ""
    is_part: bool = False
    parts: list[Part] = field(default_factory=list)
    answer_due: datetime | None = None
    unit_score: int | None = None
    street_score: int | None = None
    joined: list[str] = field(default_factory=list)
    pauses: int = 0
    outcome_note: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    condition: int | None = None
    duty_rule_id: int | None = None
    source_datum: str | None = None
    has_personal_data: bool = False
    may_see_personal_data: bool = False
    closing_condition: str = ""
    lacks_picture: bool = False


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case with everything its page shows. ``actions``: what this actor may do now.

    To whoever sees it as its reporter alone, what is the office's own is empty: of a step there is the instant, the action, and the
    words that are for the reporter; ``version`` is then its place among those told.
    """

    case: CaseRow
    description: str
    history: list[HistoryStep]
    actions: tuple[Action, ...]
    routing_reason: str
    details: CaseDetails


def case_page(actor: Actor, number: str) -> CasePage:
    """One case with its history and the actor's possible actions. Two queries, and one for each kind of what hangs on it.

    Whoever sees it as its reporter alone is told what the page behind the follow code tells, and nothing of the rest.

    Raises ``NotFound`` where there is none, or none that the actor may know of.
    """
    case = find(CASE, actor, number)
    row = row_of(case)
    if not SCOPES.sees_whole(actor, row):
        return _page_of_reporter(actor, case, row)
    history = history_of(CASE, case.pk)
    return CasePage(
        case=row,
        description=case.description,
        history=history,
        actions=_offered(actor, case),
        routing_reason=next((step.note for step in history if step.action == Action.REPORT), ""),
        details=_details(actor, case),
    )


def case_row(actor: Actor, number: str) -> CaseRow:
    """The list row of one case, as the actor is told it. Raises ``NotFound`` where there is none, or none that the actor may know
    of."""
    (row,) = SCOPES.told(actor, [row_of(find(CASE, actor, number))])
    return row


def _offered(actor: Actor, case: Case) -> tuple[Action, ...]:
    now = clock.now()
    return tuple(action for action in possible_steps(CASE, actor, case) if is_offered(case, action, now=now))


def key_in_office(actor: Actor, number: str) -> int:
    """The key of a case of which the actor sees all. Raises ``NotFound`` for any other."""
    case = find(CASE, actor, number)
    if not SCOPES.sees_whole(actor, row_of(case)):
        raise NotFound(CASE.missing, f"there is no case {number}", field="number")
    return case.pk


def _page_of_reporter(actor: Actor, case: Case, row: CaseRow) -> CasePage:
    (told,) = SCOPES.told(actor, [row])
    return CasePage(
        case=told,
        description=case.description,
        history=[
            HistoryStep(place, step.at, step.action, "", "", "", "", step.note, {})
            for place, step in enumerate(steps_told(case), start=1)
        ],
        actions=_offered(actor, case),
        routing_reason="",
        details=CaseDetails(
            handle_due=case.handle_due,
            outcome_note=case.outcome_note,
            parts=[
                Part(
                    one.number,
                    one.status,
                    None,
                    one.organisation_name,
                    one.organisation_name_en,
                    one.due_at,
                    one.outcome,
                )
                for one in parts_told(case)
            ],
            has_personal_data=case.personal_record is not None,
            may_see_personal_data=case.personal_record is not None and bool(decide_personal(actor, case)),
        ),
    )


def _details(actor: Actor, case: Case) -> CaseDetails:
    return CaseDetails(
        dispatch_due=case.dispatch_due,
        handle_due=case.handle_due,
        check_due=case.check_due,
        dispatched_at=case.dispatched_at,
        accepted_at=case.accepted_at,
        handled_at=case.handled_at,
        checked_at=case.checked_at,
        paused_at=case.paused_at,
        clock_start=case.clock_start,
        handling_start=case.handling_start,
        dispatch_start=case.dispatch_start,
        dispatch_limit=case.dispatch_limit,
        handle_limit=case.handle_limit,
        check_limit=case.check_limit,
        total_limit=case.total_limit or "",
        total_due=case.total_due,
        extension=case.extension,
        request_limit=case.request_limit,
        appeal=case.appeal,
        closing=case.closing,
        unscored=case.unscored,
        verification=case.verification,
        verify_due=case.verify_due,
        parent=_number_of(actor, case.parent_id),
        is_part=case.parent_id is not None,
        parts=_parts(actor, case),
        answer_due=case.answer_due,
        unit_score=case.unit_score,
        street_score=case.street_score,
        merged_into=_number_of(actor, case.merged_into_id),
        joined=_joined(actor, case),
        pauses=len(case.pauses),
        outcome_note=case.outcome_note,
        facts=case.facts or {},
        condition=case.condition,
        duty_rule_id=case.duty_rule_id,
        source_datum=case.source_datum,
        has_personal_data=case.personal_record is not None,
        may_see_personal_data=case.personal_record is not None and bool(decide_personal(actor, case)),
        closing_condition=closing_condition(case),
        lacks_picture=case.status == CaseStatus.HANDLED and lacks_picture(case),
    )


def _number_of(actor: Actor, key: int | None) -> str:
    """The number of a case, for whoever may know of it; else nothing."""
    if key is None:
        return ""
    other = Case.objects.get(pk=key)
    return other.number if decide_see(CASE, actor, other) else ""


def _joined(actor: Actor, case: Case) -> list[str]:
    """The numbers of the reports that go with it, the oldest first; some of many."""
    if not case.joined_count:
        return []
    found = Case.objects.filter(merged_into=case).order_by("pk")[:MAX_JOINED]
    return [one.number for one in found if decide_see(CASE, actor, one)]


def _parts(actor: Actor, case: Case) -> list[Part]:
    """Its parts, the oldest first."""
    if not case.part_count:
        return []
    found = Case.objects.filter(parent=case).select_related("organisation").order_by("pk")
    return [
        Part(
            one.number,
            one.status,
            one.organisation_id,
            None if one.organisation is None else one.organisation.name,
            None if one.organisation is None else one.organisation.name_en,
            one.due_at,
            one.outcome,
            one.reported_at,
        )
        for one in found
        if decide_see(CASE, actor, one)
    ]


def states_of(history: Iterable[HistoryStep]) -> list[tuple[Columns, Columns]]:
    """What the history had made of the case before and after each of its steps."""
    states: list[tuple[Columns, Columns]] = []
    after: Columns = {}
    for step in history:
        before, after = after, {**after, **step.changes}
        states.append((before, after))
    return states
