"""From a form to a use case: one table of what each action needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from gezhi.contexts.cases.domain.facts import BETWEEN, field_of
from gezhi.contexts.cases.domain.photos import STAGE_OF_STEP
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.use_cases import CASE, Command, StepResult, dispatch_and_call
from gezhi.contexts.cases.use_cases.attach_photo import far_from_case
from gezhi.interfaces import problem
from gezhi.interfaces.web.casework.offers import Offer
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


def _receiver(post: QueryDict) -> dict[str, str]:
    """The form names a body, a person, or both: ``to`` is ``o12``, ``p7`` or ``o12p7``."""
    body, _, person = post.get("to", "").partition("p")
    return {"organisation_id": body.removeprefix("o"), "assignee_id": person}


def _place(post: QueryDict) -> dict[str, str]:
    """The map comes before the lists; of these the finest area counts. The form shows the words that led there: as they were,
    they are no correction by themselves."""
    listed = (post.get(level, "").strip() for level in ("community", "street", "district"))
    pointed = post.get("lon", "").strip()
    area = "" if pointed else next((text for text in listed if text), "")
    address = post.get("address", "").strip()
    same = address == post.get("address_before", "").strip() and not (pointed or area)
    return {"area_id": area, "address": "" if same else address}


def _facts(post: QueryDict) -> dict[str, str]:
    """A field for each attribute of the class; of one with several choices, each that is ticked."""
    told = {name.removeprefix(FACT): BETWEEN.join(post.getlist(name)) for name in post if name.startswith(FACT)}
    return {"facts": json.dumps({name: text for name, text in told.items() if text.strip()})}


# What a form of the dispatch calls the bodies that are to be called in along with it.
CALLED = "called"
# Where a form asks in another way than the verb does.
_ASKED_OTHERWISE: dict[str, Callable[[QueryDict], dict[str, str]]] = {
    "dispatch": _receiver,
    "correct": _place,
    "handle": _facts,
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
    verb = CASE.verbs.get(action)
    button = None if verb is None else CASE.table[verb.action].button
    if verb is None or button is None:
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
    texts = {name: request.POST.get(name, "") for name in verb.names}
    if button.form in _ASKED_OTHERWISE:
        texts |= _ASKED_OTHERWISE[button.form](request.POST)
    given = verb.read(texts)
    called = (
        [] if action != Action.DISPATCH else [key for text in request.POST.getlist(CALLED) if (key := row_id(text))]
    )
    if called:
        asks = command.note.strip() or gettext("To handle it together, as the duty table proposes")
        body, person = given.get("organisation_id"), given.get("assignee_id")
        result = dispatch_and_call(command, organisation_id=body, assignee_id=person, bodies=called, asks=asks)
    else:
        result = verb.perform(command, given)
    found.sent()
    return Performed(result, far_from_case(result.id, found.pictures))


def lacks_words(offers: Sequence[Offer], action: str, post: QueryDict) -> str:
    """What is said at the words of a refused form that may not be left out and were, whatever else is wrong; empty: nothing."""
    offer = next((one for one in offers if one.action == action), None)
    if offer is None or not offer.needed or post.get("note", "").strip():
        return ""
    return str(problem.WORDS["reason_missing" if offer.reason else "note_missing"])


def posted_values(post: QueryDict) -> dict[str, Any]:
    """What was typed, for showing it again beside the error."""
    typed = {name: post.get(name, "") for name in _TYPED}
    # What is no place is not put on a map again.
    place = {name: post.get(name, "") for name, most in _DEGREES if degrees(post.get(name, ""), most=most) is not None}
    return (
        typed
        | place
        | {CALLED: post.getlist(CALLED), "facts": {name: post.getlist(name) for name in post if name.startswith(FACT)}}
    )


FACT = field_of("")
_DEGREES = (("lon", 180), ("lat", 90))
# What forms ask for in words or by choice: all that the verbs read, but for points of the map and what a class wants to know.
_TYPED = {"note", "to", *(name for verb in CASE.verbs.values() for name in verb.names)} - {"lon", "lat", "facts"}
# Where a form shows an error of a field that it has under another name.
_SHOWN_AT: dict[str, dict[str, str]] = {
    Action.DISPATCH: {"organisation_id": "to", "assignee_id": "to"},
    Action.CORRECT: {
        "class_code": "class_code",
        "urgency": "urgency",
        "lon": "place",
        "lat": "place",
        "area_id": "place",
        "address": "address",
    },
}
_OWN_FIELDS = frozenset(
    {"note", "outcome", "photo", "limit", "finding", "into", "score", "assignee_id", "organisation_id"}
)


def shown_at(action: str, field: str | None) -> str:
    """The field of an action's form at which an error stands; empty: at the head of the form, since no field is wrong."""
    if field is None:
        return ""
    own = field if field in _OWN_FIELDS or field.startswith(FACT) else ""
    return _SHOWN_AT.get(action, {}).get(field, own)
