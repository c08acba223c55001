"""What the forms of a case's page ask for: people, bodies, classes, places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.queries import (
    CasePage,
    CaseRow,
    Colleague,
    Route,
    bodies_for,
    class_table,
    colleagues_for,
    duty_line,
    routed_today,
    suggest_classes,
    usual_receivers,
    workers_for,
)
from gezhi.contexts.organisations.queries import OrganisationRow, organisations_by_id
from gezhi.contexts.workforce.queries import WorkerRow
from gezhi.interfaces.web.casework.offers import Offer
from gezhi.interfaces.web.views.maps import place_lists
from gezhi.interfaces.web.words import ORGANISATION_KIND, URGENCY, VERIFIED, limit_words, local_name, other_name
from gezhi.kernel.clock import now
from gezhi.platform.access.actor import Actor

_MAX_PEOPLE, _MOST_USUAL, _MANY = 30, 3, 3
_ROUTED_BY = {"class_code", "city_id", "district_id", "street_id", "community_id", "grid_id"}
# What is asked for most, beyond a limit; the API takes any.
_MORE_TIME = ("4WH", "1WD", "2WD", "3WD", "5WD", "10WD", "15WD")


@dataclass(frozen=True, slots=True)
class Receiver:
    """Someone who can be given the case. ``value`` is what the form sends; ``also``: the name in the other language, by which they
    are found as well; ``group``: the words of their kind, where there are many of it."""

    value: str
    name: str
    hint: str = ""
    also: str = ""
    group: str = ""


def fields_of(actor: Actor, page: CasePage, offers: Collection[Offer]) -> dict[str, Any]:
    """What the forms of these actions show."""
    case, asked = page.case, {offer.action for offer in offers}
    context: dict[str, Any] = {}
    workers = workers_for(case["id"], now=now(), limit=_MAX_PEOPLE) if asked & _TO_WORKERS else []
    if Action.DISPATCH in asked:
        route = routed_today(case, condition=page.details.condition)
        context["receivers"] = _receivers(case, workers, _why_suggested(page))
        context["together"] = _together(page, route)
        context["powers_lost"] = () if route.passed_over is None or route.standing is None else route.standing.lost
        context["proposed"] = _is_proposed(page)
    if asked & {Action.CALL, Action.RETURN}:
        context["called"] = _to_call(case)
    if asked & {Action.CALL, Action.ASK_EXTENSION}:
        context["more_time"] = [(limit, limit_words(limit)) for limit in _MORE_TIME]
    if Action.VERIFY in asked:
        context["findings"] = list(VERIFIED.items())
    if Action.ASK_VERIFICATION in asked:
        context["verifiers"] = workers
    if Action.CORRECT in asked:
        context |= {
            "suggested_classes": suggest_classes(page.description),
            "class_table": class_table(),
            "urgencies": list(reversed(URGENCY.items())),
            **place_lists(None, None, None),
        }
    return context


_TO_WORKERS = {Action.DISPATCH, Action.ASK_VERIFICATION}


def colleagues_of(actor: Actor, page: CasePage) -> dict[str, list[Colleague]]:
    """To whom the actor can hand the case on, the department's own people before the workers of the place; nobody where that is
    not theirs to do."""
    if Action.HAND_ON not in page.actions:
        return {}
    found = colleagues_for(actor, page.case["id"], now=now(), limit=_MAX_PEOPLE)
    groups = {
        gettext("Officers of the department"): [one for one in found if one.officer],
        gettext("Local grid workers"): [one for one in found if not one.officer],
    }
    return {words: people for words, people in groups.items() if people}


def _is_proposed(page: CasePage) -> bool:
    """Whether the body that is suggested was named by whoever returned the case, and not by the duty table."""
    said = (step.action for step in reversed(page.history) if "suggested_organisation_id" in step.changes)
    return next(said, "") == Action.RETURN


def _why_suggested(page: CasePage) -> str:
    """The routing of the report wrote down which row decided: ``duty row 12: …``. That of a correction writes nothing."""
    if _is_proposed(page):
        return gettext("Proposed by whoever returned it")
    routed_anew = any(step.action == Action.CORRECT and step.changes.keys() & _ROUTED_BY for step in page.history)
    row = None if routed_anew else duty_line(page.routing_reason)
    if row is None:
        return ""
    if row.line is None:
        return gettext("Suggested by an earlier version of the duty table")
    return gettext("Suggested by line %(line)s of the duty table") % {"line": row.line}


def _together(page: CasePage, route: Route) -> list[Receiver]:
    """The bodies that the duty table proposes to call in along with the dispatch: those that have no open part yet."""
    if page.details.parent:
        return []
    there = {part.organisation_id for part in page.details.parts if CaseStatus(part.status).is_open}
    bodies = organisations_by_id(key for key, _name in route.together if key not in there)
    return [Receiver(f"{key}", local_name(bodies[key])) for key, _name in route.together if key in bodies]


def _to_call(case: CaseRow) -> list[Receiver]:
    """The bodies that can be called in, or have it instead: all but the one that has it."""
    return in_groups([body for body in bodies_for([case["id"]], now=now()) if body.id != case["organisation_id"]])


def _receivers(case: CaseRow, workers: list[WorkerRow], why: str) -> dict[str, list[Receiver]]:
    """Who can get the case: the body that the duty table names, those that get most of its kind here, the workers of the place,
    the other bodies that can have it, those with a seat near by first."""
    around = (case["street_id"], case["grid_id"], case["community_id"], case["district_id"], case["city_id"])
    order = {area_id: rank for rank, area_id in enumerate(around) if area_id}
    able = bodies_for([case["id"]], now=now())
    bodies = sorted(able, key=lambda body: (order.get(body.area_id, len(around)), body.code))
    suggested = [body for body in bodies if body.id == case["suggested_organisation_id"]]
    others = [body for body in bodies if body not in suggested]
    counts = {} if case["street_id"] is None else usual_receivers(case["street_id"], case["class_code"])
    usual = sorted((body for body in others if counts.get(body.id)), key=lambda body: -counts[body.id])[:_MOST_USUAL]
    return {
        "suggested": [_of_body(body, why) for body in suggested],
        "usual": [_of_body(body, _lately(counts[body.id])) for body in usual],
        "workers": [Receiver(f"p{worker.user_id}", worker.name) for worker in workers],
        "bodies": in_groups([body for body in others if body not in usual], prefix="o"),
    }


def in_groups(bodies: Sequence[OrganisationRow], *, prefix: str = "") -> list[Receiver]:
    """Bodies to choose from: in their order those of which there are one or two of a kind, then the others under the words of their
    kind, so that eight law firms do not stand between one department and the next. ``prefix``: of their values."""
    counts = Counter(body.kind for body in bodies)
    rank = {kind: place for place, kind in enumerate(counts)}
    many = {kind for kind, count in counts.items() if count >= _MANY}
    return [
        Receiver(
            f"{prefix}{body.id}",
            local_name(body),
            also=other_name(body),
            group=str(ORGANISATION_KIND.get(body.kind, body.kind)) if body.kind in many else "",
        )
        for body in sorted(bodies, key=lambda body: rank[body.kind] + 1 if body.kind in many else 0)
    ]


def _of_body(body: OrganisationRow, hint: str = "") -> Receiver:
    return Receiver(f"o{body.id}", local_name(body), hint, other_name(body))


def _lately(count: int) -> str:
    return ngettext("%(count)s of this kind lately", "%(count)s of this kind lately", count) % {"count": count}
