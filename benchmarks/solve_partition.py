"""Grids from units: real census graphs against the best known plans and two peers, and a generated city of 30,000 compounds."""

from __future__ import annotations

import contextlib
import csv
import functools
import io
import itertools
import json
import random
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._partition_city import make_city
from benchmarks._report import data_folder
from gezhi.solvers.partition import Edge, PartitionTask, Unit, solve_partition

METIS_SEEDS = 20
TREE_ATTEMPTS = 2_000
# Rounds of search for a thorough bound.
THOROUGH = 3


def read_census(folder: Path) -> list[tuple[str, PartitionTask, int, int]]:
    """(name, task, best known cut edges, proven bound) of every graph that has a file."""
    found = []
    with (folder / "best_known_cut_edges.csv").open() as table:
        for row in csv.DictReader(table):
            name = f"{row['state']}_{row['level']}"
            path = folder / f"{name}.json"
            if not path.exists():
                continue
            graph = json.loads(path.read_text())
            ids = graph["geoid"]
            units = [Unit(i, p, x, y) for i, p, (x, y) in zip(ids, graph["pop"], graph["xy"], strict=True)]
            edges = [Edge(ids[a], ids[b]) for a, b, *_ in graph["edges"]]
            task = PartitionTask(units, edges, (int(row["L"]), int(row["U"])), int(row["k"]), "cut_edges")
            found.append((name, task, int(row["best_cut_edges"]), int(float(row["best_bound"]))))
    return found


def keeps_rules(task: PartitionTask, assignment: dict[str, Any]) -> bool:
    """Whether an assignment has k grids, all in the band and connected; written apart from the solver."""
    import networkx

    graph = networkx.Graph((edge.a, edge.b) for edge in task.edges)
    members: dict[Any, set[Any]] = {}
    for unit in task.units:
        members.setdefault(assignment[str(unit.id)], set()).add(unit.id)
    people = {unit.id: unit.households for unit in task.units}
    low, high = task.band
    return len(members) == task.k and all(
        low <= sum(people[unit] for unit in inside) <= high and networkx.is_connected(graph.subgraph(inside))
        for inside in members.values()
    )


def cut_edges(task: PartitionTask, assignment: dict[str, Any]) -> int:
    """Pairs of neighbours in different grids."""
    pairs = {tuple(sorted((str(edge.a), str(edge.b)))) for edge in task.edges if edge.a != edge.b}
    return sum(assignment[a] != assignment[b] for a, b in pairs)


def _metis(task: PartitionTask) -> tuple[int | None, float]:
    """Best feasible plan of METIS, k-way contiguous and recursive with twenty seeds each, and its CPU seconds."""
    import pymetis

    place = {unit.id: number for number, unit in enumerate(task.units)}
    near: list[list[int]] = [[] for _ in task.units]
    for edge in task.edges:
        near[place[edge.a]].append(place[edge.b])
        near[place[edge.b]].append(place[edge.a])
    weights = [unit.households for unit in task.units]
    mean = sum(weights) / task.k
    best = None
    start = time.process_time()
    for seed, recursive in itertools.product(range(METIS_SEEDS), (False, True)):
        options = pymetis.Options(
            ufactor=max(1, int((task.band[1] / mean - 1.0) * 1000)), seed=seed, contig=int(not recursive)
        )
        _, label = pymetis.part_graph(task.k, adjacency=near, vweights=weights, recursive=recursive, options=options)
        assignment = {str(unit.id): label[number] for number, unit in enumerate(task.units)}
        if keeps_rules(task, assignment):
            best = min(cut_edges(task, assignment), best if best is not None else 10**9)
    return best, time.process_time() - start


def _gerrychain(task: PartitionTask) -> tuple[int | None, float]:
    """GerryChain's recursive_tree_part within the band, and its CPU seconds."""
    import networkx
    from gerrychain import Graph
    from gerrychain.partition import recursive_tree_part
    from gerrychain.tree import bipartition_tree

    random.seed(0)
    graph = networkx.Graph((edge.a, edge.b) for edge in task.edges)
    for unit in task.units:
        graph.nodes[unit.id]["pop"] = unit.households
    mean = sum(unit.households for unit in task.units) / task.k
    method = functools.partial(bipartition_tree, max_attempts=TREE_ATTEMPTS, warn_attempts=10**9)
    start = time.process_time()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            label = recursive_tree_part(
                Graph.from_networkx(graph),
                range(task.k),
                mean,
                "pop",
                min(task.band[1] / mean, 2) - 1,
                bipartition_tree_fn=method,
            )
    except Exception as error:  # noqa: BLE001  (the peer's failure is a result)
        print(f"    recursive_tree_part: {type(error).__name__}: {str(error)[:90]}")
        return None, time.process_time() - start
    assignment = {str(unit): grid for unit, grid in label.items()}
    spent = time.process_time() - start
    return (cut_edges(task, assignment) if keeps_rules(task, assignment) else None), spent


def _holds(condition: bool) -> str:
    return "holds" if condition else "DOES NOT HOLD"


