"""The rows of a version of the class table, read from the database."""

from __future__ import annotations

from collections import defaultdict

from gezhi.contexts.cases.domain.class_table import Attribute, AttributeKind, ClassRow, Condition
from gezhi.contexts.cases.models import CaseClass, ClassScheme, FilingCondition, HandlingAttribute


def class_rows(scheme: ClassScheme) -> list[ClassRow]:
    """The classes of a version that are in use, by code. Three queries."""
    conditions, attributes = defaultdict[int, list[Condition]](list), defaultdict[int, list[Attribute]](list)
    for pk, limit, text, closing, total in (
        FilingCondition.objects.filter(case_class__scheme=scheme)
        .order_by("ordinal")
        .values_list("case_class_id", "limit", "text", "closing", "total_limit")
    ):
        conditions[pk].append(Condition(limit, text, closing, total or ""))
    for one in HandlingAttribute.objects.filter(case_class__scheme=scheme).order_by("ordinal"):
        attributes[one.case_class_id].append(
            Attribute(one.code, one.name, one.name_en, AttributeKind(one.kind), one.required, tuple(one.choices))
        )
    return [
        ClassRow(
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            is_extension=row.is_extension,
            conditions=tuple(conditions[row.pk]),
            is_public=row.is_public,
            is_fallback=row.code == scheme.fallback_class,
            attributes=tuple(attributes[row.pk]),
            words=row.words,
            words_en=row.words_en,
        )
        for row in CaseClass.objects.filter(scheme=scheme, active=True).order_by("code")
    ]
