"""What whoever holds a follow code sees of the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q

from gezhi.contexts.cases.domain.reminding import last_of_side, next_reminder
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.offered import is_heard_still, is_offered, reminders_of
from gezhi.contexts.cases.policy import follow_digest
from gezhi.kernel import clock
from gezhi.kernel.errors import NotFound
from gezhi.kernel.roles import Role
from gezhi.platform.steps.history import HistoryStep, history_of
from gezhi.platform.steps.policy import unmet

# Steps that a resident is shown, some only for what they have changed. Who did them and the inner notes are not.
PUBLIC_STEPS: tuple[Action, ...] = tuple(action for action, row in TRANSITIONS.items() if row.told)


@dataclass(frozen=True, slots=True)
class PublicStep:
    """One step of the resident's timeline. ``again``: given to somebody else while somebody had it."""

    at: datetime
    action: str
    note: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class FollowedPart:
    """What a body that was called in has to do with the report, and how far it is."""

    organisation_name: str
    organisation_name_en: str
    status: str
    due_at: datetime | None
    outcome: str
    # Empty for whoever's report goes with the one that it is a part of: which that is, is another reporter's.
    number: str
    # Its own reporter may say how content they are with it.
    can_rate: bool


@dataclass(frozen=True, slots=True)
class Followed:
    """What whoever has the follow code sees: no names, no inner notes."""

    case_id: int
    number: str
    status: str
    class_code: str
    description: str
    address: str
    # The areas that were recorded, from large to small.
    street_id: int | None
    community_id: int | None
    organisation_name: str
    organisation_name_en: str
    # Whom the duty table proposes, as long as nobody has it.
    suggested_name: str
    suggested_name_en: str
    reported_at: datetime
    due_at: datetime | None
    handle_due: datetime | None
    closed_at: datetime | None
    outcome: str
    outcome_note: str
    rating_solved: bool | None
    rating_score: int | None
    can_rate: bool
    can_withdraw: bool
    # The state allows a reminder; the reporter's own last one, and from when on another may follow.
    can_remind: bool
    reminded_at: datetime | None
    remind_from: datetime | None
    has_personal_data: bool
    steps: list[PublicStep]
    # Where that stands which is worked on: itself, or the report that it goes with.
    worked_on_status: str
    goes_together: bool
    # Somebody of the grid has it, and no body.
    with_the_grid: bool
    # Why the clock stands, while it does.
    rests_because: str
    # The bodies that were called in, in the order in which they were.
    parts: list[FollowedPart]
    # 'Not solved' opens it again by itself.
    can_open_again: bool
    # Something can be added; whether it was too much for today, the verb says.
    can_add: bool


def follow(code: str) -> Followed:
    """The case behind a follow code. Raises ``NotFound`` for a code that follows nothing."""
    case = (
        Case.objects.select_related("organisation", "suggested_organisation", "merged_into__organisation")
        .filter(follow_digest=follow_digest(code))
        .first()
    )
    if case is None:
        raise NotFound("no_such_code", "no report has this code; check it letter by letter", field="code")
    status, history = CaseStatus(case.status), history_of(CASE, case.pk)
    steps = _told(case, history)
    worked_on = _worked_on(case)
    reminders = [(step.at, step.actor_role) for step in history if step.action == Action.REMIND]
    reminded_at = last_of_side(reminders, Role.RESIDENT)
    urged = reminders if worked_on is case else reminders_of(case)
    body = worked_on.organisation
    suggested = case.suggested_organisation if body is None else None
    return Followed(
        case_id=case.pk,
        number=case.number,
        status=case.status,
        class_code=case.class_code,
        description=case.description,
        address=case.address,
        street_id=case.street_id,
        community_id=case.community_id,
        organisation_name=body.name if body else "",
        organisation_name_en=body.name_en if body else "",
        suggested_name=suggested.name if suggested else "",
        suggested_name_en=suggested.name_en if suggested else "",
        reported_at=case.reported_at,
        due_at=worked_on.due_at,
        handle_due=worked_on.handle_due,
        worked_on_status=worked_on.status,
        goes_together=worked_on is not case,
        with_the_grid=body is None and worked_on.assignee_id is not None,
        rests_because=_rests_because(steps) if worked_on.status == CaseStatus.SUSPENDED else "",
        parts=_parts_of(worked_on, own=worked_on is case),
        closed_at=case.closed_at,
        outcome=case.outcome,
        outcome_note=case.outcome_note,
        rating_solved=case.rating_solved,
        rating_score=case.rating_score,
        can_rate=_fits(case, Action.RATE),
        can_withdraw=_fits(case, Action.WITHDRAW),
        can_remind=status in TRANSITIONS[Action.REMIND].sources,
        reminded_at=reminded_at,
        remind_from=next_reminder(last_of_side(urged, Role.RESIDENT)),
        has_personal_data=case.personal_record is not None,
        steps=steps,
        can_open_again=_can_open_again(case),
        can_add=status in TRANSITIONS[Action.ADD].sources
        and (status != CaseStatus.CLOSED or is_heard_still(case, now=clock.now())),
    )


def steps_told(case: Case) -> list[PublicStep]:
    """What its reporter is told of what happened, oldest first."""
    return _told(case, history_of(CASE, case.pk))


