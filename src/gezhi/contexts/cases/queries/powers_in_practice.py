"""Powers that do not work where they lie: at which streets the cases of an item are sent back, late or done over.

The cases of a power at a street are those of its classes that the duty table gave to a body of that street. One query counts them
by street and class, whatever the number of powers; two more find the powers and the streets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from gezhi.contexts.areas.queries import AreaRow, areas_by_id
from gezhi.contexts.cases.domain.failing import AT_LEAST, FEW, surely_above
from gezhi.contexts.cases.queries.failing import OF_A_STREET_BODY, RETURNED, REWORKED, failed, timed_out
from gezhi.contexts.cases.queries.lists import seen_whole
from gezhi.contexts.powers.queries import LyingPower, powers_lying
from gezhi.platform.access.actor import Actor

_COUNTS = ("cases", "returned", "timed_out", "reworked", "failed")


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases of some kind, and how many of them were returned, timed out, done over, or any of these."""

    cases: int = 0
    returned: int = 0
    timed_out: int = 0
    reworked: int = 0
    failed: int = 0

    def plus(self, other: Tally) -> Tally:
        """The sum of both."""
        return Tally(*(getattr(self, name) + getattr(other, name) for name in _COUNTS))


@dataclass(frozen=True, slots=True)
class Practice:
    """A power at a street and how its cases went there. ``few``: so few that a share says little."""

    power: LyingPower
    street: AreaRow
    tally: Tally

    @property
    def few(self) -> bool:
        """Whether there are too few cases for a share to say much."""
        return self.tally.cases < FEW

    @property
    def badness(self) -> float:
        """What share of its cases fails at the least, by the size of the sample: what the list is sorted by."""
        return surely_above(self.tally.failed, self.tally.cases)


def powers_in_practice(
    actor: Actor, *, since: datetime, until: datetime, now: datetime, at_least: int = AT_LEAST
) -> list[Practice]:
    """The powers at streets that the actor sees the cases of, where at least so many cases reported from ``since`` up to ``until``
    failed, and those that a street asked to give back in that time; the worst first. Three queries."""
    by_place = _by_street_and_prefix(actor, since=since, until=until, now=now)
    failing = [place for place, tally in by_place.items() if tally.failed >= at_least]
    lying = powers_lying(
        actor,
        since=since,
        until=until,
        street_ids=(street_id for street_id, _prefix in failing),
        class_prefixes=(prefix for _street_id, prefix in failing),
    )
    streets = areas_by_id({power.street_id for power in lying})
    nothing = Tally()
    found = [
        Practice(power, streets[power.street_id], tally)
        for power in lying
        if (tally := by_place.get((power.street_id, power.class_prefix), nothing)).failed >= at_least or power.gave_up
    ]
    return sorted(found, key=lambda one: (-one.badness, -one.tally.failed, one.street.code, one.power.code))


def _by_street_and_prefix(
    actor: Actor, *, since: datetime, until: datetime, now: datetime
) -> dict[tuple[int, str], Tally]:
    """Tallies by street and by each prefix of a class: what an item of that prefix speaks of."""
    counted = (
        seen_whole(actor)
        .filter(OF_A_STREET_BODY, reported_at__gte=since, reported_at__lt=until)
        .order_by()
        .values_list("street_id", "class_code")
        .annotate(
            cases=Count("pk"),
            returned=Count("pk", filter=RETURNED),
            timed_out=Count("pk", filter=timed_out(now)),
            reworked=Count("pk", filter=REWORKED),
            failed=Count("pk", filter=failed(now)),
        )
    )
    return _spread(counted)


def _spread(counted: Iterable[tuple[int, str, int, int, int, int, int]]) -> dict[tuple[int, str], Tally]:
    found: dict[tuple[int, str], Tally] = defaultdict(Tally)
    for street_id, class_code, *counts in counted:
        tally = Tally(*counts)
        for length in range(1, len(class_code) + 1):
            key = street_id, class_code[:length]
            found[key] = found[key].plus(tally)
    return found
