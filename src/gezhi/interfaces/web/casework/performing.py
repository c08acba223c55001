"""From a form to a use case: one table of what each action needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict

from gezhi.contexts.cases import use_cases
from gezhi.contexts.cases.domain.photos import STAGE_OF_STEP
from gezhi.contexts.cases.domain.states import Outcome, Urgency
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.use_cases import Command, StepResult
from gezhi.contexts.cases.use_cases.attach_photo import far_from_case
from gezhi.interfaces.web.pictures import FormPictures, pictures_of
from gezhi.kernel.errors import InvalidInput, NotFound
from gezhi.kernel.reading import degrees, row_id
from gezhi.platform.access.actor import Actor


def _number(post: QueryDict, name: str) -> int | None:
    text = post.get(name, "").strip()
    if not text:
        return None
    number = row_id(text)
    if number is None:
        raise InvalidInput("bad_number", f"{name} is a number", field=name)
    return number


def _dispatch(command: Command, post: QueryDict) -> StepResult:
    """The form names a body, a person, or both: ``to`` is ``o12``, ``p7`` or ``o12p7``."""
    body, _, person = post.get("to", "").partition("p")
    wanted = QueryDict(mutable=True)
    wanted.update({"organisation_id": body.removeprefix("o"), "assignee_id": person})
    return use_cases.dispatch_case(
        command, organisation_id=_number(wanted, "organisation_id"), assignee_id=_number(wanted, "assignee_id")
    )


def _handle(command: Command, post: QueryDict) -> StepResult:
    try:
        outcome = Outcome(post.get("outcome", ""))
    except ValueError as error:
        raise InvalidInput("outcome_missing", "say what came of it", field="outcome") from error
    return use_cases.handle_case(command, outcome=outcome)


def _position(post: QueryDict, name: str) -> float | None:
    text = post.get(name, "").strip()
    if not text:
        return None
    number = degrees(text, most=180)
    if number is None:
        raise InvalidInput("half_a_position", f"{name} is a number of degrees", field=name)
    return number


def _correct(command: Command, post: QueryDict) -> StepResult:
    """An empty field says: leave it as it is. The map comes before the lists; of these the finest area counts."""
    urgency = post.get("urgency", "")
    if urgency and urgency not in set(Urgency):
        raise InvalidInput("nothing_to_correct", f"there is no urgency '{urgency[:20]}'", field="urgency")
    lon, lat = _position(post, "lon"), _position(post, "lat")
    listed = (_number(post, level) for level in ("community", "street", "district"))
    return use_cases.correct_case(
        command,
        class_code=post.get("class_code") or None,
        urgency=Urgency(urgency) if urgency else None,
        lon=lon,
        lat=lat,
        area_id=next((area_id for area_id in listed if area_id is not None), None) if lon is None else None,
    )


_PERFORM: dict[Action, Callable[[Command, QueryDict], StepResult]] = {
    Action.DISPATCH: _dispatch,
    Action.ACCEPT: lambda command, post: use_cases.accept_case(command),
    Action.RETURN: lambda command, post: use_cases.return_case(command),
    Action.HANDLE: _handle,
    Action.PAUSE: lambda command, post: use_cases.pause_case(command),
    Action.RESUME: lambda command, post: use_cases.resume_case(command),
    Action.CHECK: lambda command, post: use_cases.check_case(command),
    Action.REWORK: lambda command, post: use_cases.rework_case(command),
    Action.CLOSE: lambda command, post: use_cases.close_case(command),
    Action.REOPEN: lambda command, post: use_cases.reopen_case(command),
    Action.CANCEL: lambda command, post: use_cases.cancel_case(command),
    Action.REMIND: lambda command, post: use_cases.remind_case(command),
    Action.CORRECT: _correct,
    Action.NOTE: lambda command, post: use_cases.note_case(command),
}


@dataclass(frozen=True, slots=True)
class Performed:
    """The case after the step. ``far_m``: the pictures were taken so many metres away that it should be told."""

    result: StepResult
    far_m: float | None


def pictures_for(request: HttpRequest, action: str, *, now: datetime) -> FormPictures:
    """The pictures of an action's form; none for an action that takes none."""
    return pictures_of(request, now=now) if action in STAGE_OF_STEP else FormPictures()


def perform(
    request: HttpRequest, found: FormPictures, *, actor: Actor, number: str, action: str, now: datetime
) -> Performed:
    """Carry out one action of a form, with its pictures, all or nothing.

    Raises what the use case raises, what is wrong with a picture, and ``NotFound`` for an action that pages do not offer.
    """
    wanted = next((known for known in _PERFORM if known.value == action), None)
    if wanted is None:
        raise NotFound("no_action", f"there is no action '{action[:40]}' here")
    if found.fault is not None:
        raise found.fault
    command = Command(
        actor=actor,
        number=number,
        now=now,
        expected_version=_number(request.POST, "version"),
        key=request.POST.get("key") or None,
        note=request.POST.get("note", ""),
        pictures=tuple(found.pictures),
    )
    result = _PERFORM[wanted](command, request.POST)
    found.sent()
    return Performed(result, far_from_case(result.case_id, found.pictures))


def needs_reason(action: Action) -> bool:
    """Whether the transition table asks for words."""
    return TRANSITIONS[action].needs_reason


def posted_values(post: QueryDict) -> dict[str, Any]:
    """What was typed, for showing it again beside the error."""
    return {name: post.get(name, "") for name in ("note", "outcome", "to", "class_code", "urgency")}


# Where a form shows an error of a field that it has under another name, or not at all.
_SHOWN_AT: dict[str, dict[str | None, str]] = {
    Action.DISPATCH: {None: "to"},
    Action.CORRECT: {
        "class_code": "class_code",
        "urgency": "urgency",
        "lon": "place",
        "lat": "place",
        "area_id": "place",
    },
}
_OWN_FIELDS = frozenset({"note", "outcome", "photo"})


def shown_at(action: str, field: str | None) -> str:
    """The field of an action's form at which an error stands."""
    if field in _OWN_FIELDS:
        return str(field)
    places = _SHOWN_AT.get(action, {})
    return places.get(field) or places.get(None) or "note"
