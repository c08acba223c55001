"""Count the months that are over, each once, and the month that runs in coarse steps."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gezhi.contexts.cases.queries import count_since, counts_of_span, first_reported
from gezhi.contexts.openfigures.domain.merging import Key, Place, Standing, coarse, merged
from gezhi.contexts.openfigures.models import Cell, Month, Running
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in

# A first look at a city of ten years is done in as many turns as it takes.
MOST_A_TURN = 6
_STANDING = {"closed": Standing.CLOSED, "cancelled": Standing.CANCELLED}


def count_months(*, actor: Actor, now: datetime, most: int = MOST_A_TURN) -> int:
    """Count up to ``most`` months that are over and were not counted yet, oldest first; how many there were.

    What is counted stays: reports that come in later under an earlier day, and what becomes of a report, change nothing any more.
    """
    require_in(actor, "count_open_figures")
    running, first = month_of(now), first_reported()
    if first is not None:
        _count_running(running, now)
    month, made = None if first is None else month_of(first), 0
    counted = set(Month.objects.values_list("first_day", flat=True))
    while month is not None and month < running and made < most:
        if month not in counted:
            _count(month, now)
            made += 1
        month = next_month(month)
    return made


def month_of(moment: datetime) -> date:
    """The first local day of the month of a moment."""
    return timezone.localtime(moment).date().replace(day=1)


def next_month(first_day: date) -> date:
    """The first day of the month after."""
    return date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)


def _start(first_day: date) -> datetime:
    return timezone.make_aware(datetime.combine(first_day, time()))


def _count(month: date, now: datetime) -> None:
    counts: Counter[Key] = Counter()
    for row in counts_of_span(_start(month), _start(next_month(month))):
        place = Place(
            row.city_id or 0, row.district_id or 0, row.street_id or 0, row.community_id or 0, row.grid_id or 0
        )
        counts[Key(place, row.class_code, _STANDING.get(row.status, Standing.OPEN).value)] += row.count
    least = settings.GEZHI_PUBLIC_LEAST
    cells, few = merged(counts, least=least)
    with transaction.atomic():
        made, new = Month.objects.get_or_create(first_day=month, defaults={"made_at": now, "least": least, "few": few})
        # Another scheduler was faster: what is counted stays.
        if not new:
            return
        Cell.objects.bulk_create(
            [
                Cell(
                    month=made,
                    city=key.place.city,
                    district=key.place.district,
                    street=key.place.street,
                    community=key.place.community,
                    grid=key.place.grid,
                    matter=key.matter,
                    standing=key.standing,
                    count=count,
                )
                for key, count in sorted(cells.items())
            ],
            batch_size=500,
        )


def _count_running(month: date, now: datetime) -> None:
    values = {
        "first_day": month,
        "at_least": coarse(count_since(_start(month)), least=settings.GEZHI_PUBLIC_LEAST),
        "at": now,
    }
    Running.objects.update_or_create(pk=1, defaults=values)
