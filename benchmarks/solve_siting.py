"""Siting on public instances beside their best known values and spopt: p-median of the OR-Library, covering of real cities."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks._report import data_folder, row
from gezhi.solvers.certificate import Status, never
from gezhi.solvers.siting import Demand, Site, SitingResult, SitingTask, solve_siting
from gezhi.solvers.siting.greedy import greedy
from gezhi.solvers.siting.kicks import search as kick_and_improve
from gezhi.solvers.siting.location import Location, value
from gezhi.solvers.siting.swaps import improve
from gezhi.solvers.siting.task import read_problem
from gezhi.solvers.siting.uncapacitated import core_of, price_unserved

# Optima of the covering of São José dos Campos within 800 m for p = 1, 2, 3, 5, 10, proven by HiGHS.
SJC = {
    324: (5461, 8790, 11604, 12152, 12152),
    402: (6555, 11339, 14690, 15970, 15984),
    500: (7944, 12454, 15730, 18859, 19707),
    708: (8393, 13306, 17272, 21486, 24190),
}
SJC_P = (1, 2, 3, 5, 10)
CITIES = (("NewYork", 400), ("SanFrancisco", 600))
WGS84_RADIUS_M = 6_378_137.0
# spopt builds a dense program: instances that it ends within minutes.
PEER_PMED, PEER_PMED_SITES = (1, 2, 3, 4, 5), 100

# Boards of 1,400 drilled points (generated), and list entries of each search: as many as a core gets by default.
BOARD_P, BOARD_SEEDS, BOARD_ENTRIES = (150, 200, 250, 300, 400), (101, 102), 75_000_000


def read_pmed(folder: Path, number: int) -> tuple[SitingTask, int]:
    """An instance of the OR-Library and its proven optimum."""
    numbers = [int(word) for word in (folder / f"pmed{number}.txt").read_text().split()]
    nodes, _, p = numbers[:3]
    edges = np.array(numbers[3:]).reshape(-1, 3).tolist()
    optimum = re.search(rf"^pmed{number}\s+(\d+)", (folder / "pmedopt.txt").read_text(), re.MULTILINE)
    if optimum is None:
        raise ValueError(f"pmedopt.txt lacks pmed{number}")
    names = range(1, nodes + 1)
    task = SitingTask(
        demand=[Demand(name, 1.0) for name in names], sites=[Site(name) for name in names], metric="graph",
        model="p_median", p=p, graph=[(a, b, float(metres)) for a, b, metres in edges],
    )  # fmt: skip
    return task, int(optimum.group(1))


def _covering(xy: np.ndarray, weight: np.ndarray, p: int, radius_m: float, metric: str) -> SitingTask:
    return SitingTask(
        demand=[Demand(n, float(w), x, y) for n, (w, (x, y)) in enumerate(zip(weight, xy.tolist(), strict=True))],
        sites=[Site(n, x, y) for n, (x, y) in enumerate(xy.tolist())],
        metric=metric, model="max_cover", p=p, radius_m=radius_m, earth_radius_m=WGS84_RADIUS_M,
    )  # fmt: skip


def read_sjc(folder: Path, size: int, p: int) -> SitingTask:
    """São José dos Campos: metres, 800 m."""
    xy = np.loadtxt(folder / f"SJC{size}.txt", skiprows=1)
    return _covering(xy, np.loadtxt(folder / f"demand-SJC{size}.dat"), p, 800.0, "euclidean")


def read_city(folder: Path, name: str, p: int, radius_m: int) -> tuple[SitingTask, int]:
    """Census blocks of a city (latitude, longitude, then population) and the published best value."""
    text = (folder / f"{name}.txt").read_text()
    count = int(re.search(r"DIMENSION\s*:\s*(\d+)", text)[1])
    words = re.findall(r"^-?[\d.]+(?:[ \t]+-?[\d.]+)?", text, re.MULTILINE)
    places = np.array([line.split() for line in words[:count]], dtype=float)
    weight = np.array([line.split()[-1] for line in words[-count:]], dtype=float)
    best = int((folder / f"{name}_{p}_{radius_m}.txt").read_text().split()[1])
    return _covering(places[:, ::-1], weight, p, float(radius_m), "haversine"), best


def _timed(work: Callable[[], SitingResult]) -> tuple[SitingResult, float]:
    begin = time.process_time()
    answer = work()
    return answer, time.process_time() - begin


def _spopt(task: SitingTask, metres: np.ndarray) -> tuple[float, float] | None:
    """spopt's value by HiGHS on the same distances and its CPU seconds; None where it is not installed."""
    try:
        import pulp
        from spopt.locate import MCLP, PMedian
    except ImportError:
        return None
    weight = np.array([each.weight for each in task.demand])
    begin = time.process_time()
    solver = pulp.HiGHS(msg=False, threads=1, timeLimit=120)
    if task.model == "p_median":
        model = PMedian.from_cost_matrix(metres, weight, p_facilities=task.p).solve(solver)
        value = float(model.problem.objective.value())
    else:
        model = MCLP.from_cost_matrix(metres, weight, service_radius=task.radius_m, p_facilities=task.p).solve(solver)
        value = float(model.problem.objective.value())
    return value, time.process_time() - begin


