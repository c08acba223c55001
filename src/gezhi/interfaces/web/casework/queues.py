"""The queues of the hub, and the address at which it shows some cases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.cases.queries import CASES, Filters
from gezhi.interfaces.web.filter_words import filter_words
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.addresses import Given


@dataclass(frozen=True, slots=True)
class Queue:
    """A named part of the inbox: what waits for the same hand. ``query``: its filters, as an address holds them. ``own_of``: the
    role whose work it is; it stands above that role's list, and in nobody else's drop-down."""

    key: str
    name: str | Promise
    query: str = ""
    sort: str = "due"
    count_of: tuple[str, ...] = ()
    own_of: Role | None = None

    def count(self, counts: dict[str, int]) -> int:
        """How many cases wait in it, of ``queue_counts``."""
        return sum(counts[name] for name in self.count_of)

    def label(self, counts: dict[str, int]) -> str:
        """The name with how many cases wait in it, as the drop-down shows it."""
        if not self.count_of:
            return str(self.name)
        return gettext("%(name)s (%(count)d)") % {"name": self.name, "count": self.count(counts)}

    def filters(self, actor: Actor, now: datetime) -> Filters:
        """Its own filters."""
        return CASES.filters_from(_texts(self.query), actor=actor, now=now)


@cache
def _texts(query: str) -> Given:
    """A queue's query, taken apart once."""
    return dict(QueryDict(query).lists())


_OFFICER = Role.DEPARTMENT_OFFICER
# The last holds everything. An address is that of the first queue whose filters it has.
QUEUES: tuple[Queue, ...] = (
    Queue("given", _("Given to us"), "status=dispatched", count_of=("dispatched",), own_of=_OFFICER),
    Queue("ours", _("In hand"), "status=handling", count_of=("handling",), own_of=_OFFICER),
    Queue(
        "pressing",
        _("Due today or overdue"),
        "status=dispatched&status=handling&due_today=1",
        count_of=("pressing",),
        own_of=_OFFICER,
    ),
    Queue("dispatch", _("To dispatch"), "status=reported", count_of=("reported",)),
    Queue("verify", _("Being verified"), "status=verifying", count_of=("verifying",)),
    Queue("hand", _("In progress"), "status=dispatched&status=handling", count_of=("dispatched", "handling")),
    Queue("check", _("To check"), "status=handled", count_of=("handled",)),
    Queue("close", _("To close"), "status=checked", sort="newest", count_of=("checked",)),
    Queue("suspended", _("Suspended"), "status=suspended", sort="newest", count_of=("suspended",)),
    Queue("overdue", _("Overdue"), "overdue=1&open_only=1", count_of=("overdue",)),
    Queue("decide", _("To decide"), "asked=1", sort="newest", count_of=("asked",)),
    Queue("attention", _("Needs attention"), "needs_attention=1", sort="newest", count_of=("attention",)),
    Queue("all", _("All"), sort="newest"),
)
# In which order a list can stand.
SORTED: dict[str, Promise] = {"due": _("Nearest deadline first"), "newest": _("Newest first")}
QUEUE_BY_KEY = {queue.key: queue for queue in QUEUES}


def queues_of(actor: Actor) -> list[Queue]:
    """The queues that somebody chooses from."""
    return [queue for queue in QUEUES if queue.own_of is None or queue.own_of in actor.roles]


def own_queues(actor: Actor) -> list[Queue]:
    """Those that are the work of the person's own role, in the order of the work; of whoever commands beside it, none."""
    if actor.roles & _COMMANDS:
        return []
    return [queue for queue in QUEUES if queue.own_of in actor.roles]


# To whom all queues are daily work.
_COMMANDS = frozenset({Role.STREET_DISPATCHER, Role.OPERATIONS})


class HubAddresses:
    """Where the hub shows what some filters leave: the queue that they narrow, and the filters beyond it.

    Made once for a page that links to many lists.
    """

    def __init__(self, actor: Actor, now: datetime) -> None:
        self._actor, self._now = actor, now
        self._own = [(queue, CASES.used(queue.filters(actor, now))) for queue in queues_of(actor)]

    def query(self, filters: Filters, sort: str = "") -> str:
        """The query of the hub's address. Raises ``ValueError`` for filters that no address holds."""
        queue, own = self._queue_of(filters)
        beyond = CASES.pairs_of(filters, actor=self._actor, now=self._now, but=own)
        return urlencode([("queue", queue.key), *beyond, *self._order(queue, sort)])

    def _queue_of(self, filters: Filters) -> tuple[Queue, Collection[str]]:
        """The first queue that has the filters, and the filters that are its own."""
        return next(
            (queue, own)
            for queue, own in self._own
            if all(getattr(filters, name) == value for name, value in own.items())
        )

    def _order(self, queue: Queue, sort: str) -> list[tuple[str, str]]:
        return [("sort", sort)] if sort and sort != queue.sort else []

    def kept(self, filters: Filters, sort: str) -> str:
        """What a saved view keeps of a list: its filters and, where it is not the queue's own, its order."""
        pairs = CASES.pairs_of(filters, actor=self._actor, now=self._now)
        return urlencode([*pairs, *self._order(self._queue_of(filters)[0], sort)])

    def words(self, filters: Filters, sort: str = "") -> list[str]:
        """What a list shows, in words: its queue by its name, what it is narrowed to beyond that, its order where it is not the
        queue's own."""
        queue, own = self._queue_of(filters)
        order = [str(SORTED[name]) for _sort, name in self._order(queue, sort) if name in SORTED]
        beyond = [*filter_words(CASES, CASES.without(filters, own)), *order]
        return [str(queue.name), *beyond] if own or order else beyond

    def narrowing(self, filters: Filters) -> str:
        """What filters of no queue add to such a query. Raises ``ValueError`` as ``query`` does."""
        return CASES.query_of(filters, actor=self._actor, now=self._now)