def run_census() -> dict[str, float]:
    """The census graphs."""
    folder = data_folder("instances", "district_graphs")
    if folder is None:
        print("census graphs: skipped, no folder of public data (set GEZHI_SHARED_DATA)")
        return {}
    gaps, seconds, feasible = [], [], []
    head = f"{'graph':<11}{'n':>5}{'k':>3}{'best':>6}{'ours':>6}{'gap %':>7}{'bound':>7}{'CPU s':>7}"
    print(f"{head}{'METIS':>11}{'CPU s':>8}{'tree':>7}{'CPU s':>8}")
    for name, task, best, _ in read_census(folder):
        start = time.process_time()
        result = solve_partition(task)
        seconds.append(time.process_time() - start)
        ours = cut_edges(task, result.assignment)
        feasible.append(keeps_rules(task, result.assignment))
        gaps.append(100.0 * (ours / best - 1.0))
        metis, metis_seconds = _metis(task)
        tree, tree_seconds = _gerrychain(task)
        print(
            f"{name:<11}{len(task.units):>5}{task.k:>3}{best:>6}{ours:>6}{gaps[-1]:>7.2f}{result.certificate.bound:>7g}"
            f"{seconds[-1]:>7.2f}{metis if metis is not None else 'none':>11}{metis_seconds:>8.2f}"
            f"{tree if tree is not None else 'none':>7}{tree_seconds:>8.2f}",
            flush=True,
        )
    print(f"feasible {sum(feasible)} of {len(feasible)}; aim: all: {_holds(all(feasible))}")
    print(f"mean gap to best known {np.mean(gaps):.3f} %; aim ≤ 1.5: {_holds(np.mean(gaps) <= 1.5)}")
    print(f"largest gap {max(gaps):.3f} %; aim ≤ 5: {_holds(max(gaps) <= 5)}")
    print(f"most CPU seconds {max(seconds):.2f}; aim ≤ 10: {_holds(max(seconds) <= 10)}", flush=True)
    return {"census_mean_gap": float(np.mean(gaps)), "census_max_gap": max(gaps), "census_most_seconds": max(seconds)}


def run_bounds() -> dict[str, float]:
    """How far the proven bounds are below the best known plans of the census graphs, by one round and by several."""
    folder = data_folder("instances", "district_graphs")
    if folder is None:
        return {}
    found = []
    print(f"{'graph':<11}{'n':>5}{'k':>3}{'best':>6}{'bound':>7}{'below %':>9}{'CPU s':>7}   {THOROUGH} rounds:")
    for name, task, best, _ in read_census(folder):
        below, words = [], ""
        for effort in (1, THOROUGH):
            start = time.process_time()
            bound = solve_partition(task, effort=effort).certificate.bound or 0.0
            below.append(100.0 * (1.0 - bound / best))
            words += f"{bound:>7g}{below[-1]:>9.1f}{time.process_time() - start:>7.1f}"
        found.append((len(task.units), *below))
        print(f"{name:<11}{len(task.units):>5}{task.k:>3}{best:>6}{words}", flush=True)
    smallest = max(below for _, below, _ in sorted(found)[:5])
    print(f"bounds of the smallest five {smallest:.1f} % below at most; aim ≤ 40: {_holds(smallest <= 40)}", flush=True)
    return {"census_bound_smallest_five": smallest, "census_bound_thorough": max(row[2] for row in found)}


def run_city(units: int = 30_000) -> dict[str, float]:
    """The generated city."""
    task = make_city(units)
    start = time.process_time()
    result = solve_partition(task)
    seconds = time.process_time() - start
    figures = result.figures
    share = 100.0 * figures["in_band_share"]
    communities = len({unit.community for unit in task.units})
    print(
        f"city: {units} units, {communities} communities, {figures['households']} households, {figures['grids']} grids"
    )
    print(f"in 300–500 households {share:.3f} %; aim ≥ 99.5: {_holds(share >= 99.5)}")
    for name in ("empty", "disconnected", "groups_cut", "barrier_crossings"):
        print(f"{name} {figures[name]}; aim 0: {_holds(figures[name] == 0)}")
    print(
        f"neighbours across a barrier in one grid, connected around its end: "
        f"{figures['neighbours_across_barrier_in_one_grid']}, inside groups {figures['neighbours_across_barrier_in_one_group']}"
    )
    print(f"CPU seconds {seconds:.1f}; aim < 120: {_holds(seconds < 120)}")
    reasons = {reason.concerns: reason for reason in result.certificate.reasons}
    print(f"grids out of band: {len(result.certificate.details['out_of_band'])}")
    for item in result.certificate.details["out_of_band"]:
        print(f"  {item['grid']:<12}{item['households']:>6} households  {item['reason']}")
    unproven = sum(item["reason"] == "none_found" for item in result.certificate.details["out_of_band"])
    print(f"of these without a proof that it must be so: {unproven} ({len(reasons)} reasons in words)", flush=True)
    return {"city_in_band_percent": share, "city_cpu_seconds": seconds}


def run() -> dict[str, float]:
    """Run both, compiled beforehand: compiling costs about 15 CPU seconds once for each installation."""
    warm = [Unit(str(place), 100, float(place), 0.0) for place in range(8)]
    start = time.process_time()
    solve_partition(PartitionTask(warm, [Edge(str(place), str(place + 1)) for place in range(7)], (300, 500)))
    print(f"imports and compilation (or its cache): {time.process_time() - start:.1f} CPU s")
    return {**run_census(), **run_bounds(), **run_city()}