def _peer(name: str, task: SitingTask, ours: float, seconds: float) -> None:
    """One line: our CPU seconds as a share of spopt's, on the same distances."""
    reach = read_problem(task).ways.reach(None)
    metres = np.full((len(task.demand), len(task.sites)), np.inf)
    metres[reach.demand, reach.site] = reach.metres
    theirs = _spopt(task, metres)
    if theirs is None:
        print("spopt is not installed (scripts/prepare.py --peers): left out")
        return
    value, spent = theirs
    better = value >= ours - 0.5 if task.model == "p_median" else value <= ours + 0.5
    row(f"{name}: spopt with HiGHS {value:.0f}, ours", f"{ours:.0f}", "no worse", better, f"{seconds:.2f}/{spent:.2f}")


def run_pmed() -> dict[str, float]:
    """The forty instances of the OR-Library."""
    folder = data_folder("instances", "pmed")
    if folder is None:
        print("pmed: skipped, no folder of public data (set GEZHI_SHARED_DATA)")
        return {}
    gaps, seconds, proven = [], [], 0
    for number in range(1, 41):
        task, best = read_pmed(folder, number)
        answer, spent = _timed(lambda task=task: solve_siting(task))
        gap = 100 * (answer.value / best - 1)
        gaps.append(gap)
        seconds.append(spent)
        proven += answer.status == "optimal"
        words = f"{answer.value:.0f} ≥ {answer.bound:.0f}"
        row(f"pmed{number} n={len(task.demand)} p={task.p}: value ≥ bound", words, f"{best}", gap == 0, f"{spent:.2f}")
        if number in PEER_PMED:
            _peer(f"pmed{number}", task, answer.value, spent)
    row("pmed: optimal", f"{sum(gap == 0 for gap in gaps)} of 40", "≥ 38", sum(gap == 0 for gap in gaps) >= 38, "")
    row("pmed: proven optimal", f"{proven} of 40", "", None, "")
    row("pmed: mean gap, %", f"{np.mean(gaps):.4f}", "≤ 0.01", bool(np.mean(gaps) <= 0.01), "")
    row("pmed: CPU s, most", f"{max(seconds):.2f}", "≤ 5", max(seconds) <= 5, f"{sum(seconds):.1f} in all")
    return {"pmed_optimal": sum(gap == 0 for gap in gaps), "pmed_proven": proven, "pmed_most_seconds": max(seconds)}


def run_sjc() -> dict[str, float]:
    """São José dos Campos."""
    folder = data_folder("instances", "mclp_sjc")
    if folder is None:
        print("SJC: skipped, no folder of public data (set GEZHI_SHARED_DATA)")
        return {}
    trials = [(size, p, best) for size, row_ in SJC.items() for p, best in zip(SJC_P, row_, strict=True)]
    hits = proven = 0
    most = 0.0
    for size, p, best in [*trials, (818, 10, 28838)]:
        task = read_sjc(folder, size, p)
        answer, spent = _timed(lambda task=task: solve_siting(task))
        hits += answer.value == best
        proven += answer.status == "optimal"
        most = max(most, spent)
        if (size, p) in {(324, 5), (818, 10)}:
            _peer(f"SJC{size} p={p}", task, answer.value, spent)
    count = len(trials) + 1
    row("SJC: optimal", f"{hits} of {count}", "all", hits == count, f"most {most:.2f}")
    row("SJC: proven optimal", f"{proven} of {count}", "", None, "")
    return {"sjc_optimal": hits, "sjc_proven": proven}


