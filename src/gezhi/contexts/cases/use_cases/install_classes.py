"""Put a generation of the class table in force."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from django.db import transaction

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.models import CaseClass, ClassScheme, FilingCondition
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.kernel.time_limits import parse_limit
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_changes, seal_new
from gezhi.platform.audit.record import record


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class as a table file gives it. ``limits``: the handling limit of each filing condition, in order.

    ``is_public``: a thing in the street, of which anybody may be told that it is open. ``is_fallback``: what a report gets
    when nobody could say what it is; one minor class of the table.
    """

    code: str
    name: str
    name_en: str
    is_extension: bool
    limits: tuple[str, ...]
    is_public: bool = False
    is_fallback: bool = False


def shipped_classes() -> list[ClassRow]:
    """The table that ships: the newer generation's classes as cities use them in 2026, with one city's limits, and
    service matters of community work. A starting point that a city edits, not a standard."""
    text = (files("gezhi.contexts.cases") / "data" / "classes.csv").read_text("utf-8")
    return [
        ClassRow(
            row["code"],
            row["name"],
            row["name_en"],
            row["extension"] == "1",
            tuple(row["limits"].split()),
            row["public"] == "1",
            row["fallback"] == "1",
        )
        for row in csv.DictReader(text.splitlines())
    ]


def install_classes(*, actor: Actor, code: str, name: str, rows: Iterable[ClassRow], now: datetime) -> ClassScheme:
    """Install a class scheme and put it in force; the one before stays on record.

    Raises ``InvalidInput`` naming the row at fault (unreadable limit, double code, minor without its major, no or
    more than one class for what nobody could class) and
    ``Conflict`` if the scheme's code is taken.
    """
    require_in(actor, "install_classes")
    table = list(rows)
    _check(table)
    fallback = _fallback(table)
    with transaction.atomic():
        if ClassScheme.objects.filter(code=code).exists():
            raise Conflict("scheme_exists", f"there is a class scheme '{code}' already; give the new one another code")
        in_force = ClassScheme.objects.filter(in_force=True)
        with seal_changes(in_force):
            in_force.update(in_force=False)
        scheme = ClassScheme.objects.create(
            code=code,
            name=name,
            in_force=True,
            effective_from=now,
            fallback_class=fallback,
        )
        classes = CaseClass.objects.bulk_create(
            [
                CaseClass(
                    scheme=scheme,
                    code=row.code,
                    name=row.name,
                    name_en=row.name_en,
                    is_extension=row.is_extension,
                    is_public=row.is_public,
                )
                for row in table
            ]
        )
        conditions = FilingCondition.objects.bulk_create(
            [
                FilingCondition(case_class=case_class, ordinal=ordinal, limit=limit)
                for case_class, row in zip(classes, table, strict=True)
                for ordinal, limit in enumerate(row.limits, start=1)
            ]
        )
        for rows_made in ([scheme], classes, conditions):
            seal_new(rows_made)
        record(
            actor=actor,
            action="cases.classes_installed",
            object_type="class_scheme",
            object_id=scheme.pk,
            data={"code": code, "classes": len(table)},
            now=now,
        )
    catalogue.forget()
    return scheme


def _check(table: list[ClassRow]) -> None:
    codes = {row.code for row in table}
    if len(codes) != len(table):
        raise InvalidInput("double_code", "a class code stands twice in the table", field="code")
    for number, row in enumerate(table, start=1):
        if len(row.code) > 3 and row.code[:3] not in codes:
            raise InvalidInput(
                "major_missing", f"row {number}: class {row.code} has no major class {row.code[:3]}", field="code"
            )
        for limit in row.limits:
            try:
                parse_limit(limit)
            except ValueError as error:
                raise InvalidInput("bad_limit", f"row {number}, class {row.code}: {error}", field="limits") from error


def _fallback(table: list[ClassRow]) -> str:
    """The class of what nobody could class: the row that says so, or the code that files of earlier releases rely on."""
    minors = [row for row in table if len(row.code) > 3]
    marked = [row.code for row in minors if row.is_fallback]
    if not marked:
        marked = [row.code for row in minors if row.code == ClassScheme._meta.get_field("fallback_class").get_default()]
    if len(marked) != 1:
        raise InvalidInput(
            "fallback_class",
            "mark one minor class as what a report gets when nobody could say what it is: 1 in the column 'fallback'",
            field="fallback",
        )
    return marked[0]
