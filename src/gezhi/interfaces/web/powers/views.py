"""The powers of a street with what can be done with each, and for the city what waits for its word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from gezhi.contexts.areas.queries import area
from gezhi.contexts.powers.domain.states import WAITING, PowerStatus
from gezhi.contexts.powers.queries import (
    HOLDINGS,
    HoldingFilters,
    counts_by_status,
    holding_page,
    steps_of,
    words_of_last_steps,
)
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.filter_words import filter_words
from gezhi.interfaces.web.powers.told import areas_of, happened, told
from gezhi.interfaces.web.words import POWER_STATUS, ROLE, in_language, local_name
from gezhi.kernel.clock import now
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor

PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Choice:
    """A part of the list: its name, how many are in it, the address."""

    word: str | Promise
    count: int
    address: str
    chosen: bool


def called(actor: Actor, number: str) -> str:
    """A power at a street, as people call it. Raises ``NotFound``."""
    row = holding_page(actor, number).row
    return f"{in_language(row['power_name'], row['power_name_en'])} · {local_name(area(row['street_id'] or 0))}"


@require_safe
@made_for("powers")
def page(request: HttpRequest) -> HttpResponse:
    """The list: for those who answer, what waits for an answer comes first. Raises ``InvalidInput`` for a filter that is none."""
    actor, moment = actor_in(request), now()
    filters = HOLDINGS.filters_from(request.GET, actor=actor, now=moment)
    answers = bool(actor.holds(Role.OPERATIONS))
    if answers and not (request.GET.keys() - {"cursor"}):
        # What waits comes first; where nothing does, an empty list would say nothing of what there is.
        first = replace(filters, waiting=True)
        filters = first if HOLDINGS.count(actor, first) else filters
    sort = "oldest" if filters.waiting else "newest"
    found = HOLDINGS.page(actor, filters=filters, sort=sort, cursor=request.GET.get("cursor"), limit=PER_PAGE)
    reasons = words_of_last_steps([row for row in found.rows if row["status"] in WAITING])
    steps, areas = steps_of(actor, found.rows), areas_of(found.rows)
    addresses = _Addresses(actor, filters)
    context: dict[str, Any] = {
        "powers": [
            told(row, areas=areas, now=moment, reason=reasons.get(row["id"], ""), actions=steps.get(row["id"], ()))
            for row in found.rows
        ],
        "choices": addresses.choices(),
        "all_address": addresses.of(HOLDINGS.without(filters, ("statuses", "waiting"))),
        "all_chosen": not filters.statuses and not filters.waiting,
        "narrowed_by": filter_words(HOLDINGS, HOLDINGS.without(filters, ("statuses", "waiting", "text"))),
        "words": filters.text,
        "hidden": [pair for pair in addresses.pairs(filters) if pair[0] != "q"],
        "next": None if found.next_cursor is None else addresses.of(filters, cursor=found.next_cursor),
        "answers": answers,
    }
    return render(request, "web/powers/page.html", context)


@dataclass(frozen=True, slots=True)
class _Addresses:
    """The parts of the list beside the one that is shown."""

    actor: Actor
    filters: HoldingFilters

    def pairs(self, filters: HoldingFilters) -> list[tuple[str, str]]:
        """The parameters of an address; ``all`` says that nothing narrows by status, and is left out where something does."""
        found = HOLDINGS.pairs_of(filters, actor=self.actor, now=now())
        return found if filters.statuses or filters.waiting else [("all", "1"), *found]

    def of(self, filters: HoldingFilters, **more: str) -> str:
        """The address of a part."""
        return "?" + urlencode([*self.pairs(filters), *more.items()])

    def choices(self) -> list[Choice]:
        """What waits for the city, and each status that occurs; one query."""
        beside = HOLDINGS.without(self.filters, ("statuses", "waiting"))
        counts = counts_by_status(self.actor, beside)
        waiting = sum(counts.get(status, 0) for status in WAITING)
        found = [
            Choice(
                pgettext_lazy("filter", "Waiting for the city"),
                waiting,
                self.of(replace(beside, waiting=True)),
                self.filters.waiting,
            )
        ]
        for status in PowerStatus:
            narrowed = replace(beside, statuses=(status,))
            if counts.get(status):
                chosen = not self.filters.waiting and status in self.filters.statuses
                found.append(Choice(POWER_STATUS[status], counts[status], self.of(narrowed), chosen))
        return found


@require_safe
@made_for("powers")
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One power at a street: where it stands, what can be done with it, and all that happened. Raises ``NotFound``."""
    actor, moment = actor_in(request), now()
    found = holding_page(actor, number)
    context = {
        "one": told(found.row, areas=areas_of([found.row]), now=moment, actions=found.steps),
        "history": [
            happened(step, str(ROLE.get(step.actor_role, step.actor_role))) for step in reversed(found.history)
        ],
    }
    return render(request, "web/powers/one.html", context)
