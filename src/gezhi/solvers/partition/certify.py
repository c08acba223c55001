"""From a plan and what is proven of it to a status and a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import numpy as np

from gezhi.solvers.certificate import Certificate, Reason, Status, relative_gap
from gezhi.solvers.partition.counts import NAMED, Count, named
from gezhi.solvers.partition.one_part import Solved
from gezhi.solvers.partition.parts import Part, Split
from gezhi.solvers.partition.report import Report, broken_rules
from gezhi.solvers.partition.spread import Spread
from gezhi.solvers.partition.task import Bools, Ints, Network

# A plan in which at least this share of the grids keeps the band is worth having, whatever the others do.
PARTIAL_SHARE = 0.99
# A difference of workload below this is the trace of rounding.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Solution:
    """All that is known of a plan: ``grid`` is the position in ``names`` of each unit's grid."""

    network: Network
    apart: Split
    counts: Sequence[Count]
    spread: Spread
    grid: Ints
    names: tuple[str, ...]
    part_of_grid: Ints
    found: Report


@dataclass(frozen=True)
class _Length:
    """The level that is a length: its value, a bound if there is one, what proved it, and what is measured."""

    value: float
    bound: float | None
    source: str
    unit: str

    @property
    def met(self) -> bool:
        return self.bound is not None and self.bound >= self.value - 1e-6 * max(self.value, 1.0)


def certify(solution: Solution) -> tuple[Status, Certificate]:
    """The status and the certificate of a plan."""
    found, grids = solution.found, len(solution.names)
    listed = _listed(solution)
    # A locked grid is as it is: if it is in pieces, no plan mends it.
    parts = solution.apart.parts
    proven = bool(solution.apart.proofs) or solution.spread.impossible
    proven = proven or any(parts[solution.part_of_grid[grid]].fixed for grid in found.disconnected.tolist())
    reasons = list(dict.fromkeys(item.reason for item in listed))
    reasons += solution.apart.proofs
    if found.groups_cut:
        reasons += solution.apart.doubts
    reasons += broken_rules(solution.network, found)
    broken = len(np.union1d(found.out_of_band, found.disconnected)) + len(found.groups_cut)
    length = _length(solution, broken > 0)
    if not broken:
        status = Status.OPTIMAL if _is_optimal(solution, length) else Status.FEASIBLE
    elif broken <= (1.0 - PARTIAL_SHARE) * grids:
        status = Status.PARTIAL
    else:
        status = Status.IMPOSSIBLE if proven else Status.NONE_FOUND
    gap = None if length.bound is None else relative_gap(length.value, length.bound)
    return status, Certificate(
        claim=_claim(status, solution, length, gap, reasons) + _estimated(solution),
        value=length.value,
        bound=length.bound,
        gap=gap,
        bound_from=None if length.bound is None else length.source,
        reasons=tuple(reasons),
        details={
            "levels": _levels(solution, length),
            "out_of_band": [
                {"grid": item.grid, "households": item.households, "reason": item.reason.code} for item in listed
            ],
        },
    )


class Level(TypedDict):
    """One level of the objective: what is counted, how much of it the plan has, and the proven least."""

    level: str
    value: float
    bound: float | None
    bound_from: NotRequired[str | None]
    proven: bool


@dataclass(frozen=True, slots=True)
class _OutOfBand:
    grid: str
    households: int
    reason: Reason


def _listed(solution: Solution) -> list[_OutOfBand]:
    """Every grid out of band with its reason."""
    network, found = solution.network, solution.found
    listed = []
    for number in found.out_of_band.tolist():
        place = int(solution.part_of_grid[number])
        part, answer, count = solution.apart.parts[place], solution.spread.solved[place], solution.counts[place]
        reason = count.reason
        if reason is None and answer.dead_ends:
            reason = _behind(network, part, answer, solution.grid[part.units] == number)
        if reason is None:
            units = f"{len(part.units)} connected units with {part.total} households"
            if answer.impossible and not answer.dead_ends:
                fewest, most = (answer.plan.grids,) * 2 if network.k is not None else (count.least, count.most)
                into = f"{fewest} to {most} grids" if fewest < most else f"{fewest} grids"
                words = f"{units}: no division into {into} keeps the band"
                reason = Reason("no_packing", f"{words} (proven by mixed-integer programming)", named(network, part))
            else:
                words = f"{units}: no division into {answer.plan.grids} grids in the band was found; none is ruled out"
                reason = Reason("none_found", words, named(network, part))
        name = solution.names[number]
        listed.append(_OutOfBand(name, found.figures["grid_households"][name], reason))
    return listed


