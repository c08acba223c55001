"""Likely duplicates: how many repetitions are found and how many proposals are right; on Boston's register, the cost of a proposal.

The made-up streams (``_repeated_reports``) are judged in words that nothing was tuned on, from seeds that nothing was tuned on.
Of Boston's register nobody says which requests repeat another: thirty proposals are printed to look at.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import mean

from benchmarks._report import data_folder, row

SEEDS = range(201, 211)
AIM, MOST_CPU_MS, MOST_QUERIES = 0.9, 15.0, 6
ASKED, SHOWN = 5_000, 30


def run() -> None:
    """Judge the streams, then ask in a city with Boston's register."""
    row("figure", "value", "aim", cpu="reference")
    _streams()
    register, areas = data_folder("boston_311_2011"), data_folder("boston_precincts")
    if register is None or areas is None:
        print("Boston: skipped, no folder with its register and precincts")
        return
    with tempfile.TemporaryDirectory(prefix="gezhi-bench-") as home:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GEZHI_", "DJANGO_"))}
        environment = {**kept, "GEZHI_HOME": home, "DJANGO_SETTINGS_MODULE": "gezhi.config.settings.embedded"}
        gezhi = Path(sys.executable).with_name("gezhi")
        precincts = areas / "precincts_wgs84.geojson"
        cases = register / "311_service_requests_2011.csv.gz"
        for arguments in (
            ("init", "--quiet"),
            ("import", "areas", precincts, "--repair", "--level", "grid", "--code", "WARD_PRECINCT"),
            ("import", "cases", cases, "--mapping", "boston", "--json"),
        ):
            subprocess.run([gezhi, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([sys.executable, "-m", "benchmarks.duplicates"], env=environment, check=True)


def _streams() -> None:
    from benchmarks._repeated_reports import judge, shipped_ties, stream

    ties = shipped_ties()
    for apart, name in ((True, "held back"), (False, "look-alikes beside repetitions")):
        start = time.process_time()
        judged = [judge(stream(seed=seed, half=1, apart=apart), ties=ties) for seed in SEEDS]
        each = 1_000 * (time.process_time() - start) / sum(one.reports for one in judged)
        for figure in ("precision", "recall"):
            values = [getattr(one, figure) for one in judged]
            aim = (f"≥ {AIM}", mean(values) >= AIM) if apart else ("", None)
            row(f"{name}: {figure}, mean, least of {len(SEEDS)}", f"{mean(values):.3f} ({min(values):.3f})", *aim)
        proposed, reports = sum(one.proposed for one in judged), sum(one.reports for one in judged)
        row(f"{name}: proposals of reports", f"{proposed:,} of {reports:,}", cpu=f"{each:.2f} ms a report")


def _boston() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from gezhi.contexts.cases.models import Case
    from gezhi.contexts.cases.queries import case_page, likely_duplicates, matter_of
    from gezhi.platform.access.actor import system_actor
    from gezhi.platform.kept import forget_all

    actor, chance = system_actor("benchmark"), Random(8)  # noqa: S311
    numbers = list(Case.objects.order_by("pk").values_list("number", flat=True))
    chance.shuffle(numbers)
    costs, queries, found, looked = [], [], [], 0
    for number in numbers[:ASKED]:
        page = case_page(actor, number)
        matter = matter_of(page)
        if matter is None:
            continue
        looked += 1
        at = page.case["reported_at"]
        with CaptureQueriesContext(connection) as asked:
            start = time.process_time()
            likely = likely_duplicates(actor, matter, number=number, now=at)
            costs.append(1_000 * (time.process_time() - start))
        queries.append(len(asked))
        if likely:
            found.append((page, likely[0]))
    costs.sort()
    late = costs[int(0.99 * len(costs))]
    row(f"Boston: with a proposal, of {looked:,} as they came in", f"{len(found):,}")
    row("  CPU ms, mean", f"{mean(costs):.2f}", f"≤ {MOST_CPU_MS:g}", mean(costs) <= MOST_CPU_MS)
    row("  CPU ms, 99th of a hundred", f"{late:.2f}", f"≤ {MOST_CPU_MS:g}", late <= MOST_CPU_MS)
    row("  CPU ms, the first of a process", f"{_first(forget_all, actor, numbers):.1f}")
    row(
        "  queries, mean (most)",
        f"{mean(queries):.2f} ({max(queries)})",
        f"≤ {MOST_QUERIES}",
        mean(queries) <= MOST_QUERIES,
    )
    chance.shuffle(found)
    for page, one in found[:SHOWN]:
        other, why = case_page(actor, one.number), one.why
        print(
            f"{why.chance:.2f} {why.metres:.0f} m, {why.tie}, {why.gap}, {'open' if why.still_open else 'closed'}: {why.phrases}"
        )
        for told in (page, other):
            print(f"    {told.case['class_code']} {told.description[:60]} | {told.case['address']}")


def _first(forget_all, actor, numbers: list[str]) -> float:
    """CPU ms of a proposal where what is usual has to be learnt first."""
    from gezhi.contexts.cases.queries import case_page, likely_duplicates, matter_of

    number = next(one for one in numbers if matter_of(case_page(actor, one)))
    page = case_page(actor, number)
    forget_all()
    start = time.process_time()
    likely_duplicates(actor, matter_of(page), number=number, now=page.case["reported_at"])
    return 1_000 * (time.process_time() - start)


if __name__ == "__main__":
    _boston()
