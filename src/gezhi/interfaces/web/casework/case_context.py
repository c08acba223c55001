"""Everything that the page of one case shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils.functional import Promise
from django.utils.translation import override

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.queries import AreaName
from gezhi.contexts.cases.domain.facts import field_of
from gezhi.contexts.cases.domain.states import CaseStatus, Outcome, Request, Stage
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.queries import (
    CasePage,
    CaseRow,
    Part,
    attributes_of,
    case_page,
    class_name,
    is_public_class,
)
from gezhi.contexts.cases.use_cases.attach_photo import Photo, photos_along, photos_of
from gezhi.contexts.ground import queries as ground
from gezhi.interfaces.web.casework.deadlines import why_check_due, why_dispatch_due, why_handle_due, why_total_due
from gezhi.interfaces.web.casework.form_fields import colleagues_of, fields_of
from gezhi.interfaces.web.casework.history import names_in, spoken_in, taken_in, told, who_of, why_attention
from gezhi.interfaces.web.casework.instructions import instruction_in
from gezhi.interfaces.web.casework.offers import offers_of
from gezhi.interfaces.web.place_words import WITHIN, says_more
from gezhi.interfaces.web.views.maps import beside_words, names_of
from gezhi.interfaces.web.words import (
    REQUEST,
    ROLE,
    STAGE,
    in_language,
    limit_words,
    local_name,
    of_outcome,
)
from gezhi.platform.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Pause:
    """Since when the clock of a case stands, and why."""

    since: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a second person: in words, who asked and why, and how much time where it is time."""

    words: str | Promise
    who: str
    role: str | Promise
    why: str
    limit: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the class asks a handler for: its field in the form, its name, and what was told; empty before."""

    field: str
    name: str
    kind: str
    required: bool
    choices: tuple[str, ...]
    told: str = ""


def case_context(
    actor: Actor, number: str, *, forms: Collection[str] | None = None, own: list[Photo] | None = None
) -> dict[str, Any]:
    """The case, its history in words, its pictures and what this actor may do. ``forms``: the actions whose forms are filled at
    once though they could come later; None: all. ``own``: its own pictures, where they are known already. Raises ``NotFound``."""
    page = case_page(actor, number)
    case = page.case
    chain_ids = [case["district_id"], case["street_id"], case["community_id"], case["grid_id"]]
    by_id = areas.area_names(area_id for area_id in chain_ids if area_id)
    colleagues = colleagues_of(actor, page)
    offers = [offer for offer in offers_of(page) if offer.action != Action.HAND_ON or colleagues]
    taken = taken_in(page)
    bodies, people = names_in(page, taken)
    own = photos_of(case["id"]) if own is None else own
    pictures, parts = [*own, *photos_along(page.history)], page.details.parts
    history = told(taken, bodies=bodies, people=people, spoken=spoken_in(page), parts=parts)
    context: dict[str, Any] = {
        "case": case,
        "page": page,
        "class": class_name(case["class_code"]),
        "community": local_name(by_id.get(case["community_id"] or 0)),
        **_place(case, [by_id[area_id] for area_id in chain_ids if area_id in by_id]),
        "history": history,
        "instruction": instruction_in(taken, history),
        "body": bodies.get(case["organisation_id"] or 0),
        "handler": people.get(case["assignee_id"] or 0, ""),
        "pause": _pause(page),
        "waiting": _waiting(page),
        "rework_note": _rework_note(page),
        "pictures": pictures,
        "compared": _compared(case, pictures),
        "offers": offers,
        "rare": [offer for offer in offers if offer.rare],
        "forms": [offer for offer in offers if offer.form],
        "outcomes": [(outcome.value, of_outcome(outcome)) for outcome in Outcome],
        # A picture says something of a thing that anybody can see, nothing of a quarrel or a family.
        "wants_picture": case["class_code"][:1] in {"E", "C"} or is_public_class(case["class_code"]),
        "colleagues": colleagues,
        "key": uuid4(),
        "why_dispatch_due": why_dispatch_due(page.details, page.history),
        "why_handle_due": why_handle_due(page.details, page.history),
        "why_total_due": why_total_due(page.details),
        "why_check_due": why_check_due(page.details),
        "awaited": _awaited(page),
        "attention": why_attention(taken) if case["needs_attention"] else "",
        "facts": _facts(case["class_code"], page.details.facts),
    }
    filled = offers if forms is None else [offer for offer in offers if not offer.later or offer.action in forms]
    context |= fields_of(actor, page, filled)
    return context


def _compared(case: CaseRow, pictures: list[Photo]) -> list[tuple[str | Promise, list[Photo]]]:
    """The pictures of how it was found and of how it was left, each with its heading; nothing before it is handled, and nothing
    where there are none."""
    left = [picture for picture in pictures if picture.stage in _LEFT]
    if not pictures or not (left or case["status"] in _ENDED):
        return []
    found = [picture for picture in pictures if picture.stage not in _LEFT]
    return [(STAGE[Stage.BEFORE], found), (STAGE[Stage.AFTER], left)]


_LEFT = frozenset({Stage.AFTER.value, Stage.CHECK.value})
_ENDED = frozenset({CaseStatus.HANDLED.value, CaseStatus.CHECKED.value, CaseStatus.CLOSED.value})


def _place(case: CaseRow, chain: list[AreaName]) -> dict[str, str]:
    """The areas of the case and what its point lies in or beside, and its address where that says more."""
    lon, lat = case["lon"], case["lat"]
    there = None if lon is None or lat is None else ground.beside(lon, lat)

    def words() -> str:
        return WITHIN.join(filter(None, (names_of(chain), beside_words(there))))

    # Whoever wrote the address wrote Chinese: a reader of English would not see that the place says the same.
    with override("zh-hans"):
        address = case["address"] if says_more(case["address"], than=words()) else ""
    return {"place_name": words(), "address_told": address}


def _facts(class_code: str, told: dict[str, str]) -> list[Fact]:
    """What the class asks for, then what was told that it no longer asks for."""
    asked = attributes_of(class_code)
    known = {one.code for one in asked}
    return [
        *(
            Fact(
                field_of(one.code),
                in_language(one.name, one.name_en),
                one.kind.value,
                one.required,
                one.choices,
                told.get(one.code, ""),
            )
            for one in asked
        ),
        *(Fact("", code, "text", False, (), text) for code, text in told.items() if code not in known),
    ]


def _rework_note(page: CasePage) -> str:
    """What the checker found wanting, for whoever has the case again."""
    if page.case["status"] != "handling" or not page.case["rework_count"]:
        return ""
    return next((step.note for step in reversed(page.history) if step.action == Action.REWORK), "")


def _pause(page: CasePage) -> Pause | None:
    """Since when the clock of the case stands, and why; None while it runs."""
    if page.case["status"] != CaseStatus.SUSPENDED:
        return None
    why = next((step.note for step in reversed(page.history) if step.action == Action.PAUSE), "")
    return Pause(page.details.paused_at, why)


def _awaited(page: CasePage) -> list[Part]:
    """The parts that are still open where the case itself is handled: it is checked when the last has ended."""
    if page.case["status"] != CaseStatus.HANDLED:
        return []
    return [part for part in page.details.parts if CaseStatus(part.status).is_open]


def _waiting(page: CasePage) -> Waiting | None:
    """What waits for a second person; None where nothing does."""
    request = page.case["request"]
    if not request:
        return None
    asked = next((step for step in reversed(page.history) if step.changes.get("request") == request), None)
    limit = page.details.request_limit
    return Waiting(
        words=REQUEST[request],
        who="" if asked is None else who_of(asked),
        role="" if asked is None else ROLE.get(asked.actor_role, asked.actor_role),
        why="" if asked is None else asked.note,
        limit=limit_words(limit) if limit and request == Request.EXTENSION else "",
    )
