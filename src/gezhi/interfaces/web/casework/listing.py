"""Lists of cases: the filters are the address, so a list can be kept, sent and come back to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.queries import CaseRow, ClassName, Filters, Page, class_name, list_cases
from gezhi.interfaces.web.casework.filter_words import filter_words
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.reading import day_or_instant, row_id
from gezhi.platform.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Queue:
    """A named part of the inbox: what waits for the same hand."""

    key: str
    name: str | Promise
    statuses: tuple[CaseStatus, ...] = ()
    sort: str = "due"
    count_of: tuple[str, ...] = ()

    def label(self, counts: dict[str, int]) -> str:
        """The name with how many cases wait in it, as the drop-down shows it."""
        if not self.count_of:
            return str(self.name)
        count = sum(counts[name] for name in self.count_of)
        return gettext("%(name)s (%(count)d)") % {"name": self.name, "count": count}


QUEUES: tuple[Queue, ...] = (
    Queue("dispatch", _("To dispatch"), (CaseStatus.REPORTED,), count_of=("reported",)),
    Queue(
        "hand",
        _("In progress"),
        (CaseStatus.DISPATCHED, CaseStatus.HANDLING),
        count_of=("dispatched", "handling"),
    ),
    Queue("check", _("To check"), (CaseStatus.HANDLED,), count_of=("handled",)),
    Queue("close", _("To close"), (CaseStatus.CHECKED,), sort="newest", count_of=("checked",)),
    Queue("suspended", _("Suspended"), (CaseStatus.SUSPENDED,), sort="newest", count_of=("suspended",)),
    Queue("overdue", _("Overdue"), count_of=("overdue",)),
    Queue("attention", _("Needs attention"), sort="newest", count_of=("attention",)),
    Queue("all", _("All"), sort="newest"),
)
_BY_KEY = {queue.key: queue for queue in QUEUES}
_SPANS = ("reported_from", "reported_to", "closed_from", "closed_to", "handled_from", "handled_to")
_LEVELS = ("city", "district", "street", "community", "grid")


class ListedCase(CaseRow):
    """A row with the name of its class."""

    class_name: ClassName


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as a page shows it."""

    queue: Queue
    page: Page[CaseRow]
    rows: list[ListedCase]
    query: QueryDict
    narrowed_by: list[str]

    def without(self, *names: str) -> str:
        """The list's address without these filters and from its first page."""
        return self._address(dict.fromkeys((*names, "cursor")))

    def kept(self) -> list[tuple[str, str]]:
        """The filters that a search or another queue leaves in force."""
        return [(name, self.query.get(name, "")) for name in self.query if name not in {"q", "queue", "sort", "cursor"}]

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.query.get("q", "").strip()

    def everywhere(self) -> str:
        """The address of the same search in all cases; empty where this is it, or nothing is searched for."""
        if not self.text or (self.queue.key == "all" and not any(value for _name, value in self.kept())):
            return ""
        return urlencode({"queue": "all", "q": self.text})

    @property
    def told_by_server(self) -> bool:
        """Whether only the server can say if a case belongs here: the state alone does not."""
        return bool(self.narrowed_by) or not self.queue.statuses

    def older(self) -> str:
        """The address of the next page; empty at the end."""
        return self._address({"cursor": self.page.next_cursor}) if self.page.next_cursor else ""

    def _address(self, changes: dict[str, str | None]) -> str:
        query = self.query.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        return query.urlencode()


def listing(
    request: HttpRequest, actor: Actor, *, now: datetime, default: str = "dispatch", limit: int = 50
) -> Listing:
    """The list that the address asks for. Raises ``InvalidInput`` for values that no link of ours carries."""
    query = request.GET
    queue = _BY_KEY.get(query.get("queue", default))
    if queue is None:
        raise InvalidInput("unknown_queue", "there is no such list", field="queue")
    filters = _filters(query, queue, now)
    sort = query.get("sort") or queue.sort
    page = list_cases(actor, filters=filters, sort=sort, cursor=query.get("cursor") or None, limit=limit)
    return Listing(queue, page, decorated(page.rows), query, filter_words(filters))


def decorated(rows: Iterable[CaseRow]) -> list[ListedCase]:
    """Rows with the names of their classes."""
    return [ListedCase(**row, class_name=class_name(row["class_code"])) for row in rows]


def _filters(query: QueryDict, queue: Queue, now: datetime) -> Filters:
    filters = Filters(
        statuses=queue.statuses,
        overdue_at=now if queue.key == "overdue" else None,
        open_only=queue.key == "overdue",
        needs_attention=queue.key == "attention",
        text=query.get("q", "").strip()[:80],
        class_prefix=query.get("class", "").strip()[:12],
        same_day=query.get("same_day") == "1",
        on_time={"1": True, "0": False}.get(query.get("on_time", "")),
    )
    spans: dict[str, Any] = {name: _moment(name, text) for name in _SPANS if (text := query.get(name))}
    level = next((level for level in _LEVELS if query.get(level)), None)
    if level is None:
        return replace(filters, **spans)
    area_id = row_id(query.get(level, ""))
    if area_id is None:
        raise InvalidInput("bad_area", "an area is a number", field=level)
    return replace(filters, **spans, area=(level, area_id))


def _moment(name: str, text: str) -> datetime:
    """A local day (``2026-11-22``; the end of a span includes its day) or an instant with its offset."""
    moment = day_or_instant(text)
    if moment is None:
        raise InvalidInput("bad_time", f"'{text[:40]}' is not a day", field=name)
    if moment.tzinfo is not None:
        return moment
    if len(text) == len("2026-11-22") and name.endswith("_to"):
        moment += timedelta(days=1)
    return timezone.make_aware(moment)
