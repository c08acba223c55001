"""Put another table of times in force, at once or from an instant ahead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.formalism import refuse_formalism
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record
from gezhi.platform.dated_versions import begins
from gezhi.platform.retention.in_force import RETENTION_VERSIONS, days_in_force
from gezhi.platform.retention.models import RetentionTable
from gezhi.platform.retention.retained import RETAINED

VERB = "install_retention"
MAX_NAME = 100


def checked_days(days: Mapping[str, int]) -> dict[str, int]:
    """The times in force with these changes. Raises ``InvalidInput`` naming what cannot be kept so long, or where nothing
    changes."""
    before = days_in_force()
    for name, count in days.items():
        kept = RETAINED.get(name)
        if kept is None or not kept.chosen_by_city:
            raise InvalidInput("unknown_retention", filled("nothing is kept as '%(name)s'", name=name), field=name)
        if not kept.least <= count <= kept.most:
            said = filled("from %(least)s to %(most)s days", least=kept.least, most=kept.most)
            raise InvalidInput("retention_out_of_bounds", said, field=name)
    after = before | dict(days)
    if after == before:
        raise InvalidInput("nothing_to_change", "the times in force say just that")
    return after


def install_retention(
    *, actor: Actor, name: str, days: Mapping[str, int], now: datetime, effective_from: datetime | None = None
) -> int:
    """Install a new version: the times in force with these changes; its number. It waits where ``effective_from`` lies ahead.

    Raises ``NotAllowed`` for anyone but a system administrator, what ``checked_days`` raises, ``InvalidInput`` for no name.
    """
    require_in(actor, VERB)
    if not 0 < len(name.strip()) <= MAX_NAME:
        raise InvalidInput("field_missing", filled("'%(name)s' is missing", name="name"), field="name")
    refuse_formalism([name], field="name")
    after = checked_days(days)
    waiting, start = begins(effective_from, now=now)
    with transaction.atomic():
        table = RetentionTable.objects.create(
            number=RETENTION_VERSIONS.next_number(),
            name=name.strip(),
            waiting=waiting,
            effective_from=start,
            days=after,
        )
        seal_new([table])
        if not waiting:
            RETENTION_VERSIONS.put_in_force(table)
        record(
            actor=actor,
            action="retention.table_installed",
            object_type="retention_table",
            object_id=table.pk,
            data={"number": table.number, "changes": dict(days), "effective_from": start.isoformat()},
            now=now,
        )
    RETENTION_VERSIONS.forget()
    return table.number


def put_due_retention_in_force(*, actor: Actor, now: datetime) -> list[int]:
    """Put the versions in force whose time has come, in its order; their numbers."""
    require_in(actor, "put_retention_in_force")
    with transaction.atomic():
        return [one.number for one in RETENTION_VERSIONS.put_due_in_force(actor=actor, now=now)]


def withdraw_retention(*, actor: Actor, number: int, now: datetime) -> None:
    """Take back a version that waits; it stays on record. Raises ``NotFound`` where none of this number waits."""
    require_in(actor, VERB)
    with transaction.atomic():
        RETENTION_VERSIONS.take_back(number, actor=actor, now=now)
