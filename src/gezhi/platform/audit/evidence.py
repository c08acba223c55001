"""Tables that change and on which evidence rests: what is kept of each row, so that a change from outside is seen.

A table registers its model and columns, once, where its app is loaded. Whoever writes to it in the program then says so
(``seal_new``, ``seal_changes``): the digest of the row's columns goes into a chain, and ``gezhi audit verify`` compares
every row with its last digest. A row changed, added or taken away by SQL is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import QuerySet

from gezhi.kernel.errors import Conflict
from gezhi.platform.audit.chain import append
from gezhi.platform.audit.keyed import keyed
from gezhi.platform.audit.models import Seal
from gezhi.platform.audit.plain_rows import plain, plain_rows

CHAIN = "seals"
_BATCH = 500


@dataclass(frozen=True)
class Evidence:
    """One table under seal. ``columns`` are attribute names (``area_id``).

    ``called``: the name of the table in the chain of seals, where it is not the model's: one that moved keeps its seals.
    ``carried``: the first digest of a row does not lie in the chain of seals but in a column of the row itself or of its
    history, and who registers the table checks it. ``waiting`` then finds the rows that have none yet.
    """

    model: type[models.Model]
    columns: tuple[str, ...]
    carried: bool = False
    waiting: Callable[[], QuerySet[Any, Any]] | None = None
    # Stores digests of waiting rows where they are carried; by default they go into the chain of seals.
    store: Callable[[dict[Any, str]], None] | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    called: str = ""

    @cached_property
    def kind(self) -> str:
        """The name of the table in the chain of seals."""
        return self.called or self.model._meta.label

    def digest(self, key: Any, values: Sequence[Any]) -> str:
        """The digest of one row, ``values`` plain and in the order of ``columns``.

        Columns at their default are left out: a column that joins the table later does not change what was sealed.
        """
        content = {
            name: value
            for name, value in zip(self.columns, values, strict=True)
            if value is not None and value != self.defaults[name]
        }
        return keyed("row", [self.kind, str(plain(key)), content])

    def digest_of(self, row: models.Model) -> str:
        """The digest of an instance whose attributes are what the database will hold."""
        return self.digest(row.pk, [plain(getattr(row, name)) for name in self.columns])

    def digest_of_new(self, key: object, values: Mapping[str, Any]) -> str:
        """The digest of a row that was inserted with these columns; all others of the sealed ones are empty."""
        return self.digest(key, [plain(values.get(name)) for name in self.columns])

    def digests(self, rows: QuerySet[Any, Any]) -> Iterator[tuple[str, str]]:
        """Key and digest of each row as the database holds it, by key."""
        for key, *values in plain_rows(rows.order_by("pk"), ["pk", *self.columns]):
            yield str(key), self.digest(key, values)


_registered: dict[type[models.Model], Evidence] = {}


def _default(model: type[models.Model], name: str) -> Any:
    column = model._meta.get_field(name)
    if not isinstance(column, models.Field):
        raise TypeError(f"{model._meta.label} has no column {name}")
    if callable(column.default):
        return column.default() if column.default in {list, dict} else None
    return column.get_default()


def under_seal(
    model: type[models.Model],
    *,
    only: Iterable[str] = (),
    but: Iterable[str] = (),
    carried: bool = False,
    waiting: Callable[[], QuerySet[Any, Any]] | None = None,
    store: Callable[[dict[Any, str]], None] | None = None,
    called: str = "",
) -> Evidence:
    """Register a table: all its columns, those named in ``only``, or all but those in ``but``. The rest: see ``Evidence``."""
    every = [column.attname for column in model._meta.concrete_fields if not column.primary_key]
    columns = tuple(only) or tuple(name for name in every if name not in set(but))
    found = Evidence(model, columns, carried, waiting, store, {name: _default(model, name) for name in columns}, called)
    _registered[model] = found
    return found


def evidence_of(model: type[models.Model]) -> Evidence:
    """What is registered for a table. Raises ``LookupError`` for a table that is not under seal."""
    return _registered[model]


def is_under_seal(model: type[models.Model]) -> bool:
    """Whether what the program writes into this table must be sealed."""
    return model in _registered


def registered() -> tuple[Evidence, ...]:
    """All tables under seal, by name."""
    return tuple(sorted(_registered.values(), key=lambda item: item.kind))


def last_seals(kind: str, keys: Sequence[str]) -> dict[str, str]:
    """The last digest of each of these rows that has one."""
    rows = Seal.objects.filter(kind=kind, key__in=keys).order_by("seq").values_list("key", "digest")
    return dict(rows)


def seal(kind: str, digests: Iterable[tuple[str, str]]) -> None:
    """Put the digests of some rows of a table under seal, by their keys."""
    append(CHAIN, Seal, [{"kind": kind, "key": key, "digest": digest} for key, digest in digests])


def seal_new(rows: Sequence[models.Model] | QuerySet[Any, Any]) -> None:
    """Seal rows that the program has just inserted, all of one table, inside the transaction that wrote them.

    Raises ``Conflict`` (``written_differently``) where the database holds something else than the rows at hand.
    """
    if not rows:
        return
    evidence = _registered[rows.model if isinstance(rows, QuerySet) else type(rows[0])]
    keys = list(rows.values_list("pk", flat=True)) if isinstance(rows, QuerySet) else [row.pk for row in rows]
    for start in range(0, len(keys), _BATCH):
        found = evidence.model._base_manager.filter(pk__in=keys[start : start + _BATCH])
        if not isinstance(rows, QuerySet):
            _require_as_written(evidence, rows[start : start + _BATCH], found)
        seal(evidence.kind, evidence.digests(found))


def _require_as_written(evidence: Evidence, rows: Sequence[models.Model], found: QuerySet[Any, Any]) -> None:
    """The seal vouches for what the program meant: a trigger may have made something else of it."""
    there = {row.pk: row for row in found}
    fields = {column.attname: column for column in evidence.model._meta.concrete_fields}
    for row in rows:
        read = there.get(row.pk)
        for name in evidence.columns:
            if read is None or getattr(read, name) != fields[name].to_python(getattr(row, name)):
                raise Conflict("written_differently", f"{evidence.kind} {row.pk}: the database changed '{name}'")


@contextmanager
def seal_changes(rows: QuerySet[Any, Any]) -> Iterator[None]:
    """Seal what the block makes of these rows. They are found before it, and are the same ones after it.

    A row that was changed from outside before is not sealed anew: the program must not vouch for what it did not write.
    """
    evidence = _registered[rows.model]
    keys = list(rows.values_list("pk", flat=True))
    before = _states(evidence, keys)
    sealed = _sealed(evidence, list(before))
    sound = {key for key, digest in before.items() if sealed.get(key) == digest}
    yield
    after = _states(evidence, keys)
    changed = [key for key in before if key in sound and after.get(key, "") != before[key]]
    seal(evidence.kind, ((key, after.get(key, "")) for key in changed))


def _states(evidence: Evidence, keys: Sequence[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(keys), _BATCH):
        found.update(evidence.digests(evidence.model._base_manager.filter(pk__in=keys[start : start + _BATCH])))
    return found


def _sealed(evidence: Evidence, keys: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(keys), _BATCH):
        found.update(last_seals(evidence.kind, keys[start : start + _BATCH]))
    return found
