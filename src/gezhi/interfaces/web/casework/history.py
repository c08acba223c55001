"""The history of a case in words: what happened, who did it, to whom it went, what a correction changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.queries import AreaName
from gezhi.contexts.cases.domain.reminding import SYSTEM
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.queries import CasePage, Part, bodies_named, class_name, states_of
from gezhi.contexts.escalation.queries import LABEL, Spoken, spoken_of_case
from gezhi.contexts.organisations.queries import OrganisationRow
from gezhi.contexts.workforce.queries import names_of_people
from gezhi.interfaces.web.notices.words import with_day
from gezhi.interfaces.web.views.maps import names_of
from gezhi.interfaces.web.words import HAPPENED, ROLE, URGENCY, english, limit_words, local_name
from gezhi.kernel.fold import Columns
from gezhi.platform.steps.history import HistoryStep

_AREAS = ("district_id", "street_id", "community_id", "grid_id")
_POINT = ("lon", "lat")
# Steps that give a case to somebody.
_GIVES = frozenset({Action.DISPATCH, Action.HAND_ON, Action.ASK_VERIFICATION})
Taken = list[tuple[HistoryStep, tuple[Columns, Columns]]]


@dataclass(frozen=True, slots=True)
class Corrected:
    """One thing that a correction changed, in words."""

    what: str | Promise
    old: str | Promise
    new: str | Promise


@dataclass(frozen=True, slots=True)
class Told:
    """A step in words.

    ``given_by``: who had the case before it went to somebody else; ``to``: who got it; ``limit``: how much more time;
    ``finding``: what a verification found; ``corrected``: what a correction changed.
    """

    at: datetime
    words: str | Promise
    who: str
    role: str | Promise
    given_by: str
    to: str
    outcome: str
    limit: str
    finding: str
    corrected: list[Corrected]
    note: str


def taken_in(page: CasePage) -> Taken:
    """The steps of a case, oldest first, each with what the history had made of the case before and after it."""
    return list(zip(page.history, states_of(page.history), strict=True))


def names_in(page: CasePage, taken: Taken) -> tuple[dict[int, OrganisationRow], dict[int, str]]:
    """The bodies that the case was given to, and the names of the people. No query, or a few for names that are not in
    memory."""
    states: list[Columns] = [after for step, (_before, after) in taken if step.action in _GIVES]
    states.append(page.case)
    bodies = bodies_named(state["organisation_id"] for state in states if state.get("organisation_id"))
    people = names_of_people(state["assignee_id"] for state in states if state.get("assignee_id"))
    return bodies, people


def told(
    taken: Taken,
    *,
    bodies: dict[int, OrganisationRow],
    people: dict[int, str],
    spoken: Mapping[int, list[Spoken]],
    parts: Sequence[Part] = (),
) -> list[Told]:
    """Newest first, with names for the ids that a step changed. ``spoken``: what the rules of reminding said, by version;
    ``parts``: with whom the steps that called somebody in began."""
    called = {part.called_at: local_name(part) for part in parts}
    places = _places_in(taken)
    return [
        Told(
            at=step.at,
            words=_happened(step),
            who=who_of(step),
            role=ROLE.get(step.actor_role, step.actor_role),
            given_by=receiver_in(before, bodies, people) if step.action in _GIVES else "",
            to=receiver_in(after, bodies, people) if step.action in _GIVES else called.get(step.at, ""),
            outcome=step.changes.get("outcome", ""),
            limit=_limit(step),
            finding=step.changes.get("verification", ""),
            corrected=_corrected(step, before, after, places) if step.action == Action.CORRECT else [],
            note="" if step.action == Action.REPORT else rule_words(spoken.get(step.version, ())) or step.note,
        )
        for step, (before, after) in reversed(taken)
    ]


def last_rating(page: CasePage) -> bool | None:
    """Whether the reporter said at last that it is solved, also of a case that was opened again for it; None: nothing was said."""
    said = (step.changes["rating_solved"] for step in reversed(page.history) if step.action == Action.RATE)
    return next(said, None)


def why_attention(taken: Taken) -> str | Promise:
    """What drew attention to a case that needs it: the last step before which it did not; empty where none is on record."""
    for step, (before, after) in reversed(taken):
        if after.get("needs_attention") and not before.get("needs_attention"):
            return _happened(step)
    return ""


def _limit(step: HistoryStep) -> str:
    """The time that was asked for, or granted."""
    limit = step.changes.get("extension") or step.changes.get("request_limit")
    return limit_words(limit) if limit else ""


_NOT_SOLVED = _("Rated by the reporter: not solved")


def _happened(step: HistoryStep) -> str | Promise:
    """The step in words; a dispatch of what somebody had already is a reassignment."""
    if step.action == Action.DISPATCH and step.from_status in {"dispatched", "handling"}:
        return _("Reassigned")
    if step.action == Action.RATE:
        words = _("Rated by the reporter: solved") if step.changes.get("rating_solved") else _NOT_SOLVED
        return f"{words} · {step.changes['rating_score']}/5" if step.changes.get("rating_score") else words
    return HAPPENED.get(step.action, step.action)


def rule_words(spoken: Sequence[Spoken]) -> str:
    """What rules said of a case, in the reader's language; empty where none did."""
    found = []
    for one in spoken:
        people = ngettext("%(count)s person told", "%(count)s people told", one.people) % {"count": one.people}
        words = gettext("By rule %(line)s of version %(table)s: %(words)s (%(people)s).")
        told = {"line": one.line, "table": one.table, "words": with_day(one.words), "people": people}
        found.append(words % told)
    return (" " if english() else "").join(found)


