"""Put a version of the class table in force, at once or from an instant ahead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.class_table import (
    Attribute,
    AttributeKind,
    ClassRow,
    conditions_of,
    fallback_of,
    faults_of,
)
from gezhi.contexts.cases.domain.effective import require_likely
from gezhi.contexts.cases.domain.facts import chosen_in
from gezhi.contexts.cases.everyday import everyday_words, shipped
from gezhi.contexts.cases.in_force import CLASS_VERSIONS
from gezhi.contexts.cases.models import CaseClass, ClassScheme, FilingCondition, HandlingAttribute
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.formalism import refuse_formalism
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.audit.record import record
from gezhi.platform.dated_versions import begins


def shipped_classes() -> list[ClassRow]:
    """The table that ships: the newer generation's classes as cities use them in 2026, with one city's limits, and
    service matters of community work. A starting point that a city edits, not a standard."""
    said, asked = everyday_words(), _shipped_attributes()
    return [
        ClassRow(
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            is_extension=row["extension"] == "1",
            conditions=conditions_of(row["limits"]),
            is_public=row["public"] == "1",
            is_fallback=row["fallback"] == "1",
            attributes=tuple(asked[row["code"]]),
            words=said.get(row["name"], ("", ""))[0],
            words_en=said.get(row["name"], ("", ""))[1],
        )
        for row in shipped("classes.csv")
    ]


def _shipped_attributes() -> dict[str, list[Attribute]]:
    found = defaultdict[str, list[Attribute]](list)
    for row in shipped("attributes.csv"):
        kind, choices = AttributeKind(row["kind"]), tuple(chosen_in(row["choices"]))
        found[row["class"]].append(
            Attribute(row["code"], row["name"], row["name_en"], kind, row["required"] == "1", choices)
        )
    return found


def install_classes(
    *,
    actor: Actor,
    code: str,
    name: str,
    rows: Iterable[ClassRow],
    now: datetime,
    standard: str = "",
    effective_from: datetime | None = None,
) -> ClassScheme:
    """Install a version of the class table; the one before stays on record.

    It is in force at once, or waits where ``effective_from`` (aware) lies ahead. Raises ``InvalidInput`` naming the class at
    fault (``domain.class_table.faults_of``) and ``Conflict`` if the version's code is taken.
    """
    require_in(actor, "install_classes")
    require_likely(effective_from, now=now)
    refuse_formalism([name], field="name")
    table = list(rows)
    if faults := faults_of(table):
        first = faults[0]
        raise InvalidInput(
            "bad_class_table",
            filled("class %(code)s: %(fault)s", code=first.code or "–", fault=first.said),
            field=first.field,
        )
    waiting, start = begins(effective_from, now=now)
    with transaction.atomic():
        if ClassScheme.objects.filter(code=code).exists():
            said = filled("there is a version '%(code)s' already: give the new one another code", code=code)
            raise Conflict("scheme_exists", said, field="code")
        scheme = ClassScheme.objects.create(
            code=code,
            name=name,
            standard=standard,
            waiting=waiting,
            effective_from=start,
            fallback_class=fallback_of(table),
        )
        _write(scheme, table)
        seal_new([scheme])
        if not waiting:
            CLASS_VERSIONS.put_in_force(scheme)
        record(
            actor=actor,
            action="cases.classes_installed",
            object_type="class_scheme",
            object_id=scheme.pk,
            data={"code": code, "classes": len(table), "effective_from": scheme.effective_from.isoformat()},
            now=now,
        )
    catalogue.forget()
    return scheme


def put_due_classes_in_force(*, actor: Actor, now: datetime) -> list[str]:
    """Put the versions in force whose time has come, in its order; returns their codes."""
    require_in(actor, "put_tables_in_force")
    with transaction.atomic():
        return [scheme.code for scheme in CLASS_VERSIONS.put_due_in_force(actor=actor, now=now)]


def withdraw_classes(*, actor: Actor, code: str, now: datetime) -> None:
    """Take back a version that waits; it stays on record. Raises ``NotFound`` where none of this code waits."""
    require_in(actor, "install_classes")
    with transaction.atomic():
        CLASS_VERSIONS.take_back(code, actor=actor, now=now)


def _write(scheme: ClassScheme, table: list[ClassRow]) -> None:
    classes = CaseClass.objects.bulk_create(
        [
            CaseClass(
                scheme=scheme,
                code=row.code,
                name=row.name,
                name_en=row.name_en or row.name,
                is_extension=row.is_extension,
                is_public=row.is_public,
                words=row.words,
                words_en=row.words_en,
            )
            for row in table
        ]
    )
    conditions = FilingCondition.objects.bulk_create(
        [
            FilingCondition(
                case_class=case_class,
                ordinal=ordinal,
                limit=one.limit,
                text=one.text,
                closing=one.closing,
                total_limit=one.total or None,
            )
            for case_class, row in zip(classes, table, strict=True)
            for ordinal, one in enumerate(row.conditions, start=1)
        ]
    )
    attributes = HandlingAttribute.objects.bulk_create(
        [
            HandlingAttribute(
                case_class=case_class,
                ordinal=ordinal,
                code=one.code,
                name=one.name,
                name_en=one.name_en,
                kind=one.kind.value,
                required=one.required,
                choices=list(one.choices),
            )
            for case_class, row in zip(classes, table, strict=True)
            for ordinal, one in enumerate(row.attributes, start=1)
        ]
    )
    for made in (classes, conditions, attributes):
        seal_new(made)
