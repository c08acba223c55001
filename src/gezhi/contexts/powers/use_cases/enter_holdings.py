"""Enter the items of the register at the streets to which they were delegated: where the life of a power at a street begins.

It begins in the status that the register has for the item, so that a register from before streets were told apart loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import AreaRow, ancestors_of, areas_of_level
from gezhi.contexts.powers.domain.states import HELD, PowerStatus
from gezhi.contexts.powers.domain.transitions import Action
from gezhi.contexts.powers.events import powers_entered
from gezhi.contexts.powers.evidence import ENTERED
from gezhi.contexts.powers.kind import HOLDING, chain_of
from gezhi.contexts.powers.models import Holding, HoldingStep, Power
from gezhi.contexts.powers.queries.standing import register_in_memory
from gezhi.kernel.fold import Columns
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.chain import append
from gezhi.platform.audit.record import record
from gezhi.platform.bulk import insert_rows, keys_of
from gezhi.platform.steps.perform import Moment, columns_at_first, history_row
from gezhi.platform.steps.topics import touched_by

_BATCH = 1_000


def number_of(power_id: int, street_id: int) -> str:
    """How a power at a street is called: codes of items may hold anything, codes of areas come again."""
    return f"{power_id}-{street_id}"


def first_instant(day: date) -> datetime:
    """The instant at which a day of the city begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def enter_holdings(*, actor: Actor, now: datetime) -> int:
    """Enter what is not there yet: new items, and new streets; returns how many. Safe to repeat.

    Raises ``NotAllowed`` unless the actor administers the city.
    """
    require_in(actor, "register_powers")
    with transaction.atomic():
        # Whoever enters at the same time waits here, and then finds what was entered.
        items = list(Power.objects.select_for_update().filter(level=AreaLevel.STREET.value).order_by("pk"))
        opened = [row for batch in _batches(_missing(items, now)) for row in _write(actor, batch, now)]
        if opened:
            record(
                actor=actor,
                action="powers.entered",
                object_type="power",
                object_id="",
                data={"count": len(opened)},
                now=now,
            )
            powers_entered(rows=len(opened), touched=touched_by(HOLDING.live, opened), now=now)
    register_in_memory.forget()
    return len(opened)


def _missing(items: Sequence[Power], now: datetime) -> Iterator[Columns]:
    there = set(Holding.objects.values_list("power_id", "street_id"))
    streets = areas_of_level(AreaLevel.STREET)
    for item in items:
        for street in streets:
            if (item.pk, street.id) not in there:
                yield _columns(item, street, now)


def _columns(item: Power, street: AreaRow, now: datetime) -> Columns:
    above = ancestors_of(street.id)
    status = PowerStatus(item.status)
    begun = None if status is PowerStatus.DELEGATED else first_instant(item.valid_from)
    end = None if item.valid_to is None else first_instant(item.valid_to + timedelta(days=1))
    # When one went back is not on record where the register does not say so: by now it has.
    gone = None if begun is None else max(begun, end or now)
    return {
        "status": status.value,
        "power_id": item.pk,
        "city_id": above.city_id,
        "district_id": above.district_id,
        "street_id": street.id,
        "valid_from": begun,
        "valid_to": end if status in HELD else gone,
        "changed_at": now,
    }


def _batches(rows: Iterator[Columns]) -> Iterator[list[Columns]]:
    batch: list[Columns] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _write(actor: Actor, opened: list[Columns], now: datetime) -> list[Columns]:
    """Insert powers at streets with the first row of the history of each."""
    numbers = [number_of(row["power_id"], row["street_id"]) for row in opened]
    insert_rows(Holding, ({"number": number, **row} for number, row in zip(numbers, opened, strict=True)))
    ids = keys_of(Holding, "number", numbers)
    chains: dict[str, list[Columns]] = {}
    for number, row in zip(numbers, opened, strict=True):
        chains.setdefault(chain_of(row["district_id"]), []).append(
            history_row(
                HOLDING,
                ids[number],
                version=1,
                action=Action.ENTER,
                changes=columns_at_first(HOLDING, row),
                at=Moment(now, actor, "", "system"),
                between=("", row["status"]),
                evidence=ENTERED.digest_of_new(ids[number], {"number": number}),
            )
        )
    # In the order of their names, so that two who write at once never wait for each other in a circle.
    for name in sorted(chains):
        append(name, HoldingStep, chains[name])
    return opened
