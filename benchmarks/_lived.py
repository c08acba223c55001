"""A city that has lived for years: cases with a history, a return here and there, words that few and many use.

A thousand cases come up a day, whatever the number asked for: ten thousand are ten days, a million are 1,000. What is open is
of the last days, as in a real city. Older cases are added behind the newer ones, so that "now" stays.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import shapely
from django.contrib.auth import get_user_model
from django.db import transaction

from benchmarks._load import CELL, SOUTH, WEST
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.models import Area
from gezhi.contexts.areas.queries import invalidate_index
from gezhi.contexts.areas.use_cases.import_areas import AreaDraft, import_areas
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.queries import classes
from gezhi.contexts.organisations.models import Organisation
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import system_actor
from gezhi.platform.access.tokens import issue_token
from gezhi.platform.access.use_cases.grant_role import grant_role
from gezhi.platform.bulk import count_rows, insert_rows

A_DAY = 1_000

# Districts beside each other; streets, communities and grids in each part of the level above.
DISTRICTS, STREETS, COMMUNITIES, GRIDS = 4, 5, 5, 10
BATCH = 5_000
_LEVELS = ("city", "district", "street", "community", "grid")
KINDS = ("sanitation", "urban_management", "housing", "utility")
# In every third case; in one of 20,000; in none.
FREQUENT, RARE, RARE_LONG, ABSENT = "垃圾", "鹦鹉", "走失的鹦鹉", "独角兽"
_PLACES = ("路口", "小区", "菜市场", "学校门口", "公园", "桥下", "楼道", "车站", "河边", "停车场")
_MATTERS = (
    "垃圾没有清理",
    "路灯不亮",
    "井盖松动",
    "水管漏水",
    "噪音扰民",
    "占道经营",
    "树枝折断",
    "乱停车",
    "墙面脱落",
    "信号灯坏了",
)
_TALES = (
    "已经好几天了",
    "老人孩子经过很危险",
    "请尽快派人来看",
    "昨天下雨以后更严重",
    "打过电话没有人来",
    "附近居民都有意见",
)


def found(now: datetime) -> str:
    """The areas, the organisations and the people; returns an API token for operations."""
    actor, before = system_actor("benchmark"), now - timedelta(days=1_100)

    def plant(level: AreaLevel, codes: list[tuple[str, int, int, int]]) -> None:
        boxes = [
            AreaDraft(
                code=code,
                name=code,
                shape=shapely.box(
                    round(WEST + x * CELL, 6), SOUTH, round(WEST + (x + width) * CELL, 6), round(SOUTH + tall * CELL, 6)
                ),
            )
            for code, x, width, tall in codes
        ]
        import_areas(actor=actor, drafts=boxes, level=level, now=before)

    grids, communities, streets, districts = [], [], [], []
    x = 0
    for d in range(1, DISTRICTS + 1):
        district, from_d = f"4206{d:02}", x
        for s in range(1, STREETS + 1):
            street, from_s = f"{district}{s:03}", x
            for c in range(1, COMMUNITIES + 1):
                community, from_c = f"{street}{c:03}", x
                for g in range(1, GRIDS + 1):
                    grids.append((f"{community}{g:03}", x, 1, 1))
                    x += 1
                communities.append((community, from_c, x - from_c, 1))
            streets.append((street, from_s, x - from_s, 1))
        districts.append((district, from_d, x - from_d, 1))
    for level, codes in (
        (AreaLevel.DISTRICT, districts),
        (AreaLevel.STREET, streets),
        (AreaLevel.COMMUNITY, communities),
        (AreaLevel.GRID, grids),
    ):
        plant(level, codes)
        before += timedelta(hours=1)
    invalidate_index()
    city = Area.objects.get(level="city")
    for kind in KINDS:
        Organisation.objects.create(code=kind, name=kind, kind=kind, area=city)
    users = get_user_model().objects
    everything = users.create_user("operations")
    grant_role(actor=actor, user_id=everything.pk, role=Role.OPERATIONS, area_id=city.pk, now=now)
    street = Area.objects.get(code="420601001")
    grant_role(
        actor=actor,
        user_id=users.create_user("dispatcher").pk,
        role=Role.STREET_DISPATCHER,
        area_id=street.pk,
        now=now,
    )
    return issue_token(actor=actor, user_id=everything.pk, name="benchmark", days=3_000, now=now)


def live(first: int, until: int, now: datetime) -> None:
    """Add the cases ``first`` … ``until`` − 1, counted from the newest, with their history."""
    drawn = _drawn(first, until, now)
    step_number = 0
    while rows := list(islice(drawn, BATCH)):
        with transaction.atomic():
            insert_rows(Case, rows)
            numbers = [row["number"] for row in rows]
            keys = dict(Case.objects.filter(number__in=numbers).values_list("number", "pk"))
            steps = [step for row in rows for step in _steps(keys[row["number"]], row)]
            for step in steps:
                step_number += 1
                step |= {"chain": f"lived:{first}", "seq": step_number}
            insert_rows(CaseStep, steps)
    # What the nightly upkeep does.
    count_rows()


def _drawn(first: int, until: int, now: datetime) -> Iterator[dict[str, Any]]:
    chance = random.Random(first)  # noqa: S311
    grids = _grids()
    codes = [entry.code for entry in classes()]
    weights = [1 / (place + 1) for place in range(len(codes))]
    bodies = list(Organisation.objects.filter(code__in=KINDS).order_by("code").values_list("pk", flat=True))
    worker = get_user_model().objects.get(username="dispatcher").pk
    between = timedelta(days=1) / A_DAY
    for place in range(first, until):
        reported = now - between * (place + 1)
        grid = grids[chance.randrange(len(grids))]
        handle_due = reported + timedelta(hours=chance.choice((4, 8, 24, 72)))
        handled = reported + timedelta(hours=chance.expovariate(1 / 12))
        closed = handled + timedelta(hours=chance.expovariate(1 / 6))
        stuck = place < 90 * A_DAY and chance.random() < 0.003
        reached = (
            "closed" if closed < now else "handled" if handled < now else chance.choice(("reported", "dispatched"))
        )
        status = "handling" if stuck else reached
        at_end = status in {"closed", "handled"}
        words = f"{chance.choice(_PLACES)}{chance.choice(_MATTERS)}，{chance.choice(_TALES)}，{chance.choice(_TALES)}。"
        if place % 20_000 == 77:
            words += f"有人看到一只{RARE_LONG}。"
        yield {
            "number": f"20{place:012}",
            "version": 4 if at_end else 2,
            "status": status,
            "class_code": chance.choices(codes, weights)[0],
            "description": words * chance.choice((1, 1, 2, 4)),
            "address": f"{chance.choice(_PLACES)}{chance.randint(1, 999)}号",
            "lon": WEST + (grid["place"] + chance.random()) * CELL,
            "lat": SOUTH + chance.random() * CELL,
            "location_quality": "exact",
            **grid["columns"],
            "channel": chance.choice(("web", "web", "phone", "patrol")),
            "urgency": "ordinary",
            "organisation_id": None if status == "reported" else chance.choice(bodies),
            "assignee_id": worker if status == "handling" else None,
            "handled_by": worker if at_end and chance.random() < 0.01 else None,
            "return_count": int(chance.random() < 0.05),
            "rating_score": chance.randint(1, 5) if status == "closed" and chance.random() < 0.2 else None,
            "needs_attention": chance.random() < 0.0005,
            "reported_at": reported,
            "dispatched_at": None if status == "reported" else reported,
            "handled_at": handled if at_end else None,
            "checked_at": closed if status == "closed" else None,
            "closed_at": closed if status == "closed" else None,
            "handle_due": handle_due,
            "due_at": None if status == "closed" else handle_due,
            "follow_digest": f"{place:064x}",
        }


def _grids() -> list[dict[str, Any]]:
    """Where each grid lies in the row of grids, and the columns of a case in it."""
    tree = {area.path: area for area in Area.objects.all()}
    rows = []
    for place, grid in enumerate(Area.objects.filter(level="grid").order_by("code")):
        above = [tree[grid.path[:length]] for length in range(grid.steplen, len(grid.path) + 1, grid.steplen)]
        rows.append(
            {"place": place, "columns": {f"{area.level}_id": area.pk for area in above if area.level in _LEVELS}}
        )
    return rows


def _steps(key: int, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The history of a case: report, dispatch, and where it came so far handling and closing."""
    ways = [
        ("report", "", "reported", row["reported_at"]),
        ("dispatch", "reported", "dispatched", row["dispatched_at"]),
    ]
    ways += [("handle", "handling", "handled", row["handled_at"]), ("close", "checked", "closed", row["closed_at"])]
    for version, (action, before, after, at) in enumerate(ways, 1):
        if at is not None:
            yield {
                "case_id": key,
                "version": version,
                "at": at,
                "actor_label": "benchmark",
                "actor_role": "system",
                "action": action,
                "from_status": before,
                "to_status": after,
                "note": row["description"][:20],
                "changes": {"status": after, "description": row["description"]} if version == 1 else {"status": after},
                "prev_hash": f"{key:064x}",
                "hash": f"{key + version:064x}",
            }
