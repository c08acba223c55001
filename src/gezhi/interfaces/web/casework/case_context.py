"""Everything that the page of one case shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.queries import AreaRow
from gezhi.contexts.cases.domain.facts import field_of
from gezhi.contexts.cases.domain.states import CaseStatus, Outcome, Request
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.queries import (
    CasePage,
    CaseRow,
    attributes_of,
    case_page,
    class_name,
    class_table,
    colleagues_for,
    routed_today,
    suggest_classes,
    workers_for,
)
from gezhi.contexts.cases.use_cases.attach_photo import photos_of
from gezhi.contexts.ground import queries as ground
from gezhi.contexts.organisations.queries import organisations_at
from gezhi.interfaces.web.casework.deadlines import why_dispatch_due, why_handle_due
from gezhi.interfaces.web.casework.history import names_in, spoken_in, taken_in, told, who_of
from gezhi.interfaces.web.place_words import WITHIN, says_more
from gezhi.interfaces.web.views.maps import beside_words, names_of, place_lists
from gezhi.interfaces.web.words import (
    REQUEST,
    ROLE,
    URGENCY,
    VERIFIED,
    in_language,
    limit_words,
    local_name,
    of_outcome,
    said,
)
from gezhi.kernel.clock import now
from gezhi.kernel.steps import Button, Step
from gezhi.platform.access.actor import Actor

_MAX_PEOPLE = 30
_ROUTED_BY = {"class_code", "city_id", "district_id", "street_id", "community_id", "grid_id"}
# What is asked for most, beyond a limit; the API takes any.
_MORE_TIME = ("4WH", "1WD", "2WD", "3WD", "5WD", "10WD", "15WD")
_DUTY_ROW = re.compile(r"duty row (\d+)")


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as a button: its words, its key, and whether a form opens first.

    ``reason``: the words of its form say why; else they are a note. ``needed``: they may not be left out. ``told``: the
    reporter can read them. ``rare``: it stands behind "More".
    """

    action: str
    words: str | Promise
    key: str
    primary: bool
    form: str
    undo: bool
    danger: bool
    reason: bool
    needed: bool
    told: bool
    rare: bool

    @property
    def fields(self) -> str:
        """The template of what its form asks for beside words; empty where that is nothing."""
        return "" if self.form in {"", "words"} else f"web/casework/{self.form}_fields.html"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Someone who can be given the case. ``value`` is what the form sends."""

    value: str
    name: str
    hint: str = ""


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


def case_context(actor: Actor, number: str) -> dict[str, Any]:
    """The case, its history in words, its pictures and what this actor may do. Raises ``NotFound``."""
    page = case_page(actor, number)
    case = page.case
    chain_ids = [case["district_id"], case["street_id"], case["community_id"], case["grid_id"]]
    by_id = areas.areas_by_id([area_id for area_id in chain_ids if area_id])
    colleagues = _colleagues(actor, page)
    offers = [offer for offer in _offers(page) if offer.action != Action.HAND_ON or colleagues]
    taken = taken_in(page)
    bodies, people = names_in(page, taken)
    context: dict[str, Any] = {
        "case": case,
        "page": page,
        "class": class_name(case["class_code"]),
        "community": local_name(by_id.get(case["community_id"] or 0)),
        **_place(case, [by_id[area_id] for area_id in chain_ids if area_id in by_id]),
        "history": told(taken, bodies=bodies, people=people, spoken=spoken_in(page)),
        "body": bodies.get(case["organisation_id"] or 0),
        "handler": people.get(case["assignee_id"] or 0, ""),
        "pause": _pause(page),
        "waiting": _waiting(page),
        "rework_note": _rework_note(page),
        "pictures": photos_of(case["id"]),
        "offers": offers,
        "rare": [offer for offer in offers if offer.rare],
        "forms": [offer for offer in offers if offer.form],
        "outcomes": [(outcome.value, of_outcome(outcome)) for outcome in Outcome],
        # A picture says something of a thing in the street, nothing of a quarrel or a question.
        "wants_picture": case["class_code"][:1] in {"E", "C"},
        "key": uuid4(),
        "why_dispatch_due": why_dispatch_due(page.details),
        "why_handle_due": why_handle_due(page.details),
        "facts": _facts(case["class_code"], page.details.facts),
    }
    if any(offer.action == Action.DISPATCH for offer in offers):
        route = routed_today(case, condition=page.details.condition)
        context["receivers"] = _receivers(case, _why_suggested(page))
        context["powers_lost"] = () if route.passed_over is None or route.standing is None else route.standing.lost
    if any(offer.action == Action.CALL for offer in offers):
        context["called"] = _to_call(case)
        context["more_time"] = [(limit, limit_words(limit)) for limit in _MORE_TIME]
    if any(offer.action == Action.VERIFY for offer in offers):
        context["findings"] = list(VERIFIED.items())
    if any(offer.action == Action.ASK_VERIFICATION for offer in offers):
        context["verifiers"] = workers_for(case["id"], now=now(), limit=_MAX_PEOPLE)
    context["colleagues"] = colleagues
    if any(offer.action == Action.ASK_EXTENSION for offer in offers):
        context["more_time"] = [(limit, limit_words(limit)) for limit in _MORE_TIME]
    if any(offer.action == Action.CORRECT for offer in offers):
        context |= {
            "suggested_classes": suggest_classes(page.description),
            "class_table": class_table(),
            "urgencies": URGENCY.items(),
            **place_lists(None, None, None),
        }
    return context


def _place(case: CaseRow, chain: list[AreaRow]) -> dict[str, str]:
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


def _offers(page: CasePage) -> list[Offer]:
    """The buttons of the page. What the hand does most comes first; what ends a case without settling it comes last."""
    rows = [(action, TRANSITIONS[action]) for action in page.actions]
    shown = sorted(((a, row, row.button) for a, row in rows if row.button), key=lambda one: one[2].rank)
    again = page.case["status"] in {"dispatched", "handling"}
    first = next((a for a, _row, button in shown if button.leads and not (again and a == Action.DISPATCH)), None)
    return [
        _offer(action, row, button, words=_("Reassign") if again and action == Action.DISPATCH else None, first=first)
        for action, row, button in shown
    ]


def _offer(
    action: Action, row: Step, button: Button, *, words: str | Promise | None = None, first: Action | None = None
) -> Offer:
    return Offer(
        action=action.value,
        words=said(row.does) if words is None else words,
        key=button.key,
        primary=action == first,
        form=button.form or ("words" if row.needs_reason or row.needs_words else ""),
        undo=button.undo,
        danger=button.danger,
        reason=row.needs_reason,
        needed=row.needs_reason or row.needs_words,
        told=row.note_told,
        rare=button.rare,
    )


def after_accepting() -> list[Offer]:
    """What whoever may accept a case can do next. A page that is read without a network offers it once accepting waits to be
    sent."""
    row = TRANSITIONS[Action.HANDLE]
    return [] if row.button is None else [_offer(Action.HANDLE, row, row.button, first=Action.HANDLE)]


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


def _colleagues(actor: Actor, page: CasePage) -> list[tuple[int, str]]:
    """To whom the actor can hand the case on; nobody where that is not theirs to do."""
    if Action.HAND_ON not in page.actions:
        return []
    return colleagues_for(actor, page.case["id"], now=now(), limit=_MAX_PEOPLE)


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


def _why_suggested(page: CasePage) -> str:
    """The routing of the report wrote down which row decided: ``duty row 12: …``. That of a correction writes nothing."""
    routed_anew = any(step.action == Action.CORRECT and step.changes.keys() & _ROUTED_BY for step in page.history)
    row = None if routed_anew else _DUTY_ROW.match(page.routing_reason)
    return gettext("Suggested by row %(row)s of the duty table") % {"row": row[1]} if row else ""


def _to_call(case: CaseRow) -> list[Receiver]:
    """The bodies around that can be called in: all but the one that leads."""
    around = (case["street_id"], case["community_id"], case["district_id"], case["city_id"])
    bodies = organisations_at([area_id for area_id in around if area_id])
    return [Receiver(f"{body.id}", local_name(body)) for body in bodies if body.id != case["organisation_id"]]


def _receivers(case: CaseRow, why: str) -> dict[str, list[Receiver]]:
    """Who can get the case: the body that the duty table names, the workers of the place, the other bodies around."""
    around = (case["street_id"], case["community_id"], case["district_id"], case["city_id"])
    chain = [area_id for area_id in around if area_id]
    bodies = organisations_at(chain)
    suggested = case["suggested_organisation_id"]
    order = {area_id: rank for rank, area_id in enumerate(chain)}
    workers = workers_for(case["id"], now=now(), limit=_MAX_PEOPLE)
    return {
        "suggested": [Receiver(f"o{body.id}", local_name(body), why) for body in bodies if body.id == suggested],
        "workers": [Receiver(f"p{worker.user_id}", worker.name) for worker in workers],
        "bodies": [
            Receiver(f"o{body.id}", local_name(body))
            for body in sorted(bodies, key=lambda body: (order[body.area_id], body.code))
            if body.id != suggested
        ],
    }
