"""The first page of the operations centre: what, against before, where, of which kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.queries import (
    FigureRow,
    Figures,
    Filters,
    Share,
    class_name,
    figures,
    span_figures,
)
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.casework.queues import HubAddresses
from gezhi.interfaces.web.operations.spans import span_of
from gezhi.interfaces.web.street_names import street_names
from gezhi.interfaces.web.templatetags.gezhi import grouped, percent
from gezhi.interfaces.web.words import local_name
from gezhi.kernel.clock import now
from gezhi.platform.steps.addresses import DaysIn, days_in


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its definition, its comparison and the list behind it. ``better``: +1 more is better, −1 less, 0 neither.

    ``filters`` leave the cases that it counts (of a share: its part; of a length of time: those it was measured on).
    """

    name: str | Promise
    value: int | float | timedelta | None
    before: int | float | timedelta | None
    kind: str
    better: int
    words: str | Promise
    filters: Filters
    query: str
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


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a table with the cases that it counts: those of a ``place`` that ``counted`` leaves. ``share`` is what is
    shown in its place where it is a part.

    ``query``: where the hub shows them; empty of a nought, which leads nowhere.
    """

    figure: int
    place: Filters
    counted: Mapping[str, Any]
    query: str
    share: Share | None = None

    @property
    def filters(self) -> Filters:
        """The filters that leave the cases."""
        return replace(self.place, **self.counted)

    @property
    def shown(self) -> str:
        """What stands in the table."""
        return grouped(self.figure) if self.share is None else percent(self.share.share)


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of a street or a class, by their column. ``query``: where the hub shows what was reported there."""

    name: str
    query: str
    cells: dict[str, Cell]


@require_safe
@made_for("operations")
def page(request: HttpRequest) -> HttpResponse:
    """Figures of today or of seven days."""
    actor, moment = actor_in(request), now()
    span = span_of(request.GET.get("span", "today"), moment)
    counted = span_figures(actor, since=span.since, until=span.until, now=moment)
    current, streets, kinds = counted.total, counted.by_street, counted.by_class
    before = figures(actor, since=span.before_since, until=span.before_until)
    to_hub = HubAddresses(actor, moment)
    lines = _Lines(days_in(span.period, moment), moment, to_hub)
    names = street_names(areas.areas_by_id(row.key for row in streets if row.key is not None))
    context: dict[str, Any] = {
        "span": span,
        "spans": [span_of("today", moment), span_of("week", moment)],
        "tiles": _tiles(days_in(span.period, moment), current, before, to_hub),
        "late": counted.overdue,
        "late_query": to_hub.query(Filters(open_only=True, overdue_at=moment)),
        "streets": [lines.line(names.get(row.key, ""), row, of_street(row.key)) for row in streets],
        "kinds": [lines.line(local_name(class_name(row.key)), row, Filters(class_prefix=row.key)) for row in kinds],
        "moment": moment,
    }
    return render(request, "web/operations/page.html", context)


def of_street(street_id: int | None) -> Filters:
    """The cases of a street; None: of no street."""
    return Filters(no_street=True) if street_id is None else Filters(area=("street", street_id))


class _Lines:
    """Makes the lines of the tables: what all of them have in common is worked out once."""

    def __init__(self, days: DaysIn, moment: datetime, to_hub: HubAddresses) -> None:
        reported, handled = {"reported_in": days, "part": False}, {"handled_in": days, "part": False}
        counted: dict[str, dict[str, Any]] = {
            "reported": reported,
            "closed": {"closed_in": days, "part": False, "merged": False},
            "same_day": {**reported, "same_day": True},
            "on_time": {**handled, "on_time": True},
            "overdue": {"open_only": True, "overdue_at": moment},
        }
        self._columns = {name: (each, to_hub.query(Filters(**each))) for name, each in counted.items()}
        self._to_hub = to_hub

    def line(self, name: str, row: FigureRow, place: Filters) -> Line:
        """The line of a street or a class. ``place`` are the filters that leave its cases."""
        there = self._to_hub.narrowing(place)
        cells = {}
        for column, (counted, query) in self._columns.items():
            figure: int | Share = getattr(row, column)
            share = figure if isinstance(figure, Share) else None
            count = figure if isinstance(figure, int) else figure.part
            cells[column] = Cell(count, place, counted, f"{query}&{there}" if count else "", share)
        return Line(name, f"{self._columns['reported'][1]}&{there}", cells)


def _tiles(days: DaysIn, current: Figures, before: Figures, to_hub: HubAddresses) -> list[Tile]:
    reported = Filters(reported_in=days, part=False)
    closed = Filters(closed_in=days, part=False, merged=False)
    handled = Filters(handled_in=days, part=False)

    def shared(name: str | Promise, share: Share, earlier: Share, words: str | Promise, filters: Filters) -> Tile:
        return Tile(
            name=name,
            value=share.share,
            before=earlier.share,
            kind="share",
            better=1,
            words=words,
            filters=filters,
            query=to_hub.query(filters),
            part=share.part,
            whole=share.whole,
        )

    return [
        Tile(
            name=pgettext_lazy("figure", "Reported"),
            value=current.reported,
            before=before.reported,
            kind="count",
            better=0,
            words=_(
                "Reports made in the period, from every channel. Reports that were merged count; parts of bodies that were"
                " called in do not."
            ),
            filters=reported,
            query=to_hub.query(reported),
        ),
        Tile(
            name=_("Closed"),
            value=current.closed,
            before=before.closed,
            kind="count",
            better=1,
            words=_(
                "Cases closed in the period, whenever they were reported. Reports that were merged are one case with the"
                " one they went with; parts belong to their case."
            ),
            filters=closed,
            query=to_hub.query(closed),
        ),
        shared(
            _("Closed the same day"),
            current.same_day,
            before.same_day,
            _("Of the reports made in the period: closed on the day of their report."),
            replace(reported, same_day=True),
        ),
        shared(
            _("Handled on time"),
            current.on_time,
            before.on_time,
            _("Of the cases handled in the period: handled by their deadline. Pauses move the deadline."),
            replace(handled, on_time=True),
        ),
        shared(
            _("Called bodies on time"),
            current.parts_on_time,
            before.parts_on_time,
            _("Of the parts handled in the period by bodies that were called in: handled by their deadline."),
            Filters(handled_in=days, part=True, on_time=True),
        ),
        Tile(
            name=_("Median handling time"),
            value=current.median_handling,
            before=before.median_handling,
            kind="time",
            better=-1,
            words=_("From report to handled, in elapsed time, of the cases handled in the period. Half took longer."),
            filters=handled,
            query=to_hub.query(handled),
        ),
    ]
