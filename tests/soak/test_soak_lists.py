"""A city of 100,000 cases: every list, walked page by page, against what plain Python leaves of all rows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from benchmarks import _lived as lived
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from gezhi.contexts.areas.models import Area
from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.states import OPEN_STATUSES
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases.install_shipped_tables import install_shipped_tables
from gezhi.kernel import clock
from gezhi.platform.access.actor import system_actor
from gezhi.platform.access.tokens import issue_token

pytestmark = pytest.mark.django_db
CASES, A_PAGE, DRAWN = 100_000, 200, 200
_COLUMNS = (
    "id", "number", "status", "class_code", "description", "address", "district_id", "street_id",
    "community_id", "grid_id",
    "organisation_id", "assignee_id", "handled_by", "needs_attention", "reported_at", "handled_at", "closed_at",
    "handle_due", "due_at",
)  # fmt: skip
Row = dict[str, Any]
Holds = Callable[[Row], bool]
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_LEVELS = ("district_id", "street_id", "community_id", "grid_id")
_OPEN = {status.value for status in OPEN_STATUSES}


def _day(moment: datetime) -> Any:
    return moment.astimezone(_SHANGHAI).date()


def _handled_late(row: Row) -> bool:
    return None not in (row["handled_at"], row["handle_due"]) and row["handled_at"] > row["handle_due"]


def _called() -> Callable[[Row, str], bool]:
    """Whether a text stands in the name of a row's class or of one of its areas, in either language and whatever the capitals."""
    classes = {code: f"{entry.name}\n{entry.name_en}".lower() for code, entry in catalogue().classes.items()}
    areas = {area.pk: f"{area.name}\n{area.name_en}".lower() for area in Area.objects.all()}

    def called(row: Row, text: str) -> bool:
        names = [classes[row["class_code"]], *(areas.get(row[level], "") for level in _LEVELS)]
        return len(text) > 1 and any(text.lower() in name for name in names)

    return called


def _filters(
    now: datetime, chance: random.Random, rows: list[Row], called: Callable[[Row, str], bool]
) -> list[tuple[dict[str, Any], Holds]]:
    """Each filter of the list as its parameters, and as a plain function of a row."""
    some = chance.choice(rows)
    body = chance.choice([row["organisation_id"] for row in chance.sample(rows, 2_000) if row["organisation_id"]])
    week = [_day(now - timedelta(days=back)) for back in range(7)]
    since, until = sorted(chance.choice(rows)["reported_at"] for _ in range(2))
    words = [lived.FREQUENT, lived.RARE, lived.RARE_LONG, lived.ABSENT, some["description"][2:7], some["address"][:4]]
    text, prefix = chance.choice(words), some["class_code"][: chance.choice((1, 3, 5))]
    return [
        ({"open_only": 1}, lambda row: row["status"] in _OPEN),
        ({"overdue": 1}, lambda row: row["due_at"] is not None and row["due_at"] < now),
        ({"status": some["status"]}, lambda row: row["status"] == some["status"]),
        ({"area_level": "street", "area_id": some["street_id"]}, lambda row: row["street_id"] == some["street_id"]),
        ({"area_level": "grid", "area_id": some["grid_id"]}, lambda row: row["grid_id"] == some["grid_id"]),
        ({"class_prefix": prefix}, lambda row: row["class_code"].startswith(prefix)),
        ({"organisation_id": body}, lambda row: row["organisation_id"] == body),
        ({"needs_attention": 1}, lambda row: row["needs_attention"]),
        ({"closed_in": "last_7_days"}, lambda row: row["closed_at"] is not None and _day(row["closed_at"]) in week),
        ({"handled_in": "today"}, lambda row: row["handled_at"] is not None and _day(row["handled_at"]) == week[0]),
        (
            {"reported_from": since.isoformat(), "reported_to": until.isoformat()},
            lambda row: since <= row["reported_at"] < until,
        ),
        ({"on_time": 0}, _handled_late),
        (
            {"same_day": 1},
            lambda row: row["closed_at"] is not None and _day(row["closed_at"]) == _day(row["reported_at"]),
        ),
        ({"unassigned": 1}, lambda row: row["assignee_id"] is None),
        (
            {"q": text},
            lambda row: text in row["description"] or text in row["address"] or row["number"].startswith(text)
            or called(row, text),
        ),
        ({"q": some["number"][:11]}, lambda row: row["number"].startswith(some["number"][:11])),
    ]  # fmt: skip


def _walk(client: Client, query: dict[str, Any], most: int) -> list[str]:
    numbers: list[str] = []
    cursor: str | None = None
    while len(numbers) < most:
        asked = {"limit": A_PAGE, **query, **({"cursor": cursor} if cursor else {})}
        response = client.get("/api/v1/cases", asked)
        assert response.status_code == 200, (query, response.content[:300])
        page = response.json()
        numbers += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    return numbers


def _order(rows: list[Row], sort: str) -> list[str]:
    if sort == "due":
        known = [row for row in rows if row["due_at"] is not None]
        return [row["number"] for row in sorted(known, key=lambda row: (row["due_at"], row["id"]))]
    return [row["number"] for row in sorted(rows, key=lambda row: (row["reported_at"], row["id"]), reverse=True)]


def test_every_list_is_what_its_filters_leave_in_its_order(capsys: pytest.CaptureFixture[str]) -> None:
    # What is overdue, and which day is today, must not change while the lists are walked.
    with clock.using(clock.SimulatedClock(clock.now())):
        _walk_them_all(capsys, clock.now())


def _walk_them_all(capsys: pytest.CaptureFixture[str], now: datetime) -> None:
    install_shipped_tables(actor=system_actor("soak"), now=now)
    token = lived.found(now)
    lived.live(0, CASES, now)
    rows = list(Case.objects.values(*_COLUMNS))
    assert len(rows) == CASES
    street = Area.objects.get(code="420601001").pk
    dispatcher = get_user_model().objects.get(username="dispatcher")
    others = issue_token(actor=system_actor("soak"), user_id=dispatcher.pk, name="soak", days=3, now=now)
    readers = [
        (Client(headers={"host": "localhost", "authorization": f"Bearer {token}"}), rows),
        (
            Client(headers={"host": "localhost", "authorization": f"Bearer {others}"}),
            [row for row in rows if row["street_id"] == street or row["assignee_id"] == dispatcher.pk],
        ),
    ]
    chance, start, walked = random.Random(7), time.monotonic(), 0  # noqa: S311
    called = _called()
    for drawn in range(DRAWN):
        client, seen = readers[drawn % 2]
        several = chance.sample(_filters(now, chance, rows, called), chance.choice((1, 1, 2, 3)))
        query, holds = {}, [one for _, one in several]
        for parameters, _ in several:
            query |= parameters
        if len({name for parameters, _ in several for name in parameters}) < sum(len(one) for one, _ in several):
            # Two of one name: the later counts, which is another question.
            continue
        sort = chance.choice(("newest", "newest", "due"))
        wanted = _order([row for row in seen if all(one(row) for one in holds)], sort)
        most = len(wanted) if drawn % 10 == 0 else 3 * A_PAGE
        found = _walk(client, {**query, "sort": sort}, most + 1)
        assert found[:most] == wanted[:most], (query, sort)
        assert len(found) == len(wanted) or len(found) > most, (query, sort)
        walked += len(found)
    took = time.monotonic() - start
    with capsys.disabled():
        print(f"\nlists of {CASES} cases, {connection.vendor}: {walked} rows walked in {took:.0f} s, as they should be")
