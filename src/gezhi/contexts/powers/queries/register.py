"""The catalogue of delegated powers, for anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gezhi.contexts.powers.models import Holding, Power


def count_powers() -> int:
    """How many delegated powers are in the catalogue and in effect."""
    return Power.objects.filter(valid_to__isnull=True).count()


@dataclass(frozen=True, slots=True)
class PowerOfClass:
    """A delegated power that speaks of a class of matter. ``status``: that of the register as a whole."""

    id: int
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
    fields = ("pk", "code", "name", "name_en", "status", "legal_basis")
    return [PowerOfClass(*values) for values in found.values_list(*fields)[:MOST_POWERS]]


@dataclass(frozen=True, slots=True)
class ListedPower:
    """A delegated power as the register shows it. ``level``: to which level it was delegated; ``handle_limit`` may be empty.
    ``status`` is that of the register as a whole; where it lies, say the powers at streets."""

    id: int
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
    """A page of the register. ``everything``: how many the words find, ``by_status`` of them stand so at some street (one item may
    stand differently at two), ``total`` of them in the status asked for; ``next_code``: after which code the next page begins,
    None at the end."""

    rows: list[ListedPower]
    everything: int
    total: int
    by_status: dict[str, int]
    next_code: str | None


PAGE_OF_POWERS = 30
_FIELDS = (
    "pk",
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
    wished. Four queries, however many there are."""
    found = _with_words(words)
    everything = found.count()
    by_status = _by_status(found)
    chosen = _standing(found, status) if status else found
    page = chosen.filter(code__gt=after).order_by("code").values_list(*_FIELDS)[: PAGE_OF_POWERS + 1]
    rows = [ListedPower(*values) for values in page]
    more = len(rows) > PAGE_OF_POWERS
    rows = rows[:PAGE_OF_POWERS]
    total = by_status.get(status, 0) if status else everything
    return PowersFound(rows, everything, total, by_status, rows[-1].code if more else None)


def power_of(power_id: int) -> ListedPower | None:
    """An item of the register by its key."""
    found = Power.objects.filter(pk=power_id).values_list(*_FIELDS).first()
    return None if found is None else ListedPower(*found)


def _with_words(words: str) -> QuerySet[Power]:
    found = Power.objects.all()
    for word in words.split():
        found = found.filter(
            Q(code__icontains=word)
            | Q(name__icontains=word)
            | Q(name_en__icontains=word)
            | Q(legal_basis__icontains=word)
            | Q(class_prefix__istartswith=word)
        )
    return found


def _somewhere() -> Exists:
    """Whether an item stands at some street."""
    return Exists(Holding.objects.filter(power=OuterRef("pk")))


def _standing(found: QuerySet[Power], status: str) -> QuerySet[Power]:
    """The items that stand so at a street; those that were delegated to another level stand as the register says."""
    there = Holding.objects.filter(power=OuterRef("pk"), status=status)
    return found.filter(Exists(there) | (~_somewhere() & Q(status=status)))


def _by_status(found: QuerySet[Power]) -> dict[str, int]:
    at_streets = (
        Holding.objects.filter(power__in=found)
        .values_list("status")
        .order_by()
        .annotate(n=Count("power", distinct=True))
    )
    elsewhere = found.filter(~_somewhere()).values_list("status").order_by().annotate(n=Count("pk"))
    counted: dict[str, int] = {}
    for status, count in [*at_streets, *elsewhere]:
        counted[status] = counted.get(status, 0) + count
    return counted