def run_cities() -> dict[str, float]:
    """New York (Manhattan) and San Francisco, census blocks."""
    folder = data_folder("instances", "mclp_city")
    if folder is None:
        print("cities: skipped, no folder of public data (set GEZHI_SHARED_DATA)")
        return {}
    worst, widest, most, to_prove = 0.0, 0.0, 0.0, 0.0
    for name, radius in CITIES:
        for p in range(50, 101, 10):
            task, best = read_city(folder, name, p, radius)
            answer, spent = _timed(lambda task=task: solve_siting(task))
            gap = 100 * (1 - answer.value / best)
            worst, widest = max(worst, gap), max(widest, 100 * (answer.gap or 0.0))
            if answer.status is Status.OPTIMAL:
                to_prove = max(to_prove, spent)
            else:
                most = max(most, spent)
            words = f"{answer.value:.0f} ≤ {answer.bound:.0f}"
            aim = f"{best} −0.2 %"
            row(f"{name} p={p}: covered ≤ bound, {gap:.3f} % below", words, aim, gap <= 0.2, f"{spent:.2f}")
    row("cities: largest gap to the published best, %", f"{worst:.3f}", "≤ 0.2", worst <= 0.2, "")
    row("cities: widest bound, % above the plan", f"{widest:.3f}", "≤ 1", widest <= 1, "")
    row("cities: CPU s, most where no proof ends", f"{most:.1f}", "≤ 30", most <= 30, "")
    row("cities: CPU s, most where one does", f"{to_prove:.1f}", "", None, "")
    return {"city_worst_gap": worst, "city_most_seconds": most}


def board(points: int, p: int, seed: int) -> SitingTask:
    """A p-median of points drilled in blocks, as on a circuit board: many plans of nearly the same value."""
    rng, places = np.random.default_rng(seed), set()
    while len(places) < points:
        x, y = rng.integers(0, 2_000, 2).tolist()
        step, (columns, rows) = int(rng.integers(4, 14)), rng.integers(3, 14, 2).tolist()
        places.update((x + a * step, y + b * step) for a in range(columns) for b in range(rows))
    kept = sorted(places)[:points]
    return SitingTask(
        demand=[Demand(n, 1.0, float(x), float(y)) for n, (x, y) in enumerate(kept)],
        sites=[Site(n, float(x), float(y)) for n, (x, y) in enumerate(kept)],
        metric="euclidean", model="p_median", p=p,
    )  # fmt: skip


def core_of_median(task: SitingTask) -> Location:
    """What the search of a p-median searches."""
    problem = read_problem(task)
    reach = problem.ways.reach(None)
    cost = problem.weight[reach.demand] * reach.metres
    return core_of(problem, reach, cost, price_unserved(reach, cost, len(problem.site_ids))[0])[0]


def searched(core: Location, *, seed: int) -> tuple[float, float, float, float]:
    """Values and CPU seconds of as many list entries with kicks anywhere, and with kicks among neighbours."""
    start, found = greedy(core), []
    for search in (improve, kick_and_improve):
        begin = time.process_time()
        opened = search(core, start, seed=seed, budget=BOARD_ENTRIES, stop=never)
        opened = opened[0] if isinstance(opened, tuple) else opened
        found.append((value(core, opened), time.process_time() - begin))
    (anywhere, one), (near, other) = found
    return anywhere, near, one, other


def run_boards() -> dict[str, float]:
    """Boards of 1,400 points where more than every tenth is opened."""
    searched(core_of_median(board(100, 20, 1)), seed=1)  # compiles
    gains, spent = [], []
    for p in BOARD_P:
        for seed in BOARD_SEEDS:
            anywhere, near, one, other = searched(core_of_median(board(1_400, p, seed)), seed=seed)
            gains.append(100 * (1 - near / anywhere))
            spent.append(other / one)
            row(f"board n=1400 p={p}: kicks anywhere {anywhere:.1f}, among neighbours, {gains[-1]:+.3f} %",
                f"{near:.1f}", "", None, f"{other:.2f}/{one:.2f}")  # fmt: skip
    row("boards: mean gain of kicks among neighbours, %", f"{np.mean(gains):.3f}", "≥ 0.05", bool(np.mean(gains) >= 0.05),
        f"{np.mean(spent):.2f} × the time")  # fmt: skip
    return {"board_mean_gain": float(np.mean(gains))}


def run() -> dict[str, float]:
    """All four, compiled beforehand: compiling costs half a minute once for each installation."""
    places = [Demand(n, 1.0, float(n * n % 17), float(n)) for n in range(20)]
    sites = [Site(n, float(n * n % 17), float(n)) for n in range(20)]
    begin = time.process_time()
    for model in ("p_median", "max_cover"):
        solve_siting(
            SitingTask(demand=places, sites=sites, metric="euclidean", model=model, p=4, radius_m=3.0), effort=0.01
        )
    print(f"imports and compilation (or its cache): {time.process_time() - begin:.1f} CPU s")
    return {**run_pmed(), **run_sjc(), **run_cities(), **run_boards()}
