"""Why this worker goes to this case, and what the next best would cost: the plan in the words of its pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gezhi.solvers.assign.plan import Alternative, Explanation
from gezhi.solvers.assign.shortest_paths import NOBODY
from gezhi.solvers.assign.task import Cases, Floats, Workers

Ints = NDArray[np.int64]
# Named in one explanation at most.
MOST_NEARER = 5


def explain(
    cases: Cases,
    workers: Workers,
    *,
    arrival_s: Floats,
    table: Floats,
    slots: Ints,
    worker_of: Ints,
    rise: Floats,
) -> dict[str, tuple[Explanation, ...]]:
    """One explanation for each person sent. ``slots``, ``worker_of``, ``rise``: case, worker and rise of each slot."""
    busy: dict[int, int] = {}
    for slot, worker in zip(slots.tolist(), worker_of.tolist(), strict=True):
        if worker != NOBODY:
            busy[worker] = slot
    found: dict[str, list[Explanation]] = {}
    for slot, worker, more in zip(slots.tolist(), worker_of.tolist(), rise.tolist(), strict=True):
        if worker == NOBODY:
            continue
        row, costs = arrival_s[slot], table[slot]
        sooner = np.flatnonzero(row < row[worker])
        nearer = sooner[np.argsort(row[sooner], kind="stable")][:MOST_NEARER]
        others = np.flatnonzero(np.isfinite(costs))
        others = others[others != worker]
        second = int(others[np.argmin(costs[others])]) if others.size else NOBODY
        taken = {workers.ids[j]: (cases.ids[busy[j]] if j in busy else None) for j in nearer.tolist()}
        found.setdefault(cases.ids[slot], []).append(
            Explanation(
                worker=workers.ids[worker],
                arrival_s=float(row[worker]),
                cost=float(costs[worker]),
                rank=int(sooner.size) + 1,
                nearer=taken,
                next_best=None
                if second == NOBODY
                else Alternative(workers.ids[second], float(row[second]), float(costs[second])),
                plan_cost_without=float(more) if np.isfinite(more) else None,
                words=_words(int(sooner.size), int(others.size), taken, float(row[worker]), more),
            )
        )
    return {case: tuple(parts) for case, parts in found.items()}


def _words(sooner: int, others: int, taken: dict[str, str | None], arrival_s: float, more: float) -> str:
    if not others:
        place = "the only eligible worker"
    elif not sooner:
        place = "the nearest eligible worker"
    else:
        where = ", ".join(
            f"{worker} goes to {case}" if case else f"{worker} stays free" for worker, case in taken.items()
        )
        place = f"number {sooner + 1} by arrival ({where}{' …' if sooner > len(taken) else ''})"
    if not np.isfinite(more):
        return f"{place}, there in {arrival_s:.0f} s; without this pair fewer cases could be served"
    return f"{place}, there in {arrival_s:.0f} s; the best plan without this pair costs {more:.0f} s more"
