"""The catalogue of delegated powers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from gezhi.contexts.cases.models import Power


def count_powers() -> int:
    """How many delegated powers are in the catalogue and in effect."""
    return Power.objects.filter(valid_to__isnull=True).count()


@dataclass(frozen=True, slots=True)
class PowerOfClass:
    """A delegated power that speaks of a class of matter."""

    code: str
    name: str
    name_en: str
    status: str
    legal_basis: str


MOST_POWERS = 50


def powers_of_class(class_code: str, *, on: date) -> list[PowerOfClass]:
    """The powers in effect on a day that speak of a class, of its major class or of a part of it; the first fifty."""
    prefixes = [class_code[:length] for length in range(1, len(class_code) + 1)]
    found = (
        Power.objects.filter(class_prefix__in=prefixes, valid_from__lte=on)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
        .order_by("code")
    )
    fields = ("code", "name", "name_en", "status", "legal_basis")
    return [PowerOfClass(*values) for values in found.values_list(*fields)[:MOST_POWERS]]


@dataclass(frozen=True, slots=True)
class ListedPower:
    """A delegated power as the register shows it. ``level``: to which level it was delegated; ``handle_limit`` may be empty."""

    code: str
    name: str
    name_en: str
    class_prefix: str
    original_kind: str
    level: str
    handle_limit: str
    legal_basis: str
    status: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PowersFound:
    """A page of the register. ``total``: how many the words find, ``by_status`` of them in each status; ``next_code``: after which
    code the next page begins, None at the end."""

    rows: list[ListedPower]
    total: int
    by_status: dict[str, int]
    next_code: str | None


PAGE_OF_POWERS = 30
_POWER_FIELDS = (
    "code",
    "name",
    "name_en",
    "class_prefix",
    "original_kind",
    "level",
    "handle_limit",
    "legal_basis",
    "status",
    "valid_from",
    "valid_to",
)


def find_powers(words: str = "", *, status: str = "", after: str = "") -> PowersFound:
    """The powers whose code, name, class or legal basis has each of these words, by code; of one status, and after a code, where
    wished. Three queries of a table of some hundred rows."""
    found = Power.objects.all()
    for word in words.split():
        found = found.filter(
            Q(code__icontains=word)
            | Q(name__icontains=word)
            | Q(name_en__icontains=word)
            | Q(legal_basis__icontains=word)
            | Q(class_prefix__istartswith=word)
        )
    counted = found.values_list("status").order_by().annotate(count=Count("pk"))
    by_status = dict(counted)
    chosen = found.filter(status=status) if status else found
    page = chosen.filter(code__gt=after).order_by("code").values_list(*_POWER_FIELDS)[: PAGE_OF_POWERS + 1]
    rows = [ListedPower(*values) for values in page]
    more = len(rows) > PAGE_OF_POWERS
    rows = rows[:PAGE_OF_POWERS]
    total = by_status.get(status, 0) if status else sum(by_status.values())
    return PowersFound(rows, total, by_status, rows[-1].code if more else None)
