"""One decision of the policy 'gezhi' for a real city: who goes where now, from real places and any travel times.

Costs one look at all n·m pairs and a plan from the best of them, and the fields made afresh, O((cases + workers +
demand) · cells): for 477 workers, 100 open cases and 3,000 of demand some 15 ms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.dispatch.fields import Fields, begin_fields, cell_of, even_field, put, put_busy, put_case, shortage
from gezhi.solvers.dispatch.ground import Ground
from gezhi.solvers.dispatch.metric_travel import Travel
from gezhi.solvers.dispatch.policy import Rules
from gezhi.solvers.dispatch.situation import DispatchState, Name, Situation, read_situation
from gezhi.solvers.dispatch.snapshot import (
    Snapshot,
    Weights,
    best_plan,
    prices,
    rush_of,
    weights_of,
    worths,
)
from gezhi.solvers.dispatch.state import NOBODY, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Where cases have come up so far (today, or in as long as the city holds for telling): metres, as in the state."""

    x: ArrayLike = ()
    y: ArrayLike = ()


@dataclass(frozen=True, slots=True)
class Order:
    """A worker and the case that they go to; ``minutes`` of way from where they are now."""

    case: Name
    worker: Name
    minutes: float


@dataclass(frozen=True, slots=True)
class Decision:
    """``sent``: who sets out now. ``kept``: who stays on the way to their case. ``taken_off``: who is to leave the way to
    a case (and may be among the sent). ``waiting``: cases to which nobody goes for the present."""

    sent: tuple[Order, ...]
    kept: tuple[Order, ...]
    taken_off: tuple[Order, ...]
    waiting: tuple[Name, ...]


@njit(cache=True)
def _cells(x: Floats, y: Floats, ground: Ground) -> tuple[Ints, Ints]:
    columns, rows = np.empty(x.size, np.int64), np.empty(x.size, np.int64)
    for each in range(x.size):
        columns[each], rows[each] = cell_of(x[each], y[each], ground)
    return columns, rows


@njit(cache=True)
def _fill(
    fields: Fields,
    case_x: Floats,
    case_y: Floats,
    kind: Ints,
    worker_x: Floats,
    worker_y: Floats,
    skills: NDArray[np.bool_],
    at_work: NDArray[np.bool_],
    demand_x: Floats,
    demand_y: Floats,
) -> None:
    for case in range(case_x.size):
        put_case(case_x[case], case_y[case], kind[case], 1.0, fields)
    for worker in np.flatnonzero(at_work):
        put_busy(worker_x[worker], worker_y[worker], skills[worker], 1.0, fields)
    for each in range(demand_x.size):
        put(fields.demand, demand_x[each], demand_y[each], 1.0, fields)


def _km(demand: Demand) -> tuple[Floats, Floats]:
    x, y = (np.asarray(axis, dtype=np.float64).reshape(-1) / 1_000.0 for axis in (demand.x, demand.y))
    if x.shape != y.shape or not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise InvalidInput("dispatch.bad_number", "must be places in metres, as many x as y", field="demand")
    return x, y


def _snapshot(
    here: Situation,
    free: Ints,
    *,
    minutes: Floats,
    demand: Demand,
    ground: Ground,
    rules: Rules,
    mean_service_min: float,
) -> tuple[Snapshot, Weights]:
    """What the policy sees of the cases and the ``free`` workers, and what it counts with."""
    demand_x, demand_y = _km(demand)
    weights = weights_of(rules, here.skills, mean_service_min)
    under_way = here.aim != NOBODY
    # A fleet counts where it will be: whoever is under way, at the place they go to.
    going_x, going_y = (
        np.where(under_way, case[here.aim], own) for case, own in ((here.case_x, here.x), (here.case_y, here.y))
    )
    kinds = here.skills.shape[1]
    fields = begin_fields(going_x, going_y, kinds, ground, rules.reach_km, even_field(ground, rules.reach_km))
    _fill(
        fields, here.case_x, here.case_y, here.kind, here.x, here.y, here.skills, here.at_work, demand_x, demand_y
    )  # fmt: skip
    short = shortage(fields, demand_x.size, here.x.size, rules.prior)
    column_of = np.full(here.x.size + 1, NOBODY)  # the last place answers for NOBODY
    column_of[free] = np.arange(free.size)
    case_cells, worker_cells = (
        _cells(x, y, ground) for x, y in ((here.case_x, here.case_y), (here.x[free], here.y[free]))
    )
    given = here.keeper != NOBODY
    capped = (here.lost >= rules.most_case_swaps) | (np.append(here.changes, 0)[here.keeper] >= rules.most_swaps)
    on_duty = here.x.size
    rush = rush_of(int(here.at_work.sum()), here.case_x.size, on_duty, weights)
    worth = worths(fields, short, rush, weights)[here.kind, case_cells[0], case_cells[1]]
    idle_share = float((~here.at_work & ~under_way).sum()) / on_duty
    ahead = (here.used - here.used.mean())[free]
    snapshot = Snapshot(
        way=minutes,
        kind=here.kind,
        worth=worth + weights.ageing * here.waited,
        owner=column_of[here.owner],
        keeper=column_of[here.keeper],
        kept=given & capped,
        skills=here.skills[free],
        aim=here.aim[free],
        price=prices(here.skills[free], short[worker_cells], ahead, under_way[free], idle_share, rush, weights),
    )
    return snapshot, weights


def decide(
    state: DispatchState, *, travel: Travel, ground: Ground, demand: Demand | None = None, rules: Rules | None = None
) -> Decision:
    """Solve the moment: open cases × workers who are not at work. Deterministic; ties go to the row given first.

    ``travel`` is asked once, from where the workers are. Raises ``InvalidInput`` naming the field.
    """
    rules, demand, here = rules or Rules(), demand or Demand(), read_situation(state)
    free = np.flatnonzero(~here.at_work)
    if not len(state.cases) or not free.size:
        return Decision((), (), (), tuple(case.id for case in state.cases))
    minutes = (
        np.asarray(
            travel.seconds(
                case_x=here.case_x * 1_000.0,
                case_y=here.case_y * 1_000.0,
                worker_x=here.x[free] * 1_000.0,
                worker_y=here.y[free] * 1_000.0,
            ),
            dtype=np.float64,
        )
        / 60.0
    )
    if minutes.shape != (len(state.cases), free.size) or not (minutes >= 0).all():
        raise InvalidInput("travel.bad_number", "must be seconds ≥ 0 for each case and worker", field="travel")
    seen, weights = _snapshot(
        here,
        free,
        minutes=minutes,
        demand=demand,
        ground=ground,
        rules=rules,
        mean_service_min=state.mean_service_min,
    )
    plan = best_plan(seen, weights).tolist()
    sent, kept, taken_off, waiting = [], [], [], []
    for row, (case, column, keeper) in enumerate(zip(state.cases, plan, seen.keeper.tolist(), strict=True)):
        goes, went = (
            None if place == NOBODY else Order(case.id, state.workers[free[place]].id, float(minutes[row, place]))
            for place in (column, keeper)
        )
        if goes is None:
            waiting.append(case.id)
        elif goes == went:
            kept.append(goes)
        else:
            sent.append(goes)
        if went is not None and went != goes:
            taken_off.append(went)
    return Decision(tuple(sent), tuple(kept), tuple(taken_off), tuple(waiting))
