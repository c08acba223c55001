"""How every step is taken: authorise → lock → decide → write → append to the history → outbox, in one transaction.

The outbox comes last of all: from there to the commit, everybody else who publishes waits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import msgspec
from django.db import transaction
from django.db.models import Model

from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed
from gezhi.kernel.fold import Columns, plain
from gezhi.kernel.steps import Step
from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.chain import append
from gezhi.platform.commands.idempotency import remember, seen
from gezhi.platform.files.images import Picture
from gezhi.platform.files.store import kept
from gezhi.platform.outbox.publish import publish
from gezhi.platform.steps.kind import Begun, Changes, Kind
from gezhi.platform.steps.policy import decide_step, known_to, unmet
from gezhi.platform.steps.topics import told_outside

M = TypeVar("M", bound=Model)
_WAITING: ContextVar[list[Callable[[], object]] | None] = ContextVar("steps_to_publish", default=None)
MAX_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class Command:
    """What every verb is given beside its own input.

    ``expected_version`` is the version that the actor saw (None: whatever it is now); ``key`` is the idempotency key;
    ``pictures`` are drawn and go with the step.
    """

    actor: Actor
    number: str
    now: datetime
    expected_version: int | None = None
    key: str | None = None
    note: str = ""
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """When, by whom, with which words (trimmed), in which role and with how many pictures a step is taken."""

    now: datetime
    actor: Actor
    note: str = ""
    role: str = ""
    pictures: int = 0
    # What a verb tells the steps that go along with it.
    beside: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepResult:
    """The object after the step: its key, the reference by which people name it, its version (to whoever did not see all of it: the
    version that is told) and its status."""

    id: int
    number: str
    version: int
    status: str


@contextmanager
def as_one() -> Iterator[None]:
    """Several steps in one transaction, all or none: what they publish comes after the last of their writes."""
    with transaction.atomic():
        waiting: list[Callable[[], object]] = []
        token = _WAITING.set(waiting)
        try:
            yield
        finally:
            _WAITING.reset(token)
        publish_last(waiting)


def publish_last(publishing: Iterable[Callable[[], object]]) -> None:
    """Publish, as the last writes of a transaction: inside ``as_one`` those of its end."""
    waiting = _WAITING.get()
    if waiting is not None:
        waiting.extend(publishing)
        return
    for publish_one in publishing:
        publish_one()


def checked_note(note: str, row: Step) -> str:
    """The trimmed words. Raises ``InvalidInput`` if they are too long, or missing where the step needs them."""
    text = note.strip()
    if len(text) > MAX_NOTE:
        raise InvalidInput(
            "note_too_long", f"a note has at most {MAX_NOTE} characters, this has {len(text)}", field="note"
        )
    if "\0" in text:
        raise InvalidInput("control_character", "the note holds a NUL character", field="note")
    if not text and row.needs_reason:
        raise InvalidInput("reason_missing", f"say why: '{row.action}' needs a reason in words", field="note")
    if not text and row.needs_words:
        raise InvalidInput("note_missing", f"'{row.action}' needs words", field="note")
    return text


def answered_before(command: Command, *, action: Any) -> StepResult | None:
    """What a command with this key was answered, of a verb without an input of its own; None: it is new, or has no key."""
    request = {"action": action, "number": command.number, "note": command.note}
    before = seen(actor=command.actor, key=command.key, request=request)
    return None if before is None else _answered(before)


def take_step(
    kind: Kind[M],
    command: Command,
    *,
    action: Any,
    asked: Mapping[str, Any],
    decide: Callable[[M, Moment], Changes],
) -> StepResult:
    """Carry out one step on one object.

    ``decide`` is called with the locked object and returns column → new value; it raises ``InvalidInput`` or ``Conflict``.
    ``asked`` is the step's own input, for the fingerprint of the request.
    Raises ``NotFound`` (no such object, or none that the actor may know of), ``NotAllowed``, ``Conflict``
    (``wrong_state``, that of a condition, ``stale_version``, ``key_reused``), ``InvalidInput``. Nothing is written in any of these.
    """
    request = {"action": action, "number": command.number, "note": command.note, **asked}
    row = kind.table[action]
    with kept(command.pictures), transaction.atomic():
        found = kind.model._default_manager.select_for_update().filter(**{kind.reference: command.number}).first()
        # Asked under the lock: a twin of this request that holds it has left its answer by then.
        before = seen(actor=command.actor, key=command.key, request=request)
        if before is not None:
            return _answered(before)
        obj = known_to(kind, command.actor, found, command.number)
        decision, role = decide_step(kind, command.actor, action, obj)
        if not decision:
            raise NotAllowed("not_allowed", str(decision.reasons[-1]), action=action.value)
        status = kind.statuses(obj.status)  # type: ignore[attr-defined]
        if status not in row.sources:
            raise Conflict("wrong_state", f"a {kind.name} that is '{status}' has no '{action}'", status=status.value)
        missing = unmet(kind, action, obj)
        if missing is not None:
            raise Conflict(missing.code, str(missing.words), action=action.value)
        version: int = obj.version  # type: ignore[attr-defined]
        whole = kind.sees_whole(command.actor, obj)
        if command.expected_version is not None:
            version = version if whole else kind.told_version(obj.pk)
            if command.expected_version != version:
                raise Conflict(
                    "stale_version",
                    f"the {kind.name} has moved on: version {version}, you saw {command.expected_version}; look again",
                    version=version,
                )
        note = checked_note(command.note, row)
        at = Moment(command.now, command.actor, note, role, len(command.pictures))
        changes = decide(obj, at)
        others = kind.alongs[action](obj, at, changes) if action in kind.alongs else []
        result, publish_step = write_step(kind, obj, action=action, changes=changes, at=at)
        publishing = [publish_step]
        for other in others:
            if isinstance(other, Begun):
                publishing += other.publishing
                continue
            then = replace(at, note=other.note)
            also, publish_also = write_step(kind, other.obj, action=other.action, changes=other.changes, at=then)
            publishing.append(publish_also)
            if other.obj is obj:
                result = also
        if command.pictures:
            if kind.add_pictures is None or not row.picture:
                raise Conflict("photo_wrong_state", f"no pictures go with '{action}'", field="photo")
            kind.add_pictures(
                obj, actor=command.actor, pictures=command.pictures, stage=row.picture, status=status, now=command.now
            )
        if not whole:
            result = replace(result, version=kind.told_version(result.id))
        remember(actor=command.actor, key=command.key, request=request, result=asdict(result), now=command.now)
        publish_last(publishing)
    return result


def _answered(before: Mapping[str, Any]) -> StepResult:
    """The answer that was kept under a key. Those of earlier releases name the key of the object after its kind."""
    key = before["id"] if "id" in before else before["case_id"]
    return StepResult(key, before["number"], before["version"], before["status"])


def write_step(
    kind: Kind[M], obj: M, *, action: Any, changes: Changes, at: Moment
) -> tuple[StepResult, Callable[[], object]]:
    """Apply ``changes`` to a locked object and append the history row, inside the caller's transaction.

    Returns the result and what publishes the event: the caller calls it as the transaction's last write.
    """
    row = kind.table[action]
    was = {name: getattr(obj, name) for name in kind.scopes.columns}
    from_status: str = obj.status  # type: ignore[attr-defined]
    to_status = kind.statuses(row.to or from_status)
    wanted = {**changes, "status": to_status.value, **kind.follows(obj, to_status, changes)}
    real = {name: value for name, value in wanted.items() if getattr(obj, name) != value}
    unknown = real.keys() - kind.folded.known
    if unknown:
        raise ValueError(f"'{action}' changes columns that are not the history's: {sorted(unknown)}")
    before = {name: getattr(obj, name) for name in real}
    for name, value in real.items():
        setattr(obj, name, value)
    obj.version += 1  # type: ignore[attr-defined]
    obj.save(update_fields=[*real, "version"])
    append_step(kind, obj, action=action, changes=real, at=at, from_status=from_status)
    if kind.relieves is not None:
        kind.relieves(obj, action, {**was, "status": from_status}, at)
    number = kind.reference_of(obj)
    result = StepResult(obj.pk, number, obj.version, obj.status)  # type: ignore[attr-defined]
    after = kind.row(obj)
    row_before = {**after, **{name: before[name] for name in before if name in after}}
    told = _told_of_step(kind, action, after, row_before, real.keys())
    return result, partial(publish_step, kind, action=action, row=after, was=was, told=told, now=at.now)


def _told_of_step(
    kind: Kind[Any], action: Any, after: Mapping[str, Any], before: Mapping[str, Any], changed: Collection[str]
) -> Mapping[str, Any] | None:
    """What a step on an object, by its rows and the columns it changed, is to whoever does not see all of it; None where nobody can
    see a part."""
    outside = kind.scopes.outside
    if outside is None or all(after[column] is None for column in kind.scopes.part_columns):
        return None
    moved = kind.table[action].tells(changed) or outside.tells_apart(before, after)
    return told_outside(version=kind.told_version(after["id"]), moved=moved)


def append_step(
    kind: Kind[M],
    obj: M,
    *,
    action: Any,
    changes: Columns,
    at: Moment,
    from_status: str,
    evidence: str = "",
) -> None:
    """Append the history row of a step that ``obj`` (already changed) has just taken."""
    row = history_row(
        kind,
        obj.pk,
        version=obj.version,  # type: ignore[attr-defined]
        action=action,
        changes=changes,
        at=at,
        between=(from_status, obj.status),  # type: ignore[attr-defined]
        evidence=evidence,
    )
    append(kind.chain(obj), kind.history, [row])


def history_row(
    kind: Kind[Any],
    key: int,
    *,
    version: int,
    action: Any,
    changes: Columns,
    at: Moment,
    between: tuple[str, str],
    evidence: str = "",
) -> Columns:
    """The columns of a history row, neither linked nor written yet: for a step, and for the many of an import.

    ``key`` is the object's; ``between``: its status before and after. ``evidence`` goes with a step that fixes columns
    which no history folds.
    """
    return {
        f"{kind.subject}_id": key,
        "version": version,
        "at": at.now,
        "actor_id": at.actor.user_id,
        "actor_label": at.actor.label,
        "actor_role": at.role,
        "action": action.value,
        "from_status": between[0],
        "to_status": between[1],
        "note": at.note,
        "changes": {name: plain(value) for name, value in changes.items()},
        "evidence": evidence,
    }


def columns_at_first(kind: Kind[Any], columns: Columns) -> Columns:
    """What the first row of a history tells of its columns: those that hold what any object holds at first are left out."""
    start = kind.folded.start
    return {name: value for name, value in columns.items() if value != start[name]}


def publish_step(
    kind: Kind[M],
    *,
    action: Any,
    row: Mapping[str, Any],
    was: Mapping[str, Any],
    now: datetime,
    told: Mapping[str, Any] | None = None,
) -> int:
    """Publish one step and return the event's id. ``row`` is the object's list row after it.

    ``was`` holds the scope columns before the step: whoever saw the object then and does not now must be told too, so that
    it leaves the screen. ``told``: what it is to whoever does not see all of the object (``topics.told_outside``).
    """
    payload = {kind.name: msgspec.to_builtins(row), "was": was} | ({} if told is None else {"told": told})
    return publish(
        type=kind.table[action].event,
        subject=row[kind.reference],
        district_id=row.get("district_id"),
        payload=payload,
        now=now,
    )


def begin(
    kind: Kind[M], obj: M, *, action: Any, changes: Columns, at: Moment, evidence: str = ""
) -> Callable[[], object]:
    """Append the first row of an object's history, inside the transaction in which it was inserted.

    ``changes`` are its columns. Returns what publishes the event: the caller calls it as the transaction's last write.
    """
    told = columns_at_first(kind, changes)
    append_step(kind, obj, action=action, changes=told, at=at, from_status="", evidence=evidence)
    nowhere = dict.fromkeys(kind.scopes.columns)
    first = told_outside(version=int(kind.table[action].told), moved=True)
    return partial(publish_step, kind, action=action, row=kind.row(obj), was=nowhere, told=first, now=at.now)
