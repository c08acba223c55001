"""Powers that do not work where they lie: by item and street, with the cases behind each figure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.domain.failing import AT_LEAST, DAYS, FEW
from gezhi.contexts.cases.queries import Filters, Practice, powers_in_practice
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.casework.queues import HubAddresses
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.words import POWER_STATUS, date_words, local_name
from gezhi.kernel.clock import now

# What is further down is read by nobody; the figures of a street narrow it.
MOST_ROWS = 200
MOST_DAYS, MOST_CASES = 1_095, 1_000


class PeriodForm(PlainForm):
    """Over how many days, and from how many failing cases on."""

    days = forms.IntegerField(label=_("Days up to today"), min_value=1, max_value=MOST_DAYS)
    at_least = forms.IntegerField(label=_("From so many cases on"), min_value=1, max_value=MOST_CASES)


@dataclass(frozen=True, slots=True)
class Figure:
    """How many of the cases, and the query at which the hub shows them; empty of a nought."""

    count: int
    query: str


@dataclass(frozen=True, slots=True)
class Line:
    """A power at a street in words and figures. ``share``: of its cases, the part that failed, 0 to 1; None where it had none."""

    practice: Practice
    street: str
    status: str | Promise
    gave_up: bool
    cases: Figure
    failed: Figure
    returned: Figure
    timed_out: Figure
    reworked: Figure
    share: float | None

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures in the order of the columns; the share stands after the second."""
        return (self.failed, self.cases, self.returned, self.timed_out, self.reworked)


@require_safe
@made_for("powers")
def page(request: HttpRequest) -> HttpResponse:
    """The list, the worst first; what streets gave back or want to give back without so many failing cases comes after it."""
    asked = {"days": request.GET.get("days", DAYS), "at_least": request.GET.get("at_least", AT_LEAST)}
    form = PeriodForm(asked)
    context: dict[str, Any] = {"form": form, "few": FEW}
    if form.is_valid():
        actor, moment = actor_in(request), now()
        days, at_least = form.cleaned_data["days"], form.cleaned_data["at_least"]
        since = _midnight(moment, days)
        found = powers_in_practice(actor, since=since, until=moment, now=moment, at_least=at_least)
        lines = _Lines(since, moment, HubAddresses(actor, moment))
        failing = [one for one in found if one.tally.failed >= at_least]
        given_up = [one for one in found if one.tally.failed < at_least]
        context |= {
            "failing": [lines.line(one) for one in failing[:MOST_ROWS]],
            "given_up": [lines.line(one) for one in given_up[:MOST_ROWS]],
            "more": max(len(failing), len(given_up)) > MOST_ROWS,
            "most": MOST_ROWS,
            "since": date_words(since),
            "at_least": at_least,
        }
    return render(request, "web/powers/failing.html", context, status=422 if form.errors else 200)


def _midnight(moment: datetime, days: int) -> datetime:
    """The beginning of the first of so many days, of which today is the last."""
    first = timezone.localtime(moment) - timedelta(days=days - 1)
    return first.replace(hour=0, minute=0, second=0, microsecond=0)


class _Lines:
    """Makes the lines; what is the same for all of them is worked out once."""

    def __init__(self, since: datetime, moment: datetime, to_hub: HubAddresses) -> None:
        self._moment, self._to_hub = moment, to_hub
        self._all = Filters(reported_from=since, of_street_body=True)

    def line(self, one: Practice) -> Line:
        """One power at a street."""
        power, tally = one.power, one.tally
        here = replace(self._all, area=("street", power.street_id), class_prefix=power.class_prefix)

        def figure(count: int, filters: Filters) -> Figure:
            return Figure(count, self._to_hub.query(filters) if count else "")

        return Line(
            one,
            local_name(one.street),
            POWER_STATUS[power.status],
            power.gave_up,
            figure(tally.cases, here),
            figure(tally.failed, replace(here, failed_at=self._moment)),
            figure(tally.returned, replace(here, returned=True)),
            figure(tally.timed_out, replace(here, timed_out_at=self._moment)),
            figure(tally.reworked, replace(here, reworked=True)),
            tally.failed / tally.cases if tally.cases else None,
        )
