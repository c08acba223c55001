"""The register of delegated powers (赋权事项), for anybody: what was delegated to which level, on which legal basis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.queries import class_name
from gezhi.contexts.powers.queries import (
    ListedPower,
    PlacedPower,
    Spread,
    find_powers,
    places_of,
    power_of,
    spread_of,
)
from gezhi.interfaces.web.words import (
    LEVEL,
    ORGANISATION_KIND,
    POWER_STATUS,
    day_of,
    english,
    limit_words,
    local_name,
)
from gezhi.kernel import clock
from gezhi.kernel.errors import NotFound
from gezhi.kernel.reading import MOST

MOST_WORDS, MOST_CODE = 80, 40


@dataclass(frozen=True, slots=True)
class Told:
    """A power in words. ``spread``: at how many streets it lies, None where it was delegated to another level; ``status``: then its
    word, and ``tone``: how strongly it is said."""

    power: ListedPower
    spread: Spread | None
    status: str | Promise
    tone: str
    kind: str | Promise
    level: str | Promise
    limit: str
    of_class: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A status to look at alone: its word, how many, the address."""

    word: str | Promise
    count: int
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a power stands, in words. ``first`` and ``last``: the days of its time, empty where it has none."""

    street: str
    district: str
    status: str | Promise
    tone: str
    first: str
    last: str
    basis: str


TONE = {
    "claimed": "good",
    "exercised": "good",
    "returned": "warn",
    "withdrawn": "warn",
    "asked": "active",
    "returning": "active",
}


@require_safe
def powers(request: HttpRequest) -> HttpResponse:
    """Search, statuses with their counts, a page of powers."""
    words = request.GET.get("q", "")[:MOST_WORDS].strip()
    asked = request.GET.get("status", "")
    status = asked if asked in POWER_STATUS else ""
    found = find_powers(words, status=status, after=request.GET.get("after", "")[:MOST_CODE])
    spread = spread_of([one.id for one in found.rows], now=clock.now())
    choices = [
        Choice(word, found.by_status.get(key, 0), _address(words, key), key == status)
        for key, word in POWER_STATUS.items()
        if found.by_status.get(key) or key == status
    ]
    context = {
        "words": words,
        "status": status,
        "found": found,
        "everything": found.everything,
        "all_address": _address(words, ""),
        "choices": choices,
        "powers": [_told(power, spread.get(power.id)) for power in found.rows],
        "next": None if found.next_code is None else _address(words, status, found.next_code),
    }
    return render(request, "web/resident/powers.html", context)


@require_safe
def power(request: HttpRequest, power_id: int) -> HttpResponse:
    """One item: what it is, and at which streets it lies, since when and on which basis. Raises ``NotFound``."""
    found = power_of(power_id) if power_id <= MOST else None
    if found is None:
        raise NotFound("no_power", f"there is no delegated power {power_id}")
    places = places_of(power_id)
    spread = spread_of([power_id], now=clock.now()).get(power_id)
    context = {"one": _told(found, spread), "places": [_placed(place) for place in places]}
    return render(request, "web/resident/power.html", context)


def _placed(place: PlacedPower) -> Placed:
    return Placed(
        local_name(place.street),
        local_name(place.district),
        POWER_STATUS[place.status],
        TONE.get(place.status, "plain"),
        first_day(place.valid_from),
        last_day(place.valid_to),
        place.basis,
    )


def first_day(start: datetime | None) -> str:
    """The first day of a time in words; empty where it has no beginning."""
    return "" if start is None else day_of(timezone.localdate(start), english=english())


def last_day(end: datetime | None) -> str:
    """The last day of a half-open time in words; empty where it has no end."""
    return "" if end is None else day_of(timezone.localdate(end - timedelta(microseconds=1)), english=english())


def _address(words: str, status: str, after: str = "") -> str:
    told = {"q": words, "status": status, "after": after}
    return "?" + urlencode({name: value for name, value in told.items() if value})


def _told(power: ListedPower, spread: Spread | None) -> Told:
    return Told(
        power,
        spread,
        POWER_STATUS.get(power.status, power.status),
        TONE.get(power.status, "plain"),
        ORGANISATION_KIND.get(power.original_kind, power.original_kind),
        LEVEL.get(power.level, power.level),
        limit_words(power.handle_limit) if power.handle_limit else "",
        local_name(class_name(power.class_prefix)) if power.class_prefix else "",
    )
