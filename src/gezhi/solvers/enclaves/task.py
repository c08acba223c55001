"""The enclave task as it is given, checked and indexed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.distinct import require_distinct

Name = str | int


@dataclass(frozen=True, slots=True)
class RunUnit:
    """A compound, the area that runs it, and the metres of its border that touch no other unit."""

    id: Name
    households: int
    run_by: Name
    outer_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Border:
    """Two units that lie side by side, with ``border_m`` metres of common border; ``barrier``: no way across."""

    a: Name
    b: Name
    border_m: float
    barrier: bool = False


@dataclass(frozen=True, slots=True)
class EnclaveTask:
    """``band``: households [L, U] that an area should hold, None where there is no such rule. ``least_share``: of a
    piece's perimeter, from which it is an enclave; ``touch_m``: shorter borders connect nothing."""

    units: Sequence[RunUnit]
    edges: Sequence[Border]
    band: tuple[int, int] | None = None
    least_share: float = 0.6
    touch_m: float = 1.0


@dataclass(frozen=True)
class Land:
    """A checked task: units by position (sorted by id), neighbours with metres, and who can be reached."""

    ids: tuple[str, ...]
    households: tuple[int, ...]
    run_by: tuple[str, ...]
    perimeter: tuple[float, ...]
    border: tuple[dict[int, float], ...]
    open: tuple[frozenset[int], ...]


_MOST_HOUSEHOLDS, _MOST_METRES = 10**9, 1e9


def _refuse(code: str, message: str, field: str) -> InvalidInput:
    return InvalidInput(f"enclaves.{code}", message, field=field)


def read_land(task: EnclaveTask) -> Land:
    """Check ``task``. Raises ``InvalidInput`` naming the field."""
    if task.band is not None and not 0 <= task.band[0] <= task.band[1]:
        raise _refuse("bad_band", f"{list(task.band)} is no band: it must be 0 ≤ L ≤ U", "band")
    if not 0 < task.least_share <= 1:
        raise _refuse("bad_share", "must be above 0 and at most 1", "least_share")
    if not (math.isfinite(task.touch_m) and task.touch_m >= 0):
        raise _refuse("bad_number", "must be a number ≥ 0", "touch_m")
    if not task.units:
        raise _refuse("no_units", "there must be at least one unit", "units")
    order = sorted(range(len(task.units)), key=lambda place: str(task.units[place].id))
    ids = tuple(str(task.units[place].id) for place in order)
    names = [str(unit.id) for unit in task.units]
    require_distinct(names, code="enclaves.duplicate_id", field="units[{}].id", order=order)
    at: dict[str, int] = {}
    for position, place in enumerate(order):
        unit = task.units[place]
        if ids[position] == "" or str(unit.run_by) == "":
            raise _refuse("no_name", "is empty", f"units[{place}].{'id' if ids[position] == '' else 'run_by'}")
        if not 0 <= unit.households <= _MOST_HOUSEHOLDS:
            words = "negative" if unit.households < 0 else f"more than {_MOST_HOUSEHOLDS}"
            raise _refuse("bad_number", f"{unit.households} is {words}", f"units[{place}].households")
        if not 0 <= unit.outer_m <= _MOST_METRES:
            raise _refuse("bad_number", f"must be a number from 0 to {_MOST_METRES:g}", f"units[{place}].outer_m")
        at[ids[position]] = position
    border: list[dict[int, float]] = [{} for _ in ids]
    walls: set[tuple[int, int]] = set()
    for place, edge in enumerate(task.edges):
        for name, field in ((edge.a, "a"), (edge.b, "b")):
            if str(name) not in at:
                raise _refuse("unknown_unit", f"'{name}' is no unit", f"edges[{place}].{field}")
        if not 0 <= edge.border_m <= _MOST_METRES:
            raise _refuse("bad_number", f"must be a number from 0 to {_MOST_METRES:g}", f"edges[{place}].border_m")
        a, b = at[str(edge.a)], at[str(edge.b)]
        if a == b:
            continue
        border[a][b] = border[b][a] = max(edge.border_m, border[a].get(b, 0.0))
        if edge.barrier:
            walls |= {(a, b), (b, a)}
    return Land(
        ids=ids,
        households=tuple(task.units[place].households for place in order),
        run_by=tuple(str(task.units[place].run_by) for place in order),
        perimeter=tuple(
            task.units[place].outer_m + math.fsum(border[position].values()) for position, place in enumerate(order)
        ),
        border=tuple(border),
        open=tuple(
            frozenset(
                other
                for other, metres in near.items()
                if metres >= task.touch_m and metres > 0 and (position, other) not in walls
            )
            for position, near in enumerate(border)
        ),
    )
