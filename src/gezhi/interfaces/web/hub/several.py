"""One step on several cases of the list: shown before, done case by case, told after.

Each case takes its step by itself, with its own history and in a transaction of its own: what is not possible for one does
not hold up the others, and is told with its reason.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.queries import CaseRow, bodies_for, cases_named, reminded_until
from gezhi.contexts.cases.use_cases import CASE, Command
from gezhi.contexts.organisations.queries import organisations_by_id
from gezhi.interfaces import problem
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in, cases_name
from gezhi.interfaces.web.casework.form_fields import Receiver, in_groups
from gezhi.interfaces.web.casework.listing import ListedCase, decorated
from gezhi.interfaces.web.hub.way_back import way_back
from gezhi.interfaces.web.partial import is_partial
from gezhi.interfaces.web.words import HAPPENED, local_name
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from gezhi.kernel.reading import row_id
from gezhi.platform.access.actor import Actor

# As many as a page of the list holds.
MOST = 50
# To whom the duty table names for each.
SUGGESTED = "suggested"
_STEPS = {"dispatch": Action.DISPATCH, "remind": Action.REMIND, "merge": Action.MERGE}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case that was chosen. ``suggested``: whom the duty table names, in words; empty: nobody. ``reminded_until``: it was
    reminded of lately, and may be again from then on; None: it may be now."""

    row: ListedCase
    suggested: str
    reminded_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one case. ``why``: the reason for which nothing was done; empty where it was."""

    number: str
    why: str


@require_http_methods(["GET", "HEAD", "POST"])
@made_for("hub")
def page(request: HttpRequest) -> HttpResponse:
    """The chosen cases and the steps that they can take together; the sent form takes one, and tells what became of each."""
    actor = actor_in(request)
    if request.method == "POST":
        return _act(request, actor)
    rows = list(cases_named(actor, request.GET.getlist("number")[:MOST]).values())
    return _render(request, _choice(rows))


def _choice(rows: list[CaseRow]) -> dict[str, object]:
    rows.sort(key=lambda row: row["reported_at"])
    bodies = organisations_by_id({row["suggested_organisation_id"] for row in rows if row["suggested_organisation_id"]})
    lately = reminded_until([row["id"] for row in rows], now=now())
    chosen = [
        Chosen(row, local_name(bodies.get(row["suggested_organisation_id"] or 0)), lately.get(row["id"]))
        for row in decorated(rows)
    ]
    # A report that nobody has yet has nobody to be reminded.
    in_hands = [one for one in chosen if _may(Action.REMIND, one.row) and one.row["status"] != CaseStatus.REPORTED]
    to_dispatch = [one for one in chosen if _may(Action.DISPATCH, one.row)]
    return {
        "chosen": chosen,
        "key": uuid4(),
        "to_dispatch": to_dispatch,
        "suggested": [one for one in to_dispatch if one.suggested],
        "receivers": _receivers([one.row for one in to_dispatch]),
        "to_remind": [one for one in in_hands if one.reminded_until is None],
        "reminded": [one for one in in_hands if one.reminded_until is not None],
        "to_merge": [one for one in chosen if _may(Action.MERGE, one.row)],
    }


def _may(action: Action, row: CaseRow) -> bool:
    """Whether the table knows the step where the case stands; whether this person may take it is asked when it is taken."""
    return CaseStatus(row["status"]) in TRANSITIONS[action].sources


def _receivers(rows: list[CaseRow]) -> list[Receiver]:
    """The bodies that can have each of these cases."""
    return in_groups(bodies_for([row["id"] for row in rows], now=now()))


def _act(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take the step on each case. Raises ``NotFound`` for a step that no form of ours sends."""
    post = request.POST
    action = _STEPS.get(post.get("step", ""))
    if action is None:
        raise NotFound("no_action", f"there is no action '{post.get('step', '')[:40]}' here")
    numbers = list(dict.fromkeys(post.getlist("number")))[:MOST]
    rows = cases_named(actor, numbers)
    main = post.get("into", "").strip()
    if action == Action.MERGE:
        if main not in rows:
            raise InvalidInput("merge_into_missing", "say with which report it goes: its number", field="into")
        rows.pop(main)
    done = [_one(actor, action, post, number, rows.get(number)) for number in numbers if number != main]
    good = [one for one in done if not one.why]
    words = ngettext("%(count)s case", "%(count)s cases", len(good)) % {"count": len(good)}
    context = {
        "happened": HAPPENED[action.value],
        "told": f"{HAPPENED[action.value]} · {words}",
        "good": good,
        "refused": [one for one in done if one.why],
        "again": urlencode([("number", one.number) for one in done if one.why]),
    }
    response = _render(request, context)
    response.headers["HX-Trigger"] = json.dumps({"gezhi:toast": {"words": context["told"]}})
    return response


def _one(actor: Actor, action: Action, post: QueryDict, number: str, row: CaseRow | None) -> Done:
    if row is None:
        return Done(number, _("It was passed on and is no longer in your list."))
    texts = {}
    if action == Action.DISPATCH:
        to = post.get("to", SUGGESTED)
        body = row["suggested_organisation_id"] if to == SUGGESTED else row_id(to)
        if body is None:
            return Done(number, _("The duty table names nobody for it: choose to whom it goes."))
        texts = {"organisation_id": str(body)}
    elif action == Action.MERGE:
        texts = {"into": post.get("into", "").strip()}
    command = Command(
        actor=actor,
        number=number,
        now=now(),
        expected_version=row_id(post.get(f"version-{number}", "")),
        key=f"{post.get('key', '')}-{number}" if post.get("key") else None,
        note=post.get("note", ""),
    )
    verb = CASE.verbs[action.value]
    try:
        verb.perform(command, verb.read({name: texts.get(name, "") for name in verb.names}))
    except (InvalidInput, Conflict, Unavailable, NotFound, NotAllowed) as error:
        return Done(number, str(problem.words(error)))
    return Done(number, "")


def _render(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    context |= {"way_back": way_back(request).query}
    context |= {"heading": cases_name(actor_in(request).roles), "most": MOST}
    return render(request, "web/hub/several.html" if is_partial(request) else "web/hub/several_page.html", context)
