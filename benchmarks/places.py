"""Places found by name among 500,000: CPU a question, memory, and how often the place meant comes first or among five.

The questions are drawn anew from a seed that nothing was tuned on. The reference, in the same run: rapidfuzz's best of all names.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import defaultdict
from multiprocessing import get_context
from pathlib import Path
from statistics import mean

from benchmarks._report import row

NAMES, OF_EACH = 500_000, 30
QUERY_MS, MEMORY_MB, FIRST, AMONG_FIVE = 10.0, 200.0, 0.90, 0.97
# Nothing was tuned on the last of these.
TUNED_ON, HELD_BACK = 1, 20_261_126


def run(count: int = NAMES) -> None:
    """Build the index in one process, ask it in another."""
    with tempfile.TemporaryDirectory(prefix="gezhi-bench-") as home:
        folder = Path(home) / "places"
        for work in (_build, _ask):
            process = get_context("spawn").Process(target=work, args=(folder, count))
            process.start()
            process.join()
            if process.exitcode:
                sys.exit(process.exitcode)


def _build(folder: Path, count: int) -> None:
    from benchmarks._named_places import make_province, read
    from gezhi.solvers.gazetteer import build_index

    entries = make_province(count, seed=7)
    start = time.process_time()
    build_index(entries, read=read).save(folder)
    built = time.process_time() - start
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    row("figure", "value", "aim", cpu="reference")
    row("built: CPU s", f"{built:.1f}", cpu=f"{size:.0f} MB on disk")


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


def _ask(folder: Path, count: int) -> None:
    from gezhi.solvers.gazetteer import PlaceIndex, find

    before = _memory_mb()
    index = PlaceIndex.load(folder)
    find(index, "长虹", near=(112.1, 32.0))
    empty = _memory_mb() - before
    from benchmarks._named_places import make_province, make_questions

    entries = make_province(count, seed=7)
    for seed, name in ((TUNED_ON, "tuned on"), (HELD_BACK, "held back"), (HELD_BACK, "a guess")):
        questions = make_questions(entries, of_each=OF_EACH, seed=seed, guesses=name == "a guess")
        costs, rank = [], defaultdict(list)
        for question in questions:
            start = time.process_time()
            hits = find(index, question.text, near=question.near)
            costs.append(1_000 * (time.process_time() - start))
            places = [hit.place for hit in hits]
            rank[question.kind].append(places.index(question.place) if question.place in places else 99)
        for kind, ranks in rank.items():
            first, five = mean(one < 1 for one in ranks), mean(one < 5 for one in ranks)
            row(f"{name}, {kind}: first, among five", f"{first:.2f} {five:.2f}")
        everything = [one for ranks in rank.values() for one in ranks]
        if name == "held back":
            for place, below, aim in (("first", 1, FIRST), ("among the first five", 5, AMONG_FIVE)):
                share = mean(one < below for one in everything)
                row(f"held back: {place}", f"{share:.3f}", f"≥ {aim}", share >= aim)
            row("CPU ms a question, mean", f"{mean(costs):.2f}", f"≤ {QUERY_MS:g}", mean(costs) <= QUERY_MS)
            row("CPU ms a question, most", f"{max(costs):.1f}")
    pages = sum(array.nbytes for array in _held(index)) / 1e6
    row("memory MB, all of the index looked at", f"{empty + pages:.0f}", f"≤ {MEMORY_MB:g}", empty + pages <= MEMORY_MB)
    _reference(index, questions)


def _held(index: object) -> list:
    from gezhi.solvers.gazetteer.index import _arrays

    return list(_arrays(index).values())


def _reference(index: object, questions: list) -> None:
    from rapidfuzz import fuzz, process

    names = [index.shown[number] for number in range(len(index))]
    costs, first = [], []
    for question in questions[::10]:
        start = time.process_time()
        best = process.extractOne(question.text, names, scorer=fuzz.ratio)
        costs.append(1_000 * (time.process_time() - start))
        first.append(best is not None and best[2] == question.place)
    row("rapidfuzz over all names: CPU ms, first", f"{mean(costs):.0f} {mean(first):.2f}")
