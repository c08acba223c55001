"""The first page of the operations centre: what, against before, where, of which kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.queries import Figures, Share, by_class, by_street, class_name, figures, overdue
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.operations.spans import Span, span_of
from gezhi.interfaces.web.words import local_name
from gezhi.kernel.clock import now


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its definition, its comparison and the list behind it. ``better``: +1 more is better, −1 less, 0 neither."""

    name: str | Promise
    value: int | float | timedelta | None
    before: int | float | timedelta | None
    kind: str
    better: int
    words: str | Promise
    address: str = ""
    part: int | None = None
    whole: int | None = None

    @property
    def change(self) -> float | int | None:
        """Against the span before: a difference of counts, of percentage points, or the ratio of lengths of time."""
        if self.value is None or self.before is None:
            return None
        if isinstance(self.value, timedelta) and isinstance(self.before, timedelta):
            return (self.value / self.before - 1) * 100 if self.before else None
        if isinstance(self.value, timedelta) or isinstance(self.before, timedelta):
            raise TypeError(f"{self.name}: a length of time beside a number")
        return (self.value - self.before) * (100 if self.kind == "share" else 1)

    @property
    def tone(self) -> str:
        """Green for better. Red only for what needs a person now, which a comparison never is."""
        change = self.change
        return "good" if change and change * self.better > 0 else "plain"


@require_safe
@made_for("operations")
def page(request: HttpRequest) -> HttpResponse:
    """Figures of today or of seven days."""
    actor, moment = actor_in(request), now()
    span = span_of(request.GET.get("span", "today"), moment)
    current = figures(actor, since=span.since, until=span.until)
    before = figures(actor, since=span.before_since, until=span.before_until)
    late = overdue(actor, now=moment)
    streets = by_street(actor, since=span.since, until=span.until, now=moment)
    kinds = by_class(actor, since=span.since, until=span.until, now=moment)
    names = _street_names([row.key for row in streets if row.key is not None])
    context: dict[str, Any] = {
        "span": span,
        "spans": [span_of("today", moment), span_of("week", moment)],
        "tiles": _tiles(span, current, before),
        "late": late,
        "streets": [
            {"row": row, "name": names.get(row.key, ""), "query": _query(span, "reported", street=row.key)}
            for row in streets
        ],
        "kinds": [
            {
                "row": row,
                "name": local_name(class_name(row.key)),
                "query": _query(span, "reported", **{"class": row.key}),
            }
            for row in kinds
        ],
        "moment": moment,
    }
    return render(request, "web/operations/page.html", context)


def _street_names(street_ids: list[int]) -> dict[int, str]:
    """The streets' names in the reader's language. Of two with one name each is told with its district."""
    streets = areas.areas_by_id(street_ids)
    names = {area_id: local_name(street) for area_id, street in streets.items()}
    count = Counter(names.values())
    double = {area_id: areas.ancestors_of(area_id).district_id for area_id in names if count[names[area_id]] > 1}
    districts = areas.areas_by_id(district for district in double.values() if district) if double else {}
    for area_id, district in double.items():
        if district in districts:
            words = {"street": names[area_id], "district": local_name(districts[district])}
            names[area_id] = gettext("%(street)s (%(district)s)") % words
    return names


def _query(span: Span, what: str, **more: Any) -> str:
    """The hub's list of the cases behind a figure."""
    query = {"queue": "all", f"{what}_from": span.since.isoformat(), f"{what}_to": span.until.isoformat()}
    return urlencode(query | {name: value for name, value in more.items() if value not in (None, "")})


def _tiles(span: Span, current: Figures, before: Figures) -> list[Tile]:
    return [
        Tile(
            name=pgettext_lazy("figure", "Reported"),
            value=current.reported,
            before=before.reported,
            kind="count",
            better=0,
            words=_("Cases reported in the period, from every channel."),
            address=_query(span, "reported"),
        ),
        Tile(
            name=_("Closed"),
            value=current.closed,
            before=before.closed,
            kind="count",
            better=1,
            words=_("Cases closed in the period, whenever they were reported."),
            address=_query(span, "closed"),
        ),
        _share_tile(
            _("Closed the same day"),
            current.same_day,
            before.same_day,
            _("Of the cases reported in the period: closed on the day of their report."),
            _query(span, "reported", same_day="1"),
        ),
        _share_tile(
            _("Handled on time"),
            current.on_time,
            before.on_time,
            _("Of the cases handled in the period: handled by their deadline. Pauses move the deadline."),
            _query(span, "handled", on_time="1"),
        ),
        Tile(
            name=_("Median handling time"),
            value=current.median_handling,
            before=before.median_handling,
            kind="time",
            better=-1,
            words=_("From report to handled, in elapsed time, of the cases handled in the period. Half took longer."),
            address=_query(span, "handled"),
        ),
    ]


def _share_tile(name: str | Promise, current: Share, before: Share, words: str | Promise, address: str) -> Tile:
    return Tile(name, current.share, before.share, "share", 1, words, address, current.part, current.whole)
