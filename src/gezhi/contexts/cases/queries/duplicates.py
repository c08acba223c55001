"""Cases that are likely of the same matter as one at hand, for whoever works on it. For a reporter: ``nearby``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import cos, degrees, radians

from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Concat, Substr

from gezhi.contexts.cases.domain.duplicates import WEIGHTS, Known, Likeness, Matter, Usual, same_matters
from gezhi.contexts.cases.domain.states import CaseStatus, LocationQuality
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import SCOPES
from gezhi.contexts.cases.queries.apart import Apart
from gezhi.contexts.cases.queries.class_names import class_ties
from gezhi.contexts.cases.queries.one_case import CasePage
from gezhi.contexts.cases.rows import EXCERPT
from gezhi.platform.access.actor import Actor
from gezhi.platform.kept import kept

# More are not read of one place, nor more of the words of each: who tells more has told what it is.
MOST_NEAR = 200
_MOST_SIGNS = 400
_NOT_MEANT = (CaseStatus.CANCELLED.value, CaseStatus.MERGED.value)
# What is usual changes slowly, and some hundred messages tell it.
_MESSAGES, _USUAL_SECONDS = 400, 600.0
_EARTH_RADIUS_M = 6_371_008.8
_WORDS = Substr("description", 1, _MOST_SIGNS)


@dataclass(frozen=True, slots=True)
class LikelyCase:
    """A case that is likely of the same matter, and why. ``excerpt``: the first words of its description."""

    number: str
    class_code: str
    status: str
    reported_at: datetime
    excerpt: str
    why: Likeness


def matter_of(page: CasePage) -> Matter | None:
    """A case as far as it can be compared; None where its place is not known well enough."""
    case = page.case
    if case["lon"] is None or case["lat"] is None or case["location_quality"] == LocationQuality.DOUBTFUL:
        return None
    words = page.description[:_MOST_SIGNS]
    return Matter(
        case["class_code"], case["lon"], case["lat"], case["reported_at"], case["closed_at"], words, case["address"]
    )


def likely_duplicates(
    actor: Actor, matter: Matter, *, number: str, now: datetime, limit: int = 5, apart: Apart | None = None
) -> list[LikelyCase]:
    """The cases that are likely of the same matter as the case ``number``, the likeliest first, among those that the actor sees.

    Open ones, and those closed in the last days (``domain.duplicates``); none that were called off, or whose place is doubtful, and
    none of ``apart``: somebody has said that they are not the same. One query, and one more in ten minutes; the two hundred newest
    near the place are looked at.
    """
    near = [one for one in _near(matter, number, now, apart or Apart()) if SCOPES.holds(actor, one.scope)]
    if not near:
        return []
    found = same_matters(matter, [one.matter for one in near], Known(class_ties(), _usual()))
    return [near[place].told(why) for place, why in found[:limit]]


@dataclass(frozen=True, slots=True)
class _Near:
    """A case near by. ``scope``: the columns on which the sight of somebody hangs."""

    number: str
    status: str
    matter: Matter
    scope: Mapping[str, int | None]

    def told(self, why: Likeness) -> LikelyCase:
        """As it is proposed."""
        matter = self.matter
        return LikelyCase(self.number, matter.class_code, self.status, matter.reported_at, matter.words[:EXCERPT], why)


def _near(matter: Matter, number: str, now: datetime, apart: Apart) -> list[_Near]:
    high = degrees(WEIGHTS.reach_m / _EARTH_RADIUS_M)
    wide = high / max(cos(radians(matter.lat)), 0.01)
    # Times by expressions that no index knows: the index of places finds the few that are near, and a database that took the
    # index of times instead would read a month of the whole city.
    told, done = Coalesce("reported_at", "closed_at"), Coalesce("closed_at", Value(now))
    found = (
        Case.objects.filter(
            lon__range=(matter.lon - wide, matter.lon + wide), lat__range=(matter.lat - high, matter.lat + high)
        )
        .alias(told=told, done=done)
        .filter(
            told__gte=matter.reported_at - WEIGHTS.horizon,
            told__lte=min(now, matter.reported_at + WEIGHTS.horizon),
            done__gte=now - WEIGHTS.closed_within,
        )
        # What goes with another report already, and the parts of a joint case, are of its matter by their own word.
        .exclude(Q(number=number) | Q(status__in=_NOT_MEANT) | Q(location_quality=LocationQuality.DOUBTFUL))
        .exclude(_taken_apart(apart))
        .filter(parent__isnull=True)
        .order_by("-told", "-pk")
    )
    columns = ("number", "status", "class_code", "lon", "lat", "reported_at", "closed_at")
    rows = found.values_list(*columns, _WORDS, "address", *SCOPES.columns)[:MOST_NEAR]
    return [
        _Near(other, status, Matter(*told), dict(zip(SCOPES.columns, scope, strict=True)))
        for (other, status), told, scope in ((row[:2], row[2:9], row[9:]) for row in rows)
    ]


def _taken_apart(apart: Apart) -> Q:
    """Those from which somebody has taken a report apart. What ended in that moment let it go, and nobody said that they differ."""
    found = Q(number__in=sorted(apart.numbers))
    for key, at in apart.mains.items():
        found |= Q(pk=key) & (Q(closed_at__isnull=True) | ~Q(closed_at=at))
    return found


@kept(seconds=_USUAL_SECONDS)
def _usual() -> Usual:
    """What the newest messages of the city tell of its classes and its words."""
    newest = Case.objects.order_by("-reported_at", "-pk").values_list(
        "class_code", Concat(_WORDS, Value(" "), "address")
    )
    return Usual(newest[:_MESSAGES])
