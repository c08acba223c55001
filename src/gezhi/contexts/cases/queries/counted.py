"""Counts of reports by what the public may know of them; parts of other bodies are no reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from gezhi.contexts.cases.models import Case


@dataclass(frozen=True, slots=True)
class SpanCount:
    """How many reports of a span share place, class and status."""

    city_id: int | None
    district_id: int | None
    street_id: int | None
    community_id: int | None
    grid_id: int | None
    class_code: str
    status: str
    count: int


_COLUMNS = ("city_id", "district_id", "street_id", "community_id", "grid_id", "class_code", "status")


def counts_of_span(since: datetime, until: datetime) -> Iterator[SpanCount]:
    """The counts of reports from ``since`` to before ``until``. One query, which reads that span alone."""
    reports = Case.objects.filter(reported_at__gte=since, reported_at__lt=until, parent__isnull=True).order_by()
    for row in reports.values_list(*_COLUMNS).annotate(count=Count("pk")).iterator(chunk_size=2_000):
        yield SpanCount(*row)


def count_since(since: datetime) -> int:
    """How many reports came in since a moment."""
    return Case.objects.filter(reported_at__gte=since, parent__isnull=True).count()


def first_reported() -> datetime | None:
    """When the first report came in; None where there is none."""
    return Case.objects.order_by("reported_at", "pk").values_list("reported_at", flat=True).first()
