"""The columns of a power at a street that its history decides."""

from __future__ import annotations

from gezhi.kernel.fold import Folded

FOLDED = Folded(
    values=("status", "power_id", "city_id", "district_id", "street_id", "basis", "asked_by_id"),
    instants=("valid_from", "valid_to", "changed_at"),
    defaults={"basis": ""},
)
