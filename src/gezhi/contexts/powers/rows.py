"""The row of a power at a street as lists, live events and the API show it."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.db.models import F

from gezhi.contexts.areas.queries import name_of
from gezhi.contexts.powers.models import Holding
from gezhi.platform.steps.rows import Rows


class HoldingRow(TypedDict):
    """A power at a street in a list. Instants are aware UTC. Who asked for what is in its history, for those who may see it."""

    id: int
    number: str
    version: int
    status: str
    power_id: int
    power_code: str
    power_name: str
    power_name_en: str
    class_prefix: str
    legal_basis: str
    city_id: int | None
    district_id: int | None
    street_id: int | None
    street_name: str | None
    valid_from: datetime | None
    valid_to: datetime | None
    basis: str
    changed_at: datetime


ROWS = Rows(
    Holding,
    HoldingRow,
    {
        "power_code": F("power__code"),
        "power_name": F("power__name"),
        "power_name_en": F("power__name_en"),
        "class_prefix": F("power__class_prefix"),
        "legal_basis": F("power__legal_basis"),
        "street_name": F("street__name"),
    },
)


def row_of(holding: Holding) -> HoldingRow:
    """The same row made of a power at hand."""
    power = holding.power
    return ROWS.of(
        holding,
        power_code=power.code,
        power_name=power.name,
        power_name_en=power.name_en,
        class_prefix=power.class_prefix,
        legal_basis=power.legal_basis,
        street_name=name_of(holding.street_id),
    )
