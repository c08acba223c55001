"""Imported cases as another register told them: what the replay lives through again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from gezhi.contexts.cases.domain.states import LocationQuality
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case, CaseStep


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """What another register said of a case, as the replay needs it. ``trusted``: its position lies in a known area."""

    class_code: str
    description: str
    address: str
    reported_at: datetime
    closed_at: datetime | None
    lon: float | None
    lat: float | None
    trusted: bool
    city_id: int
    organisation_id: int | None
    closing_note: str


def imported_cases(*, limit: int | None = None, using: str = "default") -> Iterator[ImportedRow]:
    """Imported cases by reporting time. ``using``: which database they lie in."""
    found = Case.objects.using(using).filter(external_source__isnull=False).order_by("reported_at", "pk")
    closing = CaseStep.objects.using(using).filter(case=OuterRef("pk"), action=Action.CLOSE.value).values("note")[:1]
    names = [name for name in ImportedRow.__dataclass_fields__ if name not in {"trusted", "closing_note"}]
    rows = found.annotate(closing_note=Subquery(closing))[:limit]
    for quality, *values, note in rows.values_list("location_quality", *names, "closing_note").iterator():
        yield ImportedRow(
            **dict(zip(names, values, strict=True)), trusted=quality == LocationQuality.EXACT, closing_note=note or ""
        )
