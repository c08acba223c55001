"""``gezhi solve partition``: cut compounds into grids."""

from __future__ import annotations

from pathlib import Path

import click

from gezhi.interfaces.cli.solver_files import (
    bad_input_refused,
    finish,
    out_option,
    read_task,
    task_argument,
    within,
)
from gezhi.solvers.partition import PartitionTask, solve_partition


@click.command()
@task_argument
@out_option
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    help="Wall seconds without reading IN: so long is searched, unless the plan is proven to be the best.",
)
@click.option(
    "--effort", type=click.IntRange(1, 10_000),
    help="Rounds of search and of work on the bound; 1, or as many as --seconds allows. A bound of parts of some hundred "
    "units takes 2 or 3.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Same seed, same plan.")
@click.option(
    "--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="Communities solved at the same time."
)
def command(task: Path, out: Path, seconds: float | None, effort: int | None, seed: int, processes: int) -> None:
    """Cut units into grids: contiguous, within a band of households, groups whole, barriers respected.

    \b
    IN is JSON:
      units       list of
        id          text or number, unique
        households  whole number ≥ 0
        x, y        metres
        workload    number ≥ 0; the households if left out
        area        m²; outer_m  metres of border with no other unit (both only for the figure 'compactness')
        group       units of one group stay in one grid, unless the group alone exceeds U
        today       name of the grid that the unit is in today
        community   each community is solved on its own
      edges       list of
        a, b        ids of two units side by side
        border_m    metres of common border; where some have it, an edge without it counts as the mean of the
                    others, and the claim says how many do and how many metres are only estimated
        barrier     true: may not be crossed
      band        [L, U] households of a grid
      k           number of grids, or null: chosen
      objective   "grid" (default) or "cut_edges" (fewest pairs of neighbours in different grids)
      locked      names of today's grids that stay as they are

    A pair given twice keeps its longest border and is a barrier if either says so; an edge from a unit to itself is left
    out. Objective "grid" orders plans by: grids out of band, households out of band, neighbours across a barrier in one
    grid, workload beyond 15 % of the mean of its community, metres of cut border (5 % count as equal), households that change grid.
    Where no edge has a border above 0 m, each counts as one: pairs of neighbours are then cut as seldom as can be.

    \b
    OUT is JSON:
      status      optimal: proven; feasible: every hard rule kept;
                  partial: at least 99 % of the grids keep them, the others are listed;
                  impossible: proven that no plan keeps them; none_found: neither a plan nor a proof
      assignment  {unit id: grid}; today's names where a grid continues one. With impossible and none_found
                  the nearest plan, or empty where the number of grids itself is impossible
      figures     units, grids, in_band, in_band_share, households_least, households_most, empty, disconnected,
                  groups_cut, groups_cut_because_too_large, barrier_crossings (barriers without which a grid falls
                  apart), neighbours_across_barrier_in_one_grid, cut_edges, cut_border_m (metres),
                  cut_border_estimated_m (of these, metres of borders without border_m), workload_deviation
                  (standard deviation ÷ mean), mean_distance_to_centre_m (metres), compactness (Polsby-Popper, 0–1),
                  moved_units, moved_households, grid_households {grid: households}
      certificate claim, value and bound (cut edges, or metres of border), gap, bound_from,
                  reasons [{code, message, concerns}], details {levels, out_of_band [{grid, households, reason}]}

    The first run compiles the search (about 20 s, once for each installation).
    """
    with bad_input_refused():
        result = solve_partition(
            read_task(task, PartitionTask),
            seed=seed,
            effort=1 if effort is None and seconds is None else effort,
            processes=processes,
            should_stop=within(seconds),
        )
    finish(out, result, result.status, result.certificate.claim)
