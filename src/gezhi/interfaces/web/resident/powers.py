"""The register of delegated powers (赋权事项), for anybody: what was delegated to which level, on which legal basis."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.queries import ListedPower, class_name, find_powers
from gezhi.interfaces.web.words import LEVEL, ORGANISATION_KIND, POWER_STATUS, limit_words, local_name

MOST_WORDS, MOST_CODE = 80, 40


@dataclass(frozen=True, slots=True)
class Told:
    """A power in words. ``status``: its word; ``tone``: how strongly it is said."""

    power: ListedPower
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


_TONE = {"claimed": "good", "exercised": "good", "returned": "warn", "withdrawn": "warn"}


@require_safe
def powers(request: HttpRequest) -> HttpResponse:
    """Search, statuses with their counts, a page of powers."""
    words = request.GET.get("q", "")[:MOST_WORDS].strip()
    asked = request.GET.get("status", "")
    status = asked if asked in POWER_STATUS else ""
    found = find_powers(words, status=status, after=request.GET.get("after", "")[:MOST_CODE])
    everything = sum(found.by_status.values())
    choices = [
        Choice(word, found.by_status.get(key, 0), _address(words, key), key == status)
        for key, word in POWER_STATUS.items()
        if found.by_status.get(key) or key == status
    ]
    context = {
        "words": words,
        "status": status,
        "found": found,
        "everything": everything,
        "all_address": _address(words, ""),
        "choices": choices,
        "powers": [_told(power) for power in found.rows],
        "next": None if found.next_code is None else _address(words, status, found.next_code),
    }
    return render(request, "web/resident/powers.html", context)


def _address(words: str, status: str, after: str = "") -> str:
    told = {"q": words, "status": status, "after": after}
    return "?" + urlencode({name: value for name, value in told.items() if value})


def _told(power: ListedPower) -> Told:
    return Told(
        power,
        POWER_STATUS.get(power.status, power.status),
        _TONE.get(power.status, "plain"),
        ORGANISATION_KIND.get(power.original_kind, power.original_kind),
        LEVEL.get(power.level, power.level),
        limit_words(power.handle_limit) if power.handle_limit else "",
        local_name(class_name(power.class_prefix)) if power.class_prefix else "",
    )
