"""Whether case rows are what their history says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from gezhi.contexts.cases.domain.fold import DEFAULTS, FOLDED, INSTANTS, HistoryRow, fold
from gezhi.contexts.cases.evidence import CASE
from gezhi.contexts.cases.models import Case, CaseEvent
from gezhi.contexts.cases.step import state_of
from gezhi.platform.audit.evidence import last_seals
from gezhi.platform.audit.plain_rows import plain_rows
from gezhi.platform.vault.queries import that_exist

_POSITION = {name: position for position, name in enumerate(FOLDED)}
_UNTOUCHED = [DEFAULTS[name] for name in FOLDED]
_NAMES = ("pk", "version", "personal_record", "number", *FOLDED, *CASE.columns)


def differs_from_history(case: Case, history: Iterable[HistoryRow] | None = None) -> dict[str, tuple[Any, Any]]:
    """Columns in which a case row differs from the fold of its history: name → (row, fold). Empty when all is well."""
    if history is None:
        history = [
            HistoryRow(*values)
            for values in CaseEvent.objects.filter(case=case).order_by("version").values_list("version", "changes")
        ]
    folded = fold(history)
    return {name: (value, folded[name]) for name, value in state_of(case).items() if folded[name] != value}


@dataclass(slots=True)
class _History:
    """What the events of one case say: the folded columns as the history writes them, and the last digest."""

    state: list[Any] = field(default_factory=lambda: list(_UNTOUCHED))
    versions: int = 0
    evidence: str = ""
    # Told apart by the slow way, which names what is wrong.
    odd: bool = False

    def add(self, version: int, changes: Any, evidence: str) -> None:
        self.versions += 1
        self.odd = self.odd or version != self.versions
        self.evidence = evidence or self.evidence
        if not isinstance(changes, dict):
            self.odd = True
            return
        for name, value in changes.items():
            position = _POSITION.get(name)
            if position is None:
                self.odd = True
            else:
                self.state[position] = value


def _as_written(value: datetime) -> str:
    """An instant as the history writes it."""
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()


def _silent(count: int) -> None:
    """The progress of whoever does not watch."""


def rows_that_differ(
    *, batch: int = 1_000, since_event: int | None = None, progress: Callable[[int], None] = _silent
) -> Iterator[tuple[str, list[str]]]:
    """Cases whose row is not what their history says: number and what is at fault. A few queries a batch.

    With ``since_event`` only cases with an event after that one's id are looked at. Cases whose row is gone while their
    history stays are named by their id.
    """
    last = 0
    wanted = Case.objects.all()
    if since_event is not None:
        touched = CaseEvent.objects.filter(pk__gt=since_event)
        wanted = wanted.filter(pk__in=touched.values("case_id"))
    while keys := list(wanted.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]):
        if since_event is None:
            rows, events = Case.objects.filter(pk__gt=last, pk__lte=keys[-1]), _events(last, keys[-1])
        else:
            rows, events = Case.objects.filter(pk__in=keys), CaseEvent.objects.filter(case_id__in=keys)
        try:
            yield from _batch(rows, events)
        except ValueError as error:
            yield f"case ids {keys[0]} to {keys[-1]}", [f"a value that cannot be read ({error})"]
        progress(len(keys))
        last = keys[-1]
    if since_event is None:
        yield from _batch(Case.objects.none(), _events(last, 2**63 - 1))


def _events(after: int, until: int) -> QuerySet[CaseEvent]:
    return CaseEvent.objects.filter(case_id__gt=after, case_id__lte=until)


def _batch(rows: QuerySet[Case], events: QuerySet[CaseEvent]) -> Iterator[tuple[str, list[str]]]:
    histories: dict[int, _History] = {}
    names = ("case", "version", "changes", "evidence")
    for case_id, version, changes, evidence in plain_rows(events.order_by("case_id", "version"), names):
        history = histories.get(case_id)
        if history is None:
            history = histories[case_id] = _History()
        history.add(version, changes, evidence)
    found = (
        {} if rows.query.is_empty() else {row[0]: row for row in plain_rows(rows.order_by("pk"), _NAMES, **_SPECIAL)}
    )
    unsealed = [str(key) for key in found if not (key in histories and histories[key].evidence)]
    seals = last_seals(CASE.kind, unsealed) if unsealed else {}
    kept = that_exist([row[2] for row in found.values() if row[2] is not None])
    for key in sorted(found.keys() | histories.keys()):
        if key not in found:
            yield f"case id {key}", ["the row is gone, its history stays"]
            continue
        row, history = found[key], histories.get(key, _History(odd=True))
        at_fault = _folded_at_fault(key, row, history)
        digest = CASE.digest(key, row[4 + len(FOLDED) :])
        expected = history.evidence or seals.get(str(key), "")
        if digest != expected:
            at_fault.append(f"what the report fixed ({', '.join(CASE.columns)})")
        if row[2] is not None and row[2] not in kept:
            at_fault.append("personal_record (the record is gone)")
        if at_fault:
            yield row[3], at_fault


def _folded_at_fault(key: int, row: list[Any], history: _History) -> list[str]:
    """The folded columns that differ. The quick comparison settles nearly every row; only where it fails, the exact one."""
    if not history.odd and history.versions == row[1] and history.state == row[4 : 4 + len(FOLDED)]:
        return []
    try:
        return sorted(differs_from_history(Case.objects.get(pk=key)))
    except ValueError as error:
        return [f"history ({error})"]


_SPECIAL = dict.fromkeys(INSTANTS, _as_written)


def last_event_id() -> int:
    """The id of the newest step of any case, 0 where there is none."""
    return CaseEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
