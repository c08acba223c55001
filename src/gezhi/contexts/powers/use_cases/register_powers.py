"""Enter delegated powers in the catalogue, and at the streets to which they were delegated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from gezhi.contexts.powers.models import Power
from gezhi.contexts.powers.use_cases.enter_holdings import enter_holdings
from gezhi.kernel.errors import Conflict
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record


@dataclass(frozen=True, slots=True)
class PowerRow:
    """A delegated power: see the model."""

    code: str
    name: str
    original_kind: str
    level: str
    valid_from: date
    name_en: str = ""
    class_prefix: str = ""
    handle_limit: str = ""
    legal_basis: str = ""
    status: str = Power.Status.DELEGATED


def register_powers(*, actor: Actor, rows: Iterable[PowerRow], now: datetime) -> int:
    """Enter powers, all or none; returns how many. Raises ``Conflict`` if a code is on record already."""
    require_in(actor, "register_powers")
    powers = [Power(**asdict(row)) for row in rows]
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Power.objects.bulk_create(powers, batch_size=500)
        except IntegrityError as error:
            raise Conflict("power_exists", "one of these codes is in the catalogue already", field="code") from error
        seal_new(made)
        record(
            actor=actor,
            action="cases.powers_registered",
            object_type="power",
            object_id="",
            data={"count": len(powers)},
            now=now,
        )
        enter_holdings(actor=actor, now=now)
    return len(powers)
