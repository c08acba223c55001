"""``python -m benchmarks._pages_at_scale SIZES``: the table of ``cases_scale`` for the database of the environment.

Exit 3 where a page's question reads the whole table of cases.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks import _lived as lived  # noqa: E402
from benchmarks._load import CELL, SOUTH, WEST  # noqa: E402
from gezhi.contexts.areas.models import Area  # noqa: E402
from gezhi.contexts.cases.models import Case  # noqa: E402
from gezhi.kernel.clock import now  # noqa: E402

# Runs at most and CPU seconds of one page.
RUNS, SECONDS = 25, 1.5
# Aims: milliseconds of web and database; growth from the second size to the last.
WEB_MS, DB_MS, GROWTH = 15.0, 10.0, 1.5
# A page this cheap may grow as it likes: the clock tells no more.
CHEAP_MS = 3.0
_SCANS = {"sqlite": re.compile(r"SCAN cases_case\b(?! USING)"), "postgresql": re.compile(r"Seq Scan on cases_case\b")}


@dataclass
class Page:
    """Something that is asked for. ``most_ms``: its aim, web and database together."""

    name: str
    ask: Callable[[], object]
    most_ms: float = WEB_MS + DB_MS
    runs: int = RUNS
    web: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    queries: int = 0


def _database_seconds() -> float:
    """CPU seconds of the connection's own process; 0 on SQLite."""
    if connection.vendor == "sqlite":
        return 0.0
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _measure(page: Page) -> None:
    page.ask()
    web, database, runs = 0.0, 0.0, 0
    while runs < page.runs and web + database < SECONDS:
        start, theirs = time.process_time(), _database_seconds()
        page.ask()
        web += time.process_time() - start
        database += _database_seconds() - theirs
        runs += 1
    page.web.append(1_000 * web / runs)
    page.database.append(1_000 * database / runs)


