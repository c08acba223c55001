"""Put a version of the duty table in force, at once or from an instant ahead."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from importlib.resources import files

from django.db import transaction

from gezhi.contexts.areas.queries import root
from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.duty_table import DutyRow, faults_of_duties
from gezhi.contexts.cases.domain.effective import require_likely
from gezhi.contexts.cases.in_force import DUTY_VERSIONS
from gezhi.contexts.cases.models import DutyRule, DutyTable
from gezhi.contexts.cases.models.duty import as_columns
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.formalism import refuse_formalism
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record
from gezhi.platform.dated_versions import begins

__all__ = ["DutyRow", "install_duties", "put_due_duties_in_force", "shipped_duties", "withdraw_duties"]


def shipped_duties() -> list[DutyRow]:
    """The duty table that ships: which kind of body usually has which class. A starting point that a city edits."""
    text = (files("gezhi.contexts.cases") / "data" / "duties.csv").read_text("utf-8")
    header, *rows = csv.reader(text.splitlines())
    return [DutyRow(**dict(zip(header, row, strict=True))) for row in rows]  # type: ignore[arg-type]


def install_duties(
    *, actor: Actor, name: str, rows: Iterable[DutyRow], now: datetime, effective_from: datetime | None = None
) -> DutyTable:
    """Install a new version; the one before stays on record, and cases routed by it keep what they were told.

    It is in force at once, or waits where ``effective_from`` (aware) lies ahead. Raises ``InvalidInput`` naming the row at
    fault (``domain.duty_table.faults_of_duties``).
    """
    require_in(actor, "install_duties")
    if not name.strip():
        raise InvalidInput("field_missing", filled("'%(name)s' is missing", name="name"), field="name")
    refuse_formalism([name], field="name")
    require_likely(effective_from, now=now)
    table_rows = list(rows)
    city = root()
    if faults := faults_of_duties(table_rows, city_id=None if city is None else city.id):
        first = faults[0]
        row = (
            first.said
            if first.place is None
            else filled("row %(row)s: %(fault)s", row=first.place + 1, fault=first.said)
        )
        raise InvalidInput("bad_duty_table", row, field=first.field)
    waiting, start = begins(effective_from, now=now)
    with transaction.atomic():
        number = DUTY_VERSIONS.next_number()
        table = DutyTable.objects.create(
            number=number,
            name=name,
            waiting=waiting,
            effective_from=start,
        )
        rules = DutyRule.objects.bulk_create([DutyRule(table=table, **as_columns(asdict(row))) for row in table_rows])
        seal_new([table])
        seal_new(rules)
        if not waiting:
            DUTY_VERSIONS.put_in_force(table)
        record(
            actor=actor,
            action="cases.duties_installed",
            object_type="duty_table",
            object_id=table.pk,
            data={"number": number, "rows": len(table_rows), "effective_from": table.effective_from.isoformat()},
            now=now,
        )
    catalogue.forget()
    return table


def put_due_duties_in_force(*, actor: Actor, now: datetime) -> list[int]:
    """Put the versions in force whose time has come, in its order; returns their numbers."""
    require_in(actor, "put_tables_in_force")
    with transaction.atomic():
        return [table.number for table in DUTY_VERSIONS.put_due_in_force(actor=actor, now=now)]


def withdraw_duties(*, actor: Actor, number: int, now: datetime) -> None:
    """Take back a version that waits; it stays on record. Raises ``NotFound`` where none of this number waits."""
    require_in(actor, "install_duties")
    with transaction.atomic():
        DUTY_VERSIONS.take_back(number, actor=actor, now=now)
