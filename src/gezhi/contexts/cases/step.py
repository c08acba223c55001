"""The frame of every use case: authorise → lock → decide → write → append to the history → outbox, in one transaction.

The outbox comes last of all: from there to the commit, everybody else who publishes waits.

A verb's own file gives only what is its own: what it needs and what it changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import transaction

from gezhi.contexts.cases import rows
from gezhi.contexts.cases.domain.clocks import due_of_stage
from gezhi.contexts.cases.domain.fold import FOLDED
from gezhi.contexts.cases.domain.photos import STAGE_OF_STEP
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.events import case_stepped
from gezhi.contexts.cases.models import Case, CaseEvent
from gezhi.contexts.cases.pictures import add_pictures
from gezhi.contexts.cases.policy import decide_action, decide_see
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.chain import append
from gezhi.platform.commands.idempotency import remember, seen
from gezhi.platform.files.images import Picture
from gezhi.platform.files.store import kept

MAX_NOTE = 2_000
SCOPE_COLUMNS = (
    "city_id",
    "district_id",
    "street_id",
    "community_id",
    "grid_id",
    "organisation_id",
    "assignee_id",
    "reporter_user_id",
    "registered_by_id",
)


@dataclass(frozen=True, slots=True)
class Command:
    """What every verb is given beside its own input.

    ``expected_version`` is the version that the actor saw (None: whatever it is now); ``key`` is the idempotency key;
    ``pictures`` are drawn and go with the step (``STAGE_OF_STEP``).
    """

    actor: Actor
    number: str
    now: datetime
    expected_version: int | None = None
    key: str | None = None
    note: str = ""
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class StepResult:
    """The case after the step."""

    case_id: int
    number: str
    version: int
    status: str


def chain_of(district_id: int | None) -> str:
    """The audit chain of a district's cases: one writer at a time per district, none across districts."""
    return f"cases:{district_id or 0}"


def plain(value: Any) -> Any:
    """A value as the history keeps it: instants as ISO 8601 texts in UTC."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def require_note(note: str, *, action: Action) -> str:
    """The trimmed note. Raises ``InvalidInput`` if it is too long, or missing where the action needs a reason."""
    text = note.strip()
    if len(text) > MAX_NOTE:
        raise InvalidInput(
            "note_too_long", f"a note has at most {MAX_NOTE} characters, this has {len(text)}", field="note"
        )
    if "\0" in text:
        raise InvalidInput("control_character", "the note holds a NUL character", field="note")
    if not text and TRANSITIONS[action].needs_reason:
        raise InvalidInput("reason_missing", f"say why: '{action}' needs a reason in words", field="note")
    return text


def take_step(
    command: Command, *, action: Action, request: dict[str, Any], decide: Callable[[Case], dict[str, Any]]
) -> StepResult:
    """Carry out one action on one case.

    ``decide`` is called with the locked case and returns column → new value; it raises ``InvalidInput`` or ``Conflict``.
    Raises ``NotFound`` (no such case, or none that the actor may know of), ``NotAllowed``, ``Conflict``
    (``wrong_state``, ``stale_version``, ``key_reused``), ``InvalidInput``. Nothing is written in any of these.
    """
    asked = {"action": action, "number": command.number, "note": command.note, **request}
    row = TRANSITIONS[action]
    with kept(command.pictures), transaction.atomic():
        case = Case.objects.select_for_update().filter(number=command.number).first()
        # Asked under the lock: a twin of this request that holds it has left its answer by then.
        before = seen(actor=command.actor, key=command.key, request=asked)
        if before is not None:
            return StepResult(**before)
        if case is None or not decide_see(command.actor, case):
            raise NotFound("no_case", f"there is no case {command.number}", field="number")
        decision, role = decide_action(command.actor, action, case)
        if not decision:
            raise NotAllowed("not_allowed", str(decision.reasons[-1]), action=action.value)
        if CaseStatus(case.status) not in row.sources:
            raise Conflict("wrong_state", f"a case that is '{case.status}' has no '{action}'", status=case.status)
        if command.expected_version is not None and command.expected_version != case.version:
            raise Conflict(
                "stale_version",
                f"the case has moved on: version {case.version}, you saw {command.expected_version}; look again",
                version=case.version,
            )
        note = require_note(command.note, action=action)
        changes = decide(case)
        status = CaseStatus(case.status)
        result, publish_step = write_step(
            case, action=action, changes=changes, actor=command.actor, role=role, note=note, now=command.now
        )
        if command.pictures:
            add_pictures(
                case,
                actor=command.actor,
                pictures=command.pictures,
                stage=STAGE_OF_STEP[action],
                status=status,
                now=command.now,
            )
        remember(actor=command.actor, key=command.key, request=asked, result=asdict(result), now=command.now)
        publish_step()
    return result


def write_step(
    case: Case, *, action: Action, changes: dict[str, Any], actor: Actor, role: str, note: str, now: datetime
) -> tuple[StepResult, Callable[[], object]]:
    """Apply ``changes`` to a locked case and append the history row, inside the caller's transaction.

    Returns the result and what publishes the event: the caller calls it as the transaction's last write.
    """
    row = TRANSITIONS[action]
    was = {name: getattr(case, name) for name in SCOPE_COLUMNS}
    from_status = case.status
    to_status = CaseStatus(row.to or case.status)
    after = {name: getattr(case, name) for name in ("dispatch_due", "handle_due", "check_due")} | changes
    wanted = {**changes, "status": to_status.value, "due_at": due_of_stage(to_status, after)}
    real = {name: value for name, value in wanted.items() if getattr(case, name) != value}
    unknown = real.keys() - set(FOLDED)
    if unknown:
        raise ValueError(f"'{action}' changes columns that are not the history's: {sorted(unknown)}")
    for name, value in real.items():
        setattr(case, name, value)
    case.version += 1
    case.save(update_fields=[*real, "version"])
    append_event(case, action=action, changes=real, actor=actor, role=role, note=note, from_status=from_status, now=now)
    publish_step = partial(case_stepped, action=action, row=rows.row_of(case), was=was, now=now)
    return StepResult(case.pk, case.number, case.version, case.status), publish_step


def append_event(
    case: Case,
    *,
    action: Action,
    changes: dict[str, Any],
    actor: Actor,
    role: str,
    note: str,
    from_status: str,
    now: datetime,
    evidence: str = "",
) -> None:
    """Append the history row of a step that ``case`` (already changed) has just taken.

    ``evidence`` goes with a step that fixes columns which no history folds (see ``cases.evidence``).
    """
    event = CaseEvent(
        case=case,
        version=case.version,
        at=now,
        actor_id=actor.user_id,
        actor_label=actor.label,
        actor_role=role,
        action=action.value,
        from_status=from_status,
        to_status=case.status,
        note=note,
        changes={name: plain(value) for name, value in changes.items()},
        evidence=evidence,
    )
    append(chain_of(case.district_id), [event])


def state_of(case: Case) -> dict[str, Any]:
    """The folded columns of a case row plus its version, to be compared with the fold of its history."""
    state = {name: getattr(case, name) for name in FOLDED}
    return state | {"version": case.version}
