"""Boston's register of 2011: 58,251 rows imported and located, 5,000 lived through again, one changed row found.

The reference is the least that a program could do with the same file in the same run: read it with the standard
library and insert its rows into bare SQLite in one transaction.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._report import data_folder, row

REPLAYED = 5_000


def _bare(register: Path, folder: Path) -> float:
    """CPU seconds of the reference."""
    start = time.process_time()
    database = sqlite3.connect(folder / "bare.sqlite3")
    with gzip.open(register, "rt", encoding="utf-8", newline="") as text:
        rows = ((json.dumps(line),) for line in csv.reader(text))
        database.execute("CREATE TABLE request (fields TEXT)")
        database.executemany("INSERT INTO request VALUES (?)", rows)
    database.commit()
    database.close()
    return time.process_time() - start


class _Command:
    """Runs `gezhi` on a data folder."""

    def __init__(self, home: Path) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("GEZHI_", "DJANGO_"))}
        self.environment = {**clean, "GEZHI_HOME": str(home)}

    def __call__(self, *arguments: str | Path, expect: int = 0) -> str:
        gezhi = Path(sys.executable).parent / "gezhi"
        done = subprocess.run(
            [gezhi, *arguments],
            check=False,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if done.returncode != expect:
            raise RuntimeError(f"gezhi {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}")
        return done.stdout

    def report(self, *arguments: str | Path) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self(*arguments, "--json"))
        return answer


def _change_a_row(home: Path) -> int:
    with sqlite3.connect(home / "gezhi.sqlite3") as database:
        (row_id,) = database.execute("SELECT id FROM cases_caseevent ORDER BY id LIMIT 1 OFFSET 12345").fetchone()
        database.execute("UPDATE cases_caseevent SET note = 'nothing to see' WHERE id = ?", [row_id])
    return int(row_id)


def run() -> None:
    """Print the table; say why where the data are not there."""
    register, areas = data_folder("boston_311_2011"), data_folder("boston_precincts")
    if register is None or areas is None:
        print("skipped: no folder with Boston's register and precincts")
        return
    file = register / "311_service_requests_2011.csv.gz"
    scratch = Path(tempfile.mkdtemp(prefix="gezhi-boston-"))
    try:
        gezhi = _Command(scratch / "home")
        gezhi("init", "--quiet")
        precincts = areas / "precincts_wgs84.geojson"
        gezhi("import", "areas", precincts, "--repair", "--level", "grid", "--code", "WARD_PRECINCT")
        done = gezhi.report("import", "cases", file, "--mapping", "boston")
        bare = _bare(file, scratch)
        row("figure", "value", "aim", None, "CPU s")
        whole = done["imported"] == done["rows"] == 58_251
        row("rows imported", f"{done['imported']:,} of {done['rows']:,}", "all", whole, f"{done['cpu_seconds']:.1f}")
        row("  wall clock", f"{done['seconds']:.1f} s", "< 60 s", done["seconds"] < 60, "")
        row("  CPU, times that of the bare reference", f"{done['cpu_seconds'] / bare:.1f}", "", None, f"{bare:.2f}")
        row("located in a precinct", f"{done['located_share']:.2%}", "", None, "")
        row("agree with the file's own precinct, of all", f"{done['area_agreement']:.2%}", "about 87.6 %", None, "")
        agreement = done["area_agreement_without_doubtful"]
        row("  of those off the default point", f"{agreement:.2%}", "about 95.3 %", None, "")
        row("  on the default point, flagged doubtful", f"{done['doubtful_location']:,}", "", None, "")
        _replay(gezhi, scratch / "replayed")
    finally:
        shutil.rmtree(scratch)


def _replay(gezhi: _Command, into: Path) -> None:
    lived = gezhi.report("replay", "--limit", str(REPLAYED), "--into", into)
    cases, closed = lived["cases"], lived["closed"]
    row("replayed through the use cases", f"{cases:,}, {closed:,} closed", f"{REPLAYED:,}", cases == REPLAYED, "")
    row("  an action, wall clock", f"{lived['ms_per_action']:.2f} ms", "", None, "")
    different = len(lived["rows_that_differ_from_their_history"])
    row("  cases that differ from the fold of their history", str(different), "0", different == 0, "")
    findings = len(lived["audit_findings"])
    row("  audit findings", f"{findings} in {lived['history_rows']:,} rows", "0", findings == 0, "")
    changed = _change_a_row(into)
    told = _Command(into)("audit", "verify", expect=1)
    row("a changed row is named by `gezhi audit verify`", f"row {changed}", "named", f"row id {changed} " in told, "")
