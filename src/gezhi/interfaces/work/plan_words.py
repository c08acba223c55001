"""A plan of grids in plain sentences: how it ended, and what stands in the way of the rules."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gezhi.kernel.filled import Filled, filled
from gezhi.solvers.certificate import Status

if TYPE_CHECKING:
    # It takes a second to load, and only a worker needs it.
    from gezhi.solvers.partition import PartitionResult, PartitionTask

# What a solver gives as a reason, by its code.
REASON_WORDS: dict[str, Filled] = {
    "unit_above_band": filled("A compound alone has more households than a grid may have"),
    "isolated_component": filled("Compounds without neighbours have too few households for a grid"),
    "not_divisible": filled("Neighbouring compounds have too many households for one grid and too few for two"),
    "units_too_large": filled("Compounds are too large to fit together, as none is divided"),
    "no_packing": filled("Neighbouring compounds cannot be divided so: every way has been ruled out"),
    "none_found": filled("No division of neighbouring compounds was found in the time"),
    "dead_end": filled("Compounds at a dead end are too few for a grid, and too many together with the next"),
    "locked_grid_out_of_band": filled("A grid that is to stay as it is has too few or too many households"),
    "more_grids_than_units": filled("More grids are asked for than there are compounds"),
    "number_of_grids": filled("The number of grids that is asked for does not suit the households"),
    "group_across_barrier": filled("Compounds that belong together lie on both sides of a barrier"),
    "group_not_connected": filled("Compounds that belong together do not touch"),
    "group_not_joined": filled("No way between compounds that belong together was found"),
    "grid_disconnected": filled("Grids are in several pieces"),
    "groups_cut": filled("Compounds that belong together are in different grids"),
    "barrier_inside_grid": filled("A barrier runs through a grid"),
}


def plan_words(task: PartitionTask, plan: PartitionResult) -> Filled:
    """What came of the search, in a sentence or two."""
    figures, certificate = plan.figures, plan.certificate
    grids = filled("%(grids)s grids of %(low)s to %(high)s households", grids=figures["grids"], **_band(task))
    if plan.status is Status.OPTIMAL:
        return filled("%(plan)s. It has been proven that no other plan with as many grids is better.", plan=grids)
    if plan.status is Status.FEASIBLE:
        if certificate.gap is None:
            return filled("%(plan)s, and every rule is kept. Whether a better plan exists is not known.", plan=grids)
        share = f"{100 * certificate.gap:.1f}"
        return filled(
            "%(plan)s, and every rule is kept. The borders between grids could be shorter by %(share)s %% at most.",
            plan=grids,
            share=share,
        )
    if plan.status is Status.PARTIAL:
        return filled(
            "%(good)s of %(grids)s grids have %(low)s to %(high)s households. For the others there is no such plan, or none"
            " was found.",
            good=figures["in_band"],
            grids=figures["grids"],
            **_band(task),
        )
    if plan.status is Status.IMPOSSIBLE:
        return filled(
            "No plan can keep all rules; this has been proven. The file holds the plan that comes nearest. Change the number"
            " of households for a grid or what has to stay together, and search again."
        )
    return filled(
        "No plan that keeps all rules was found in the time, but there may be one. The file holds the plan that comes nearest."
        " Search again for longer, or allow more or fewer households for a grid."
    )


def why_words(plan: PartitionResult) -> list[tuple[Filled, int]]:
    """What stands in the way, and in how many places, the most frequent first."""
    counted = Counter(reason.code for reason in plan.certificate.reasons)
    return [(REASON_WORDS[code], count) for code, count in counted.most_common()]


def _band(task: PartitionTask) -> dict[str, int]:
    low, high = task.band
    return {"low": int(low), "high": int(high)}