def _scans(page: Page) -> list[str]:
    """The plans of the page's questions that read the whole table of cases; counts all its questions."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        page.queries += 1
        if sql.lstrip().startswith("SELECT") and "cases_case" in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        page.ask()
    found = []
    for sql, params in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}", params)
            plan = "\n".join(str(line[-1]) for line in cursor.fetchall())
        if _SCANS[connection.vendor].search(plan):
            found.append(f"{sql[:300]}\n{plan}")
    return found


def _client(username: str) -> Client:
    client = Client(headers={"host": "localhost"})
    user = get_user_model().objects.get(username=username)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _box(cells: float) -> str:
    """A part of the map so many cells wide, in the middle of the row of grids."""
    middle = WEST + lived.GRIDS * lived.COMMUNITIES * lived.STREETS * lived.DISTRICTS * CELL / 2
    return ",".join(
        f"{end:.5f}" for end in (middle - cells * CELL / 2, SOUTH, middle + cells * CELL / 2, SOUTH + CELL / 2)
    )


def _pages(token: str) -> list[Page]:
    operations, dispatcher, anybody = (
        _client("operations"),
        _client("dispatcher"),
        Client(headers={"host": "localhost"}),
    )
    api = Client(headers={"host": "localhost", "authorization": f"Bearer {token}"})
    street, grid = Area.objects.get(code="420601001"), Area.objects.filter(level="grid").first()
    assert grid is not None
    number = Case.objects.order_by("-reported_at").values_list("number", flat=True)[20]
    class_code = Case.objects.order_by("-reported_at").values_list("class_code", flat=True)[0]

    def get(client: Client, address: str, *, part: bool = False, **query: Any) -> Callable[[], object]:
        headers = {"hx-request": "true"} if part else None

        def ask() -> object:
            response = client.get(address, query, headers=headers)
            if response.status_code != 200:
                raise RuntimeError(f"{address} {query}: {response.status_code} {response.content[:300]!r}")
            return response.content

        return ask

    def listed(**query: Any) -> Callable[[], object]:
        return get(api, "/api/v1/cases", limit=50, **query)

    def post() -> None:
        body = {
            "class_code": class_code,
            "description": "路灯不亮",
            "lon": WEST + 0.005,
            "lat": SOUTH + 0.005,
        }
        response = anybody.post(
            "/api/v1/cases",
            json.dumps(body),
            content_type="application/json",
            headers={"idempotency-key": str(uuid4())},
        )
        if response.status_code != 201:
            raise RuntimeError(f"post: {response.status_code} {response.content[:300]!r}")

    def bare() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM cases_case ORDER BY reported_at DESC, id DESC LIMIT 50")
            return list(cursor.fetchall())

    return [
        Page("bare: the newest 50 by one query", bare),
        Page("api: newest", listed()),
        Page("api: open", listed(open_only=1)),
        Page("api: overdue", listed(overdue=1, open_only=1, sort="due")),
        Page("api: one street", listed(area_level="street", area_id=street.pk)),
        Page("api: one grid", listed(area_level="grid", area_id=grid.pk)),
        Page("api: one class", listed(class_prefix=class_code)),
        Page("api: closed today", listed(closed_in="today")),
        Page("api: handled late", listed(on_time=0)),
        Page("api: needs attention", listed(needs_attention=1)),
        Page("api: handled by me", listed(handled_by_me=1)),
        Page("api: a part of the map", listed(box=_box(0.4))),
        Page("api: a wide part of the map", listed(box=_box(20))),
        Page("api: text, frequent", listed(q=lived.FREQUENT), 20),
        Page("api: text, rare, two signs", listed(q=lived.RARE), 20),
        Page("api: text, rare, five signs", listed(q=lived.RARE_LONG), 20),
        Page("api: text, in none", listed(q=lived.ABSENT), 20),
        Page("api: a number's beginning", listed(q=number[:8]), 20),
        Page("api: one case", get(api, f"/api/v1/cases/{number}")),
        Page("hub", get(operations, "/hub")),
        Page("hub of a street", get(dispatcher, "/hub")),
        Page("hub: attention", get(operations, "/hub", needs_attention=1)),
        Page("hub: text, rare", get(operations, "/hub", q=lived.RARE)),
        Page("hub: the queues' counts", get(operations, "/hub/counts")),
        Page("hub: 2,000 points of a map", get(operations, "/hub/points", queue="all"), 60),
        Page("hub: a case, opened in the list", get(operations, f"/hub/cases/{number}", part=True)),
        Page("hub: a case, whole page", get(operations, f"/hub/cases/{number}")),
        Page("hub: the list beside it", get(operations, f"/hub/rows?queue=all&chosen={number}", part=True)),
        Page("hub: likely the same", get(operations, f"/hub/cases/{number}/alike", part=True)),
        Page("operations: today", get(operations, "/operations"), 60),
        Page("operations: seven days", get(operations, "/operations", span="week"), 60),
        Page("post a report", post, 10, 100),
    ]


def main() -> int:
    """Fill, measure and print; the exit code."""
    sizes = [int(size) for size in sys.argv[1].split(",")]
    moment, there, pages, scanned = now(), 0, list[Page](), False
    token = lived.found(moment)
    for size in sizes:
        start = time.monotonic()
        lived.live(there, size, moment)
        print(f"{size} cases: {(size - there) / (time.monotonic() - start):.0f} a second", flush=True)
        there, fresh = size, _pages(token)
        pages = pages or fresh
        for page, again in zip(pages, fresh, strict=True):
            page.ask = again.ask
            _measure(page)
    print(f"{'CPU ms':<34}" + "".join(f"{size:>20}" for size in sizes) + "  growth       aim  queries")
    for page in pages:
        for plan in _scans(page):
            scanned = True
            print(f"{page.name} reads all cases:\n{plan}")
        spent = [web + database for web, database in zip(page.web, page.database, strict=True)]
        growth = spent[-1] / spent[-2] if len(spent) > 1 else 1.0
        holds = spent[-1] <= page.most_ms and (growth <= GROWTH or spent[-1] <= CHEAP_MS)
        cells = "".join(f"{web:>11.2f} + {db:>6.2f}" for web, db in zip(page.web, page.database, strict=True))
        print(
            f"{page.name:<34}{cells}  {growth:6.2f} {page.most_ms:>6.0f} {'yes' if holds else 'NO':<3}  {page.queries:>7}",
            flush=True,
        )
    return 3 if scanned else 0


if __name__ == "__main__":
    raise SystemExit(main())