def spoken_in(page: CasePage) -> dict[int, list[Spoken]]:
    """What the rules said of a case, by version. A query, but for a case of which they said nothing."""
    if any(step.actor_role == SYSTEM and step.actor_label == LABEL for step in page.history):
        return spoken_of_case(page.case["id"])
    return {}


def who_of(step: HistoryStep) -> str:
    """The name beside the role. A program acts under ``program: name``: the name is for people, the program is not."""
    if step.actor_role == "resident":
        return ""
    if step.actor_role == "system":
        return step.actor_label.partition(": ")[2]
    # A shared account may carry the name of its role.
    return "" if step.actor_label == str(ROLE.get(step.actor_role, "")) else step.actor_label


def receiver_in(after: Columns, bodies: dict[int, OrganisationRow], people: dict[int, str]) -> str:
    """Who has the case after a dispatch: the body, the person, or both."""
    body = bodies.get(after.get("organisation_id") or 0)
    person = people.get(after.get("assignee_id") or 0, "")
    return " · ".join(part for part in (local_name(body), person) if part)


def holder_of(page: CasePage) -> str:
    """Who has the case now, a body, a person or both; empty: nobody. Three queries."""
    return receiver_in(page.case, *names_in(page, []))


def _places_in(taken: Taken) -> dict[int, AreaName]:
    """The areas that corrections moved the case out of and into; no query where none did."""
    states = [
        state
        for step, around in taken
        if step.action == Action.CORRECT and not step.changes.keys().isdisjoint(_AREAS)
        for state in around
    ]
    ids = {state[column] for state in states for column in _AREAS if state.get(column)}
    return areas.area_names(ids)


def _corrected(step: HistoryStep, before: Columns, after: Columns, places: dict[int, AreaName]) -> list[Corrected]:
    found: list[Corrected] = []
    if "class_code" in step.changes:
        old, new = (local_name(class_name(state.get("class_code", ""))) for state in (before, after))
        found.append(Corrected(_("Category"), old, new))
    if "urgency" in step.changes:
        was, now = (URGENCY.get(state.get("urgency", ""), "—") for state in (before, after))
        found.append(Corrected(_("Urgency"), was, now))
    if not step.changes.keys().isdisjoint(_AREAS):
        # What is above the first area that differs says nothing new.
        first = next(rank for rank, column in enumerate(_AREAS) if before.get(column) != after.get(column))
        old, new = (
            names_of([places[state[column]] for column in _AREAS[first:] if state.get(column) in places])
            for state in (before, after)
        )
        found.append(Corrected(_("Place"), old or _("not known more closely"), new or _("not known more closely")))
    elif not step.changes.keys().isdisjoint(_POINT):
        found.append(Corrected(_("Place"), "", _("moved on the map")))
    old, new = (state.get("address", "") for state in (before, after))
    if old != new:
        found.append(Corrected(_("Where exactly"), old or _("nothing said"), new or _("nothing said")))
    return found
