"""Lists of cases: the filters are the address, so a list can be kept, sent and come back to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from gezhi.contexts.areas.queries import english_name_of
from gezhi.contexts.cases.queries import CASES, CaseRow, ClassName, Filters, Page, class_name, list_cases, too_short
from gezhi.interfaces.web.casework.queues import QUEUE_BY_KEY, Queue
from gezhi.interfaces.web.filter_words import Told, filters_told
from gezhi.interfaces.web.words import english
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.personal import PersonalKind, personal_in
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.addresses import Pairs

# In the address of a case: it was opened from the list's map.
FROM_MAP = "map"


class ListedCase(CaseRow):
    """A row with the name of its class; the names of its areas are those that the reader reads."""

    class_name: ClassName


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as a page shows it.

    ``filters`` are all that narrow it; ``beyond`` are those that the address adds to the queue's own, as they stand in it.
    ``place``: queue and order, where the address names them.
    """

    queue: Queue
    page: Page[CaseRow]
    rows: list[ListedCase]
    filters: Filters
    beyond: Pairs
    narrowed_by: list[Told]
    place: Pairs
    cursor: str
    # The filters as an address holds them, the queue's own among them, and an order that is not the queue's: what a saved view
    # keeps.
    query: str
    # Whether its cases are opened beside its map, and lead back to it.
    mapped: bool

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.filters.text

    @property
    def too_short(self) -> str:
        """Digits of the search that are too few to be the end of a number."""
        return too_short(self.text)

    @property
    def holds_mobile(self) -> bool:
        """Whether a mobile number is searched for: it is looked for elsewhere, where it stands in no address."""
        return any(one.kind is PersonalKind.MOBILE for one in personal_in(self.text))

    @property
    def statuses(self) -> str:
        """The states of the cases in it, where the queue alone decides them."""
        return ",".join(self.filters.statuses)

    @property
    def address(self) -> str:
        """The list's own address."""
        return urlencode(
            [*self.place, *self.beyond, *([("cursor", self.cursor)] if self.cursor else []), *self._from()]
        )

    @property
    def first_page(self) -> str:
        """The address of its first page."""
        return urlencode([*self.place, *self.beyond, *self._from()])

    def _from(self) -> Pairs:
        return [(FROM_MAP, "1")] if self.mapped else []

    @property
    def whole(self) -> str:
        """The address of all of the list, whoever reads it: what its export is asked for with."""
        return urlencode([("queue", self.queue.key), *self._order(), *self.beyond])

    def chips(self) -> list[tuple[str, str]]:
        """What narrows it, in words, each with the address of the list without it."""
        return [
            (one.words, urlencode([("queue", self.queue.key), *self._order(), *self._without(one.names)]))
            for one in self.narrowed_by
        ]

    def _order(self) -> Pairs:
        return [(name, value) for name, value in self.place if name != "queue"]

    def _without(self, names: list[str]) -> Pairs:
        return [(name, text) for name, text in self.beyond if CASES.names[name] not in names]

    def kept(self) -> Pairs:
        """The filters that a search or another queue leaves in force."""
        return [(name, value) for name, value in self.beyond if name != "q"]

    def everywhere(self) -> str:
        """The address of the same search in all cases; empty where this is it, or nothing is searched for."""
        if not self.text or (self.queue.key == "all" and not self.kept()):
            return ""
        return urlencode([("queue", "all"), ("q", self.text)])

    @property
    def told_by_server(self) -> bool:
        """Whether only the server can say if a case belongs here: the state alone does not."""
        return bool(self.narrowed_by) or not self.filters.statuses or self.filters.due_by is not None

    def older(self) -> str:
        """The address of the next page; empty at the end."""
        after = self.page.next_cursor
        return urlencode([*self.place, *self.beyond, ("cursor", after), *self._from()]) if after else ""


@dataclass(frozen=True, slots=True)
class ListAddress:
    """What the address of a list asks for. ``filters`` are all that narrow it, ``beyond`` those beside the queue's own."""

    queue: Queue
    filters: Filters
    beyond: Filters
    sort: str


def read_address(query: QueryDict, actor: Actor, *, now: datetime, default: str) -> ListAddress:
    """The one reading of a list's address, for its page and its export. ``default``: the queue where none is named.

    Raises ``InvalidInput`` for values that no link of ours carries.
    """
    queue = QUEUE_BY_KEY.get(query.get("queue", default))
    if queue is None:
        raise InvalidInput("unknown_queue", "there is no such list", field="queue")
    own = CASES.used(queue.filters(actor, now))
    beyond = CASES.without(CASES.filters_from(query, actor=actor, now=now), own)
    return ListAddress(queue, replace(beyond, **own), beyond, query.get("sort", "") or queue.sort)


def listing(
    request: HttpRequest,
    actor: Actor,
    *,
    now: datetime,
    default: str = "dispatch",
    limit: int = 50,
    mapped: bool = False,
    later: bool = False,
) -> Listing:
    """The list that the address asks for; ``mapped``: its cases are opened beside its map; ``later``: without its rows, which the
    page asks for once it is shown. Raises ``InvalidInput`` for values that no link of ours carries."""
    query = request.GET
    found = read_address(query, actor, now=now, default=default)
    cursor = query.get("cursor", "")
    page: Page[CaseRow] = Page([], None)
    if not later:
        page = list_cases(actor, filters=found.filters, sort=found.sort, cursor=cursor or None, limit=limit)
    return Listing(
        queue=found.queue,
        page=page,
        rows=decorated(page.rows),
        filters=found.filters,
        beyond=[(name, text) for name, texts in query.lists() if name in CASES.names for text in texts if text.strip()],
        narrowed_by=filters_told(CASES, found.beyond),
        place=[(name, value) for name in ("queue", "sort") if (value := query.get(name))],
        cursor=cursor,
        query=urlencode(
            [
                *CASES.pairs_of(found.filters, actor=actor, now=now),
                *([("sort", found.sort)] if found.sort != found.queue.sort else []),
            ]
        ),
        mapped=mapped,
    )


def decorated(rows: Iterable[CaseRow]) -> list[ListedCase]:
    """Rows with the names of their classes, and those of their areas in the reader's language."""
    return [ListedCase(**with_local_areas(row), class_name=class_name(row["class_code"])) for row in rows]


def with_local_areas(row: CaseRow) -> CaseRow:
    """The row with the names of its areas in the reader's language, from memory."""
    if not english():
        return row
    return {
        **row,
        "street_name": english_name_of(row["street_id"]) or row["street_name"],
        "community_name": english_name_of(row["community_id"]) or row["community_name"],
        "grid_name": english_name_of(row["grid_id"]) or row["grid_name"],
    }
