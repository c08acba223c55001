"""Whether the rows of a kind are what their history says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model, QuerySet

from gezhi.kernel.fold import Folded, StepChanges
from gezhi.platform.audit.evidence import last_seals
from gezhi.platform.audit.plain_rows import plain_rows
from gezhi.platform.steps.kind import Kind
from gezhi.platform.steps.models import StepRow
from gezhi.platform.steps.registry import kind_of, kinds
from gezhi.platform.vault.queries import that_exist

# Before the folded columns in what is read of a row.
_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Differing:
    """An object whose row is not what its history says: the kind, its number (or id), and what is at fault."""

    kind: str
    number: str
    at_fault: list[str]


def differs_from_history(obj: Model, history: Iterable[StepChanges] | None = None) -> dict[str, tuple[Any, Any]]:
    """Columns in which a row differs from the fold of its history: name → (row, fold). Empty when all is well.

    Raises ``ValueError`` for a history that cannot be folded.
    """
    kind = kind_of(obj)
    if history is None:
        rows = kind.history._default_manager.filter(**{kind.subject: obj}).order_by("version")
        history = [StepChanges(*values) for values in rows.values_list("version", "changes")]
    folded = kind.folded.fold(history)
    return {name: (value, folded[name]) for name, value in kind.state_of(obj).items() if folded[name] != value}


@dataclass(slots=True)
class _History:
    """What the history of one object says: the folded columns as it writes them, and the last digest."""

    state: list[Any]
    versions: int = 0
    evidence: str = ""
    # Told apart by the slow way, which names what is wrong.
    odd: bool = False

    def add(self, positions: Mapping[str, int], version: int, changes: Any, evidence: str) -> None:
        self.versions += 1
        self.odd = self.odd or version != self.versions
        self.evidence = evidence or self.evidence
        if not isinstance(changes, dict):
            self.odd = True
            return
        for name, value in changes.items():
            position = positions.get(name)
            if position is None:
                self.odd = True
            else:
                self.state[position] = value


def _as_written(value: datetime) -> str:
    """An instant as the history writes it."""
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()


def _silent(count: int) -> None:
    """The progress of whoever does not watch."""


def all_that_differ(*, since: Mapping[str, int] | None = None) -> Iterator[Differing]:
    """The same for every kind. ``since``: kind → the id of the history row after which objects are looked at."""
    for kind in kinds():
        yield from rows_that_differ(kind, since_step=None if since is None else since.get(kind.name, 0))


def last_steps() -> dict[str, int]:
    """Kind → the id of its newest history row, 0 where there is none."""
    return {
        kind.name: kind.history._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        for kind in kinds()
    }


def rows_that_differ(
    kind: Kind[Any],
    *,
    batch: int = 1_000,
    since_step: int | None = None,
    progress: Callable[[int], None] = _silent,
) -> Iterator[Differing]:
    """Objects of a kind whose row is not what their history says. A few queries a batch.

    With ``since_step`` only objects with a history row after that one's id are looked at. Objects whose row is gone while
    their history stays are named by their id.
    """
    look = _Look(kind)
    last = 0
    wanted = kind.model._default_manager.all()
    if since_step is not None:
        touched = kind.history._default_manager.filter(pk__gt=since_step)
        wanted = wanted.filter(pk__in=touched.values(f"{kind.subject}_id"))
    while keys := list(wanted.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]):
        if since_step is None:
            rows = kind.model._default_manager.filter(pk__gt=last, pk__lte=keys[-1])
            steps = look.steps(last, keys[-1])
        else:
            rows = kind.model._default_manager.filter(pk__in=keys)
            steps = kind.history._default_manager.filter(**{f"{kind.subject}_id__in": keys})
        try:
            yield from look.batch(rows, steps)
        except ValueError as error:
            fault = [f"a value that cannot be read ({error})"]
            yield Differing(kind.name, f"{kind.name} ids {keys[0]} to {keys[-1]}", fault)
        progress(len(keys))
        last = keys[-1]
    if since_step is None:
        yield from look.batch(kind.model._default_manager.none(), look.steps(last, 2**63 - 1))


@dataclass(frozen=True)
class _Look:
    """One run over a kind."""

    kind: Kind[Any]
    positions: dict[str, int] = field(init=False)
    special: dict[str, Callable[[Any], Any]] = field(init=False)

    def __post_init__(self) -> None:
        folded = self.kind.folded
        object.__setattr__(self, "positions", {name: position for position, name in enumerate(folded.names)})
        object.__setattr__(self, "special", dict.fromkeys(folded.instants, _as_written))

    @property
    def _folded(self) -> Folded:
        return self.kind.folded

    def steps(self, after: int, until: int) -> QuerySet[StepRow]:
        """The history of the objects with these ids."""
        subject = f"{self.kind.subject}_id"
        return self.kind.history._default_manager.filter(**{f"{subject}__gt": after, f"{subject}__lte": until})

    def batch(self, rows: QuerySet[Any], steps: QuerySet[StepRow]) -> Iterator[Differing]:
        """Those at fault among some objects."""
        kind, histories = self.kind, self._histories(steps)
        sealed = () if kind.sealed is None else kind.sealed.columns
        names = ("pk", "version", kind.reference, kind.personal or "pk", *self._folded.names, *sealed)
        found = (
            {}
            if rows.query.is_empty()
            else {row[0]: row for row in plain_rows(rows.order_by("pk"), names, **self.special)}
        )
        unsealed = [str(key) for key in found if not (key in histories and histories[key].evidence)]
        seals = last_seals(kind.sealed.kind, unsealed) if kind.sealed is not None and unsealed else {}
        personal = [row[3] for row in found.values() if row[3] is not None] if kind.personal else []
        kept = that_exist(personal)
        for key in sorted(found.keys() | histories.keys()):
            if key not in found:
                yield Differing(kind.name, f"{kind.name} id {key}", ["the row is gone, its history stays"])
                continue
            row, history = found[key], histories.get(key, _History([], odd=True))
            at_fault = self._folded_at_fault(key, row, history)
            if kind.sealed is not None:
                digest = kind.sealed.digest(key, row[_AHEAD + len(self._folded.names) :])
                if digest != (history.evidence or seals.get(str(key), "")):
                    at_fault.append(f"what no step changes ({', '.join(sealed)})")
            if kind.personal and row[3] is not None and row[3] not in kept:
                at_fault.append(f"{kind.personal} (the record is gone)")
            if at_fault:
                yield Differing(kind.name, row[2], at_fault)

    def _histories(self, steps: QuerySet[StepRow]) -> dict[int, _History]:
        histories: dict[int, _History] = {}
        untouched = [self._folded.start[name] for name in self._folded.names]
        subject = self.kind.subject
        names = (subject, "version", "changes", "evidence")
        for key, version, changes, evidence in plain_rows(steps.order_by(f"{subject}_id", "version"), names):
            history = histories.get(key)
            if history is None:
                history = histories[key] = _History(list(untouched))
            history.add(self.positions, version, changes, evidence)
        return histories

    def _folded_at_fault(self, key: int, row: list[Any], history: _History) -> list[str]:
        """The folded columns that differ. The quick comparison settles nearly every row; only where it fails, the exact one."""
        here = row[_AHEAD : _AHEAD + len(self._folded.names)]
        if not history.odd and history.versions == row[1] and history.state == here:
            return []
        try:
            return sorted(differs_from_history(self.kind.model._default_manager.get(pk=key)))
        except ValueError as error:
            return [f"history ({error})"]
