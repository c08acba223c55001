"""How one filter of a list narrows it: what a list tool is told of each (:mod:`gezhi.platform.steps.listing`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from gezhi.kernel.steps import Words
from gezhi.platform.prepared import Slot
from gezhi.platform.steps.addresses import Codec
from gezhi.platform.steps.among import Way

Narrow = Callable[[QuerySet[Any, Any], Any], QuerySet[Any, Any]]
# Ways to the ids outside of which no row passes a value, each part with at most so many; none where no index knows it.
Among = Callable[[Any, int], Sequence[Way]]


def _itself(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class FilterBy:
    """How a filter narrows. ``slot``: the type of the value that varies. ``taken``: what the query takes for a value.
    ``paired``: the value is a pair, of which the second part varies and the first belongs to the form.

    ``address``: how it stands in an address; None: in none. ``says``: what people call it. ``named``: what people call a value,
    as words or as something with a name; None where the value says it itself.

    ``among``: ways to the ids outside of which no row passes, by an index of the filter's own (a text's). For filters that no order
    of a list helps to find the few.

    ``inner``: it asks of what is not told outside the office. Of an object that somebody does not see all of it knows nothing.
    """

    narrow: Narrow
    slot: Slot | None = None
    paired: bool = False
    address: Codec | None = None
    says: Words | None = None
    named: Callable[[Any], Any] | None = None
    among: Among | None = None
    taken: Callable[[Any], Any] = _itself
    inner: bool = False


def filter_by(
    narrow: Narrow,
    default: Any = None,
    *,
    slot: Slot | None = None,
    paired: bool = False,
    address: Codec | None = None,
    says: Words | None = None,
    named: Callable[[Any], Any] | None = None,
    among: Among | None = None,
    taken: Callable[[Any], Any] = _itself,
    inner: bool = False,
) -> Any:
    """A field of a dataclass of filters (see ``FilterBy``). At its default it narrows nothing."""
    by = FilterBy(narrow, slot, paired, address, says, named, among, taken, inner)
    return field(default=default, metadata={"by": by})


def by_column(lookup: str) -> Narrow:
    """Narrow by one column: ``by_column("organisation_id")``, ``by_column("reported_at__gte")``."""
    return lambda found, value: found.filter(**{lookup: value})


def by_days(column: str) -> Narrow:
    """Narrow an instant to some days (``DaysIn``)."""
    return lambda found, days: found.filter(**{f"{column}__gte": days.since, f"{column}__lt": days.until})


class _Like(Func):
    """Whether a column is like a pattern, whatever the capitals; ``start``: like the pattern without its first sign."""

    output_field = BooleanField()
    arity = 2

    def __init__(self, column: str, pattern: str, *, start: bool = False) -> None:
        super().__init__(F(column), Value(pattern))
        self._start = start

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        wanted = "substr(%s, 2)" if self._start else "%s"
        return self._written(compiler, f"{{}} LIKE {wanted} ESCAPE '\\'")

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        wanted = "substr(%s::text, 2)" if self._start else "%s::text"
        return self._written(compiler, f"UPPER({{}}::text) LIKE UPPER({wanted})")

    def _written(self, compiler: Any, form: str) -> Any:
        column, pattern = (compiler.compile(each) for each in self.get_source_expressions())
        return form.format(column[0]), [*column[1], *pattern[1]]


def pattern_of(text: str) -> str:
    """The pattern of whatever holds a text, for ``by_pattern``."""
    plain = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{plain}%"


def by_pattern(*holding: str, starting: tuple[str, ...] = ()) -> Narrow:
    """Narrow by a text that one of the columns ``holding`` holds, or with which one of ``starting`` starts, whatever the
    capitals. With ``slot=str, taken=pattern_of``."""

    def narrow(found: QuerySet[Any, Any], pattern: Any) -> QuerySet[Any, Any]:
        likes = [Q(_Like(column, pattern, start=True)) for column in starting]
        likes += [Q(_Like(column, pattern)) for column in holding]
        return found.filter(reduce(or_, likes))

    return narrow
