"""The versions of the class table: which there are, what is in one, what one changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from gezhi.contexts.cases.class_rows import class_rows
from gezhi.contexts.cases.domain.class_table import ClassRow, is_minor
from gezhi.contexts.cases.domain.states import OPEN_STATUSES
from gezhi.contexts.cases.in_force import CLASS_VERSIONS
from gezhi.contexts.cases.models import Case, ClassScheme
from gezhi.kernel.errors import NotFound

MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class ClassVersion:
    """A version of the class table. ``classes``: how many, majors too."""

    code: str
    name: str
    standard: str
    in_force: bool
    waiting: bool
    withdrawn: bool
    effective_from: datetime
    classes: int


def class_versions() -> list[ClassVersion]:
    """The versions, the newest first; the latest fifty."""
    counted = ClassScheme.objects.annotate(count=Count("classes", filter=Q(classes__active=True)))
    gone = CLASS_VERSIONS.taken_back()
    return [
        ClassVersion(
            one.code,
            one.name,
            one.standard,
            one.in_force,
            one.waiting,
            one.pk in gone,
            one.effective_from,
            getattr(one, "count", 0),
        )
        for one in counted.order_by("-pk")[:MOST_VERSIONS]
    ]


def has_class_version(code: str) -> bool:
    """Whether a version has this code already."""
    return ClassScheme.objects.filter(code=code).exists()


def class_rows_of(code: str | None = None) -> list[ClassRow]:
    """The rows of the version with this code, or of the one in force. Raises ``NotFound``."""
    found = ClassScheme.objects.filter(**({"in_force": True} if code is None else {"code": code})).first()
    if found is None:
        raise NotFound("no_class_table", "there is no such version of the class table")
    return class_rows(found)


def open_cases_of(codes: set[str]) -> int:
    """How many open cases are of these classes: they keep them when a version without them takes force."""
    minors = [code for code in codes if is_minor(code)]
    return Case.objects.filter(status__in=[status.value for status in OPEN_STATUSES], class_code__in=minors).count()