def parts_told(case: Case) -> list[FollowedPart]:
    """What its reporter is told of the bodies that were called in."""
    worked_on = _worked_on(case)
    return _parts_of(worked_on, own=worked_on is case)


def _worked_on(case: Case) -> Case:
    """What is worked on: the case itself, or the report of the same matter that it goes with."""
    together = case.merged_into if case.status == CaseStatus.MERGED else None
    return together or case


def _told(case: Case, history: list[HistoryStep]) -> list[PublicStep]:
    steps = [_public(step) for step in history if _tells(step)]
    if case.merged_into is None:
        return steps
    return sorted([*steps, *_steps_together(history, case.merged_into)], key=lambda step: step.at)


def _rests_because(steps: list[PublicStep]) -> str:
    return next((step.note for step in reversed(steps) if step.action == Action.PAUSE), "")


def _parts_of(case: Case, *, own: bool) -> list[FollowedPart]:
    if not case.part_count:
        return []
    rows = Case.objects.filter(parent=case).exclude(status=CaseStatus.CANCELLED.value).order_by("pk")
    bodies = [f"{body}__{name}" for body in ("organisation", "suggested_organisation") for name in ("name", "name_en")]
    return [
        # Given back by the body, a part waits for dispatch and is nobody's.
        FollowedPart(
            name or asked or "",
            (name_en if name else asked_en) or "",
            status,
            due_at,
            outcome,
            number if own else "",
            own and status == CaseStatus.CLOSED and rated_at is None,
        )
        for name, name_en, asked, asked_en, status, due_at, outcome, number, rated_at in rows.values_list(
            *bodies, "status", "due_at", "outcome", "number", "rated_at"
        )
    ]


def followed_point(code: str) -> tuple[float, float] | None:
    """Where the case behind a follow code is (longitude and latitude, WGS84); None without a point, or without such a case."""
    found = Case.objects.filter(follow_digest=follow_digest(code)).values_list("lon", "lat").first()
    lon, lat = found or (None, None)
    return None if lon is None or lat is None else (lon, lat)


def _steps_together(history: list[HistoryStep], main: Case) -> list[PublicStep]:
    """What the reporter is told of the report that theirs goes with: its steps while they go together."""
    joined = max((step.at for step in history if step.action in _JOINS), default=None)
    if joined is None:
        return []
    left = max((step.at for step in history if step.action in _ENDS_ALONG and step.at > joined), default=None)
    return [
        _public(step)
        for step in history_of(CASE, main.pk)
        if _tells(step) and step.action not in _SAME_ALONG and step.at >= joined and (left is None or step.at <= left)
    ]


# By which a report begins to go with another, by which both end, and what the other tells of that end itself.
_JOINS = frozenset({Action.MERGE, Action.REOPENED_ALONG})
_ENDS_ALONG = frozenset({Action.CLOSED_ALONG, Action.CANCELLED_ALONG})
_SAME_ALONG = frozenset(
    {
        *(Action.CLOSE, Action.FORCE_CLOSE, Action.SET_ASIDE, Action.CANCEL, Action.WITHDRAW),
        # What another reporter did and wrote is told by what went along with it, without the words.
        *(Action.REOPEN, Action.NOT_SOLVED, Action.RATE),
        # Theirs alone, words and all.
        Action.ADD,
    }
)


def is_step_told(case_id: int, version: int) -> bool:
    """Whether the reporter is told of the step that brought a case to a version. One query."""
    found = CaseStep.objects.filter(case_id=case_id, version=version).values_list("action", "changes").first()
    return found is not None and TRANSITIONS[Action(found[0])].tells(found[1])


def going_along(case_id: int, action: Action, *, at: datetime) -> list[int]:
    """The reports that went with a case when it took a step, and whose reporters are told of that step."""
    if action in _SAME_ALONG:
        return []
    joined = Max("steps__at", filter=Q(steps__action__in=[one.value for one in _JOINS]))
    found = Case.objects.filter(merged_into_id=case_id, status=CaseStatus.MERGED.value).annotate(joined=joined)
    return list(found.filter(joined__lte=at).order_by("pk").values_list("pk", flat=True))


def followed_case(code: str) -> tuple[int, str]:
    """The key and the number of the case behind a follow code. Raises ``NotFound``."""
    found = Case.objects.filter(follow_digest=follow_digest(code)).values_list("pk", "number").first()
    if found is None:
        raise NotFound("no_such_code", "no report has this code; check it letter by letter", field="code")
    return found


def _fits(case: Case, action: Action) -> bool:
    """Whether the table has the step for the case as it stands."""
    return case.status in TRANSITIONS[action].sources and unmet(CASE, action, case) is None


def _can_open_again(case: Case) -> bool:
    """Whether 'not solved' would open it again by itself, now."""
    return _fits(case, Action.NOT_SOLVED) and is_offered(case, Action.NOT_SOLVED, now=clock.now())


def _tells(step: HistoryStep) -> bool:
    return TRANSITIONS[Action(step.action)].tells(step.changes)


def _public(step: HistoryStep) -> PublicStep:
    row = TRANSITIONS[Action(step.action)]
    return PublicStep(
        step.at,
        step.action,
        step.note if row.note_told else "",
        again=row.action == Action.DISPATCH and step.from_status != CaseStatus.REPORTED,
    )