def _behind(network: Network, part: Part, answer: Solved, inside: Bools) -> Reason | None:
    """The dead end that a grid (``inside`` says which of the part's units it has) suffers from."""
    for end in answer.dead_ends:
        behind = np.isin(part.as_it_is.node, end.nodes)
        if (behind & inside).any():
            gate = network.ids[part.units[np.flatnonzero(part.as_it_is.node == end.gate)[0]]]
            words = (
                f"what lies behind '{gate}' is too small for a grid, and together with it "
                f"holds {end.households} households"
            )
            return Reason("dead_end", words, tuple(network.ids[unit] for unit in part.units[behind][:NAMED]))
    return None


def _length(solution: Solution, broken: bool) -> _Length:
    network, figures = solution.network, solution.found.figures
    border_m = figures["cut_border_m"]
    in_metres = network.objective == "grid" and border_m is not None
    value = float(figures["cut_edges"] if border_m is None or not in_metres else border_m)
    words = "metres of border" if in_metres else "cut edges"
    spread = solution.spread
    if broken or (spread.bound <= 0 and any(answer.plan.grids > 1 for answer in spread.solved)):
        return _Length(value, None, "", words)
    metres = float(network.border[network.border > 0].mean()) if in_metres else 1.0
    between = solution.part_of_grid[solution.grid[network.ends]]
    apart = between[:, 0] != between[:, 1]
    # Borders between parts are cut in every plan.
    always = float(network.border[apart].sum()) if in_metres else float(apart.sum())
    bound = always + metres * spread.bound
    source = ", ".join(spread.bound_from) or "one grid in each part"
    return _Length(value, min(bound, value), source, words)


def _is_optimal(solution: Solution, length: _Length) -> bool:
    """Whether nothing that decides between plans could be better."""
    if solution.network.objective == "cut_edges":
        return length.met
    return all(level["proven"] for level in _levels(solution, length))


def _levels(solution: Solution, length: _Length) -> list[Level]:
    """The lexicographic levels of the objective with what is proven of each; 0 is a bound of every count."""
    found = solution.found
    counted = [
        ("grids out of band", len(found.out_of_band)),
        ("groups cut", len(found.groups_cut)),
        ("neighbours across a barrier in one grid", len(found.crossings)),
    ]
    levels: list[Level] = [{"level": name, "value": value, "bound": 0, "proven": value == 0} for name, value in counted]
    if solution.network.objective == "grid":
        least = solution.spread.least_uneven
        levels.append(
            {
                "level": "workload beyond 15 % of the mean, in mean workloads",
                "value": round(found.uneven, 4),
                "bound": round(min(least, found.uneven), 4),
                "proven": found.uneven <= least + _NOTHING,
            }
        )
    levels.append(
        {
            "level": length.unit,
            "value": length.value,
            "bound": length.bound,
            "bound_from": length.source or None,
            "proven": length.met,
        }
    )
    if "moved_households" in found.figures:
        moved = found.figures["moved_households"]
        levels.append({"level": "households that change grid", "value": moved, "bound": 0, "proven": moved == 0})
    return levels


def _estimated(solution: Solution) -> str:
    """How many borders have no length, in words; nothing where all have one, or none."""
    network, figures = solution.network, solution.found.figures
    count = int(network.estimated.sum())
    if not count:
        return ""
    a, b = (network.ids[unit] for unit in network.ends[int(np.argmax(network.estimated))])
    whose = f"the border of '{a}' and '{b}' has" if count == 1 else f"{count} borders ('{a}' and '{b}' first) have"
    metres = float(network.border[network.estimated][0])
    return (
        f" Of {len(network.ends)} borders {whose} no length: {metres:g} m, the mean of the others, is assumed; "
        f"{figures['cut_border_estimated_m']:g} of the {figures['cut_border_m']:g} metres of border are such."
    )


def _claim(status: Status, solution: Solution, length: _Length, gap: float | None, reasons: Sequence[Reason]) -> str:
    grids = len(solution.names)
    band = f"[{solution.network.low}, {solution.network.high}] households"
    what = f"{length.value:g} {length.unit}"
    if status is Status.OPTIMAL:
        return f"Proven optimal: {grids} grids of {band} with {what}; for this number of grids no plan has less."
    if status is Status.FEASIBLE:
        within = "with no bound of the border"
        if gap is not None and length.bound is not None:
            within = f"within {100 * gap:.1f} % of the bound {length.bound:g} (from {length.source})"
        return f"A plan that keeps every hard rule: {grids} grids of {band}, {what}, {within}."
    words = "; ".join(reason.message for reason in reasons[:3])
    more = f"; and {len(reasons) - 3} more" if len(reasons) > 3 else ""
    if status is Status.PARTIAL:
        return f"A plan in which {solution.found.figures['in_band']} of {grids} grids hold {band}. The others: {words}{more}."
    if status is Status.IMPOSSIBLE:
        return f"Impossible: {words}{more}. The assignment is the nearest plan that was found."
    return f"No plan that keeps the band was found, and none is ruled out: {words}{more}."
