"""Whether case rows are what their history says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from gezhi.contexts.cases.domain.fold import HistoryRow, fold
from gezhi.contexts.cases.models import Case, CaseEvent
from gezhi.contexts.cases.step import state_of


def differs_from_history(case: Case, history: Iterable[HistoryRow] | None = None) -> dict[str, tuple[Any, Any]]:
    """Columns in which a case row differs from the fold of its history: name → (row, fold). Empty when all is well."""
    if history is None:
        history = [
            HistoryRow(*values)
            for values in CaseEvent.objects.filter(case=case).order_by("version").values_list("version", "changes")
        ]
    folded = fold(history)
    return {name: (value, folded[name]) for name, value in state_of(case).items() if folded[name] != value}


def rows_that_differ(*, batch: int = 1_000) -> Iterator[tuple[str, list[str]]]:
    """Cases whose row is not the fold of their history: number and the columns at fault. Two queries a batch."""
    last = 0
    while cases := list(Case.objects.filter(pk__gt=last).order_by("pk")[:batch]):
        last = cases[-1].pk
        histories: dict[int, list[HistoryRow]] = {case.pk: [] for case in cases}
        steps = CaseEvent.objects.filter(case_id__gte=cases[0].pk, case_id__lte=last).order_by("case_id", "version")
        for case_id, version, changes in steps.values_list("case_id", "version", "changes").iterator():
            if case_id in histories:
                histories[case_id].append(HistoryRow(version, changes))
        for case in cases:
            try:
                columns = sorted(differs_from_history(case, histories[case.pk]))
            except ValueError as error:
                columns = [f"history ({error})"]
            if columns:
                yield case.number, columns
