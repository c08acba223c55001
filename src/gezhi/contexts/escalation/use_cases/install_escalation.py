"""Put a version of the rules of reminding and escalation in force, at once or from an instant ahead."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from importlib.resources import files

from django.db import transaction

from gezhi.contexts.areas.queries import root
from gezhi.contexts.cases.domain.effective import require_likely
from gezhi.contexts.escalation.domain.rules import RuleRow, faults_of_rules
from gezhi.contexts.escalation.in_force import ESCALATION_VERSIONS
from gezhi.contexts.escalation.models import EscalationRule, EscalationTable
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.formalism import refuse_formalism
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record
from gezhi.platform.dated_versions import begins


def shipped_rules() -> list[RuleRow]:
    """The rules that ship: configuration to start with, which a city edits; no standard gives them."""
    text = (files("gezhi.contexts.escalation") / "data" / "rules.csv").read_text("utf-8")
    return [
        RuleRow(**{**row, "condition": int(row["condition"]) if row["condition"] else None})  # type: ignore[arg-type]
        for row in csv.DictReader(text.splitlines())
    ]


def install_escalation(
    *, actor: Actor, name: str, rows: Iterable[RuleRow], now: datetime, effective_from: datetime | None = None
) -> EscalationTable:
    """Install a new version; the one before stays on record, and what it spoke of is not spoken of again where the new one says the
    same.

    It is in force at once, or waits where ``effective_from`` (aware) lies ahead. Raises ``InvalidInput`` naming the row at fault
    (``domain.rules.faults_of_rules``).
    """
    require_in(actor, "install_escalation")
    if not name.strip():
        raise InvalidInput("field_missing", filled("'%(name)s' is missing", name="name"), field="name")
    require_likely(effective_from, now=now)
    refuse_formalism([name], field="name")
    table_rows = list(rows)
    city = root()
    for fault in faults_of_rules(table_rows, city_id=None if city is None else city.id):
        said = fault.said
        if fault.place is not None:
            said = filled("row %(row)s: %(fault)s", row=fault.place + 1, fault=fault.said)
        raise InvalidInput("bad_escalation_table", said, field=fault.field)
    waiting, start = begins(effective_from, now=now)
    with transaction.atomic():
        number = ESCALATION_VERSIONS.next_number()
        table = EscalationTable.objects.create(number=number, name=name.strip(), waiting=waiting, effective_from=start)
        rules = [EscalationRule(table=table, line=line, **asdict(row)) for line, row in enumerate(table_rows, start=1)]
        seal_new([table])
        seal_new(EscalationRule.objects.bulk_create(rules))
        if not waiting:
            ESCALATION_VERSIONS.put_in_force(table)
        record(
            actor=actor,
            action="escalation.rules_installed",
            object_type="escalation_table",
            object_id=table.pk,
            data={"number": number, "rows": len(table_rows), "effective_from": table.effective_from.isoformat()},
            now=now,
        )
    return table


def install_shipped_rules(*, actor: Actor, now: datetime) -> bool:
    """Install the rules that ship where there never were any; whether that was so."""
    require_in(actor, "install_escalation")
    if EscalationTable.objects.exists():
        return False
    install_escalation(actor=actor, name="随软件提供的督办规则", rows=shipped_rules(), now=now)
    return True


def put_due_escalation_in_force(*, actor: Actor, now: datetime) -> list[int]:
    """Put the versions in force whose time has come, in its order; returns their numbers."""
    require_in(actor, "put_escalation_in_force")
    with transaction.atomic():
        return [table.number for table in ESCALATION_VERSIONS.put_due_in_force(actor=actor, now=now)]


def withdraw_escalation(*, actor: Actor, number: int, now: datetime) -> None:
    """Take back a version that waits; it stays on record. Raises ``NotFound`` where none of this number waits."""
    require_in(actor, "install_escalation")
    with transaction.atomic():
        ESCALATION_VERSIONS.take_back(number, actor=actor, now=now)
