"""Put a version of the duty table in force."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from django.db import transaction
from django.db.models import Max

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.models import DutyRule, DutyTable
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.time_limits import parse_limit
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_changes, seal_new
from gezhi.platform.audit.record import record

_LEVELS = frozenset({"city", "district", "street", "community", "grid"})


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty as a table file gives it: see ``domain.routing.Duty``."""

    class_prefix: str
    dispatch_limit: str
    check_limit: str
    organisation_kind: str = ""
    organisation_level: str = ""
    organisation_id: int | None = None
    area_id: int | None = None
    handle_limit: str = ""
    note: str = ""


def shipped_duties() -> list[DutyRow]:
    """The duty table that ships: which kind of body usually has which class. A starting point that a city edits."""
    text = (files("gezhi.contexts.cases") / "data" / "duties.csv").read_text("utf-8")
    header, *rows = csv.reader(text.splitlines())
    return [DutyRow(**dict(zip(header, row, strict=True))) for row in rows]  # type: ignore[arg-type]


def install_duties(*, actor: Actor, name: str, rows: Iterable[DutyRow], now: datetime) -> DutyTable:
    """Install a new version and put it in force. Cases routed by an older one keep what they were told.

    Raises ``InvalidInput`` naming the row at fault (no body, unknown level, unreadable limit).
    """
    require_in(actor, "install_duties")
    table_rows = list(rows)
    _check(table_rows)
    with transaction.atomic():
        number = (DutyTable.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        in_force = DutyTable.objects.filter(in_force=True)
        with seal_changes(in_force):
            in_force.update(in_force=False)
        table = DutyTable.objects.create(number=number, name=name, in_force=True, effective_from=now)
        rules = DutyRule.objects.bulk_create(
            [
                DutyRule(
                    table=table,
                    class_prefix=row.class_prefix,
                    area_id=row.area_id,
                    organisation_id=row.organisation_id,
                    organisation_kind=row.organisation_kind,
                    organisation_level=row.organisation_level,
                    dispatch_limit=row.dispatch_limit,
                    handle_limit=row.handle_limit,
                    check_limit=row.check_limit,
                    note=row.note,
                )
                for row in table_rows
            ]
        )
        seal_new([table])
        seal_new(rules)
        record(
            actor=actor,
            action="cases.duties_installed",
            object_type="duty_table",
            object_id=table.pk,
            data={"number": number, "rows": len(table_rows)},
            now=now,
        )
    catalogue.forget()
    return table


def _check(rows: list[DutyRow]) -> None:
    for number, row in enumerate(rows, start=1):
        if row.organisation_id is None:
            if not row.organisation_kind:
                raise InvalidInput("no_body", f"row {number} names no body", field="organisation_kind")
            if row.organisation_level not in _LEVELS:
                raise InvalidInput(
                    "unknown_level", f"row {number}: no level '{row.organisation_level}'", field="organisation_level"
                )
        for name in ("dispatch_limit", "check_limit", "handle_limit"):
            text = getattr(row, name)
            if not text and name == "handle_limit":
                continue
            try:
                parse_limit(text)
            except ValueError as error:
                raise InvalidInput("bad_limit", f"row {number}: {error}", field=name) from error
