"""Lists of what somebody sees: filters declared once, pages that walk indexes, SQL that is made once for each form of question.

    @dataclass(frozen=True, slots=True)
    class Filters:
        statuses: tuple[Status, ...] = filter_by(by_column("status__in"), (), address=Choices("status", Status))
        starts_from: datetime | None = filter_by(by_column("starts_at__gte"), slot=datetime, address=Instant("starts_from"))

    BOOKINGS = ListTool(Booking, SCOPES, Filters, {"newest": Sort("-starts_at")}, rows=ROWS)

A filter whose value varies from question to question names a slot (``int``, ``str`` or ``datetime``): its value becomes a
parameter of a prepared query, and all questions of the same form share one. ``address`` says how the filter stands in an
address, which ``filters_from`` reads and ``query_of`` writes. See docs/adr/0017.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cached_property, partial
from itertools import chain
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.paging import decode_cursor, encode_cursor, moment_and_key, page_size
from gezhi.platform.access.actor import Actor
from gezhi.platform.prepared import Question, rows_of_all, rows_of_each
from gezhi.platform.steps.addresses import Asked, Codec, Given, Pairs
from gezhi.platform.steps.among import fewest, only_among
from gezhi.platform.steps.filtering import Among, FilterBy, by_column, by_days, filter_by
from gezhi.platform.steps.rows import Rows
from gezhi.platform.steps.scopes import Scope, ScopeTable, without_index
from gezhi.platform.steps.walks import Shape, Sort, Start, beginning, keys_query

__all__ = ["ListTool", "Page", "Sort", "by_column", "by_days", "filter_by"]

F = TypeVar("F")
R = TypeVar("R", bound=Mapping[str, object])
# Rows of a scope that are walked before a filter's own index is asked, and ids that are looked at one by one. A frequent
# word is found among so many; of a rarer one there are no more.
_WINDOW, _MOST_IDS = 1_000, 5_000


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """A page of rows and the cursor of the next; None at the end."""

    rows: list[R]
    next_cursor: str | None


@dataclass(frozen=True, eq=False)
class ListTool(Generic[F, R]):
    """Lists and counts of a model, as somebody sees it. ``rows``: its list rows."""

    model: type[Model]
    scopes: ScopeTable
    filters: type[F]
    sorts: Mapping[str, Sort]
    rows: Rows[R]

    @cached_property
    def by(self) -> dict[str, tuple[FilterBy, Any]]:
        """Name of a filter → how it narrows, and the value at which it does not."""
        return {one.name: (one.metadata["by"], one.default) for one in fields(self.filters)}  # type: ignore[arg-type]

    @property
    def name(self) -> str:
        """The list by its model; what is kept of it (a saved view) is kept under this name."""
        return self.model._meta.label_lower

    @cached_property
    def codecs(self) -> dict[str, Codec]:
        """Name of a filter → how it stands in an address."""
        return {name: by.address for name, (by, _) in self.by.items() if by.address is not None}

    @cached_property
    def names(self) -> dict[str, str]:
        """Each parameter of an address that is read → the name of its filter."""
        now = {one.name: name for name, codec in self.codecs.items() for one in codec.parameters}
        return now | {older: name for name, codec in self.codecs.items() for older in codec.older_names}

    def used(self, filters: F) -> dict[str, Any]:
        """The filters that narrow, by name."""
        return {name: value for name, (_, unused) in self.by.items() if (value := getattr(filters, name)) != unused}

    def without(self, filters: F, names: Iterable[str]) -> F:
        """The same without some filters."""
        return replace(filters, **{name: self.by[name][1] for name in names})  # type: ignore[type-var]

    def filters_from(self, query: str | QueryDict | Given, *, actor: Actor, now: datetime) -> F:
        """The filters of an address: the one way in for pages, API, saved views and exports. What is no filter is not read.

        Raises ``InvalidInput``, with the parameter at fault, for a value that no address of ours holds.
        """
        query = QueryDict(query) if isinstance(query, str) else query
        given = dict(query.lists()) if isinstance(query, QueryDict) else query
        asked = Asked(actor, now)
        # Of some two dozen filters an address names two or three: the others are not looked at.
        named = {self.names[name] for name in given if name in self.names}
        found = {name: self.codecs[name].read(given, asked) for name in sorted(named)}
        return self.filters(**{name: value for name, value in found.items() if value is not None})

    def pairs_of(self, filters: F, *, actor: Actor, now: datetime, but: Collection[str] = ()) -> Pairs:
        """The parameters of an address that holds these filters, ``but`` some. Raises ``ValueError`` where none does."""
        asked = Asked(actor, now)
        found: Pairs = []
        for name, value in self.used(filters).items():
            if name in but:
                continue
            if name not in self.codecs:
                raise ValueError(f"'{name}' stands in no address")
            found += self.codecs[name].write(value, asked)
        return found

    def query_of(self, filters: F, *, actor: Actor, now: datetime) -> str:
        """The address of these filters, which ``filters_from`` reads back. Raises ``ValueError`` where none holds them."""
        return urlencode(self.pairs_of(filters, actor=actor, now=now))

    def visible_to(self, actor: Actor) -> QuerySet[Any]:
        """What this actor may know of: the only door to every list and count."""
        return self._that_meet(self.scopes.condition(actor))

    def seen_whole(self, actor: Actor) -> QuerySet[Any]:
        """What this actor sees all of: the door to whatever asks of what is not told outside the office."""
        return self._that_meet(self.scopes.condition(actor, whole=True))

    def _that_meet(self, condition: Q | None) -> QuerySet[Any]:
        manager = self.model._default_manager
        return manager.none() if condition is None else manager.filter(condition)

    def _asks_of_the_inner(self, filters: F) -> bool:
        return any(self.by[name][0].inner for name in self.used(filters))

    def narrowed(self, found: QuerySet[Any, Any], filters: F, *, taken: bool = False) -> QuerySet[Any, Any]:
        """Narrow a query; ``taken``: the values are what the query takes for them. Raises what a filter raises."""
        for name, (by, unused) in self.by.items():
            value = getattr(filters, name)
            if value != unused:
                found = by.narrow(found, value if taken else by.taken(value))
        return found

    def count(self, actor: Actor, filters: F, *, most: int | None = None) -> int:
        """How many the actor sees of these, ``most`` where there are more. One query, and one for a filter with an index of
        its own."""
        seen = self.seen_whole(actor) if self._asks_of_the_inner(filters) else self.visible_to(actor)
        found = self.narrowed(seen, filters)
        ids = self._among(filters)
        found = found if ids is None else only_among(found, ids)
        return found.count() if most is None else found.order_by()[:most].count()

    def page(
        self,
        actor: Actor,
        *,
        filters: F | None = None,
        sort: str,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[R]:
        """A page of what the actor sees. One query; up to three where a filter has an index of its own.

        Raises ``InvalidInput`` for an unknown sort, a foreign cursor or a page outside 1 to 200.
        """
        self._check(sort)
        size = page_size(limit)
        after = None if cursor is None else _start(sort, cursor)
        found = self._first_rows(actor, filters or self.filters(), sort=sort, after=after, count=size + 1)
        if len(found) <= size:
            return Page(found, None)
        last = found[size - 1]
        moment = cast("datetime", last[self.sorts[sort].column])
        return Page(found[:size], encode_cursor([sort, moment.isoformat(), last["id"]]))

    def _check(self, sort: str) -> None:
        if sort not in self.sorts:
            raise InvalidInput("unknown_sort", f"sort by {' or '.join(self.sorts)}, not '{sort}'", field="sort")

    def batches(self, actor: Actor, *, filters: F | None = None, sort: str, size: int = 500) -> Iterator[list[R]]:
        """All that the actor sees, in order, ``size`` rows at a time: memory holds one batch, however long the list.

        A row whose instant of the order changes meanwhile may be missing or come twice. Raises ``InvalidInput`` for an
        unknown sort.
        """
        after: Start | None = None
        while rows := self._first_rows(actor, filters or self.filters(), sort=sort, after=after, count=size):
            yield rows
            last = rows[-1]
            after = cast("Start", (last[self.sorts[sort].column], last["id"]))

    def _first_rows(self, actor: Actor, filters: F, *, sort: str, after: Start | None, count: int) -> list[R]:
        """The first ``count`` rows over all scopes of the actor."""
        self._check(sort)
        order = self.sorts[sort]
        first = partial(self.rows.first_of, column=order.column, descending=order.descending, count=count)
        scopes = self._scopes_of(actor, filters)
        walks = [self._walk(scope, filters, sort=sort, after=after, count=count) for scope in scopes]
        if not self._indexed(filters):
            return self.scopes.told(actor, first(walks))
        near = self._near(scopes, walks, filters, sort=sort, after=after, count=count)
        keys = sorted(set(near.keys), reverse=order.descending)[:count]
        if not near.left:
            return self.with_ids(actor, [key for _, key in keys])
        ids = self._among(filters)
        if ids is None:
            return self.scopes.told(actor, first(walks))
        # What was found near passes again.
        among = {*ids, *(key for _, key in keys)}
        found = self._of_ids(among, scopes, filters, sort=sort, after=after)
        statement, parameters = found.query.get_compiler(connection=connection).as_sql()
        rows = self.rows.first_of_statement(
            statement, parameters, column=order.column, descending=order.descending, count=count
        )
        return self.scopes.told(actor, rows)

    def with_ids(self, actor: Actor, ids: list[int]) -> list[R]:
        """The rows of these objects, of which the actor may know, in this order and as the actor is told them. One query, and one
        where some are not told whole."""
        return self.scopes.told(actor, self.rows.with_ids(ids))

    def _scopes_of(self, actor: Actor, filters: F) -> Sequence[Scope | None]:
        """What of the actor's sight these filters may be asked of, None: everything."""
        if actor.is_system:
            return [None]
        return self.scopes.whole_of(actor) if self._asks_of_the_inner(filters) else self.scopes.of(actor)

    def first_ids(self, actor: Actor, filters: F, *, sort: str, count: int, after: Start | None = None) -> list[int]:
        """The ids of the first ``count`` rows over all scopes of the actor, in their order. Raises ``InvalidInput`` for an
        unknown sort.

        One condition with OR would make the database sort everything that the actor sees. Each scope alone walks its own
        index and stops after ``count`` keys; the first rows of the union are among them.
        """
        self._check(sort)
        scopes = self._scopes_of(actor, filters)
        keys = set(self._first_keys(scopes, filters, sort=sort, after=after, count=count))
        first = sorted(keys, reverse=self.sorts[sort].descending)[:count]
        return [key for _, key in first]

    def _first_keys(
        self, scopes: Sequence[Scope | None], filters: F, *, sort: str, after: Start | None, count: int
    ) -> list[Start]:
        """Sort value and id of the first ``count`` of each scope, and perhaps of some more.

        One query for all scopes; up to three where a filter has an index of its own.
        """
        walks = [self._walk(scope, filters, sort=sort, after=after, count=count) for scope in scopes]
        if not self._indexed(filters):
            return cast("list[Start]", rows_of_all(walks))
        near = self._near(scopes, walks, filters, sort=sort, after=after, count=count)
        if not near.left:
            return near.keys
        ids = self._among(filters)
        if ids is None:
            return near.keys + cast("list[Start]", rows_of_all([walks[place] for place in near.left]))
        left = [scopes[place] for place in near.left]
        return near.keys + list(self._of_ids(ids, left, filters, sort=sort, after=after))

    def _near(
        self,
        scopes: Sequence[Scope | None],
        walks: Sequence[Question],
        filters: F,
        *,
        sort: str,
        after: Start | None,
        count: int,
    ) -> _Near:
        """What is found in the first ``_WINDOW`` rows of each scope: what is frequent is found there, and what is rare is few in
        the index of its filter. One query."""
        walk = partial(self._walk, sort=sort, after=after)
        windows = [walk(scope, filters, count=count, window=_WINDOW) for scope in scopes]
        beyond = [walk(scope, self.filters(), count=1, skip=_WINDOW) for scope in scopes]
        rows = cast("list[list[Start]]", rows_of_each([*windows, *beyond]))
        found, more = rows[: len(walks)], rows[len(walks) :]
        left = [place for place, keys in enumerate(found) if more[place] and len(keys) < count]
        return _Near(list(chain.from_iterable(found)), left)

    def _indexed(self, filters: F) -> list[tuple[Among, Any]]:
        """The filters that narrow and have an index of their own, with their values."""
        return [(among, value) for name, value in self.used(filters).items() if (among := self.by[name][0].among)]

    def _among(self, filters: F) -> Collection[int] | None:
        """The ids outside of which no row passes; None where no filter knows them."""
        ways = [way for among, value in self._indexed(filters) for way in among(value, _MOST_IDS + 1)]
        return fewest(ways, _MOST_IDS)

    def _of_ids(
        self, ids: Collection[int], scopes: Sequence[Scope | None], filters: F, *, sort: str, after: Start | None
    ) -> QuerySet[Any, Any]:
        """The keys of those ids that pass and lie in one of the scopes, in no order."""
        order = self.sorts[sort]
        found: QuerySet[Any, Any] = self.narrowed(self.model._default_manager.all(), filters)
        narrow = [scope for scope in scopes if scope is not None]
        if len(narrow) == len(scopes):
            found = without_index(narrow, found)
        if order.known:
            found = found.filter(**{f"{order.column}__isnull": False})
        if after is not None:
            found = beginning(found, order, *after)
        return only_among(found, ids).order_by().values_list(order.column, "id")

    def _walk(
        self,
        scope: Scope | None,
        filters: F,
        *,
        sort: str,
        after: Start | None,
        count: int,
        skip: int = 0,
        window: int = 0,
    ) -> Question:
        """What gives the first ``count`` keys after ``skip``, of the first ``window`` rows where it is not 0: a query prepared
        for its form, with its values."""
        values, blank = dict[str, Any](), dict[str, Any]()
        for name, (by, unused) in self.by.items():
            value = getattr(filters, name)
            if value == unused:
                continue
            if by.paired:
                values[name], blank[name] = value[1], (value[0], 0)
            elif by.slot is not None:
                values[name], blank[name] = by.taken(value), unused
        form = replace(filters, **blank) if blank else filters  # type: ignore[type-var]
        if after is not None:
            values["after_moment"], values["after_id"] = after
        if scope is not None:
            values["scope"] = scope.value
            if scope.organisation_id is not None:
                values["scope_organisation"] = scope.organisation_id
        column = None if scope is None else scope.column
        return keys_query(self, form, Shape(frozenset(values), column, sort, count, skip, window)), values


@dataclass(frozen=True, slots=True)
class _Near:
    """The keys that a look at the first rows of each scope found, and the scopes (by their place) where more may lie beyond."""

    keys: list[Start]
    left: list[int]


def _start(sort: str, cursor: str) -> Start:
    made_for, moment_text, last_id = decode_cursor(cursor, length=3)
    moment, key = moment_and_key(moment_text, last_id)
    if made_for != sort:
        raise InvalidInput("bad_cursor", "this cursor belongs to another order", field="cursor")
    return moment, key
