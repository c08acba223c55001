"""The catalogue of delegated powers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

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
