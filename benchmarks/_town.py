"""A plain city of square grids with many cases, for the benchmarks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import shapely
from django.contrib.auth import get_user_model

from benchmarks._load import CELL, SOUTH, WEST
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.models import Area
from gezhi.contexts.areas.queries import invalidate_index
from gezhi.contexts.areas.use_cases.import_areas import AreaDraft, import_areas
from gezhi.contexts.cases.models import Case, ClassScheme
from gezhi.contexts.cases.use_cases.install_classes import install_classes, shipped_classes
from gezhi.contexts.cases.use_cases.install_duties import install_duties, shipped_duties
from gezhi.contexts.organisations.models import Organisation
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import system_actor
from gezhi.platform.access.tokens import issue_token
from gezhi.platform.access.use_cases.grant_role import grant_role

START = datetime(2026, 1, 1, tzinfo=UTC)


def fill(*, side: int, cases: int) -> str:
    """Make ``side`` × ``side`` grids under one street and ``cases`` cases; returns an API token for operations."""
    actor, now = system_actor("benchmark"), START
    edge = CELL * side
    for hour, code in enumerate(("420602", "420602001", "420602001001")):
        whole = AreaDraft(code=code, name=code, shape=shapely.box(WEST, SOUTH, WEST + edge, SOUTH + edge))
        import_areas(actor=actor, drafts=[whole], now=now - timedelta(hours=9 - hour))
    drafts = [
        AreaDraft(
            # A benchmark's grids need a longer serial than the usual three digits.
            code=f"420602001001{row * side + column:05}",
            name=f"{row}-{column}",
            shape=shapely.box(
                round(WEST + column * CELL, 6),
                round(SOUTH + row * CELL, 6),
                round(WEST + (column + 1) * CELL, 6),
                round(SOUTH + (row + 1) * CELL, 6),
            ),
        )
        for row in range(side)
        for column in range(side)
    ]
    import_areas(actor=actor, drafts=drafts, level=AreaLevel.GRID, now=now)
    invalidate_index()
    if not ClassScheme.objects.filter(in_force=True).exists():
        install_classes(actor=actor, code="bench", name="bench", rows=shipped_classes(), now=now)
        install_duties(actor=actor, name="bench", rows=shipped_duties(), now=now)
    district = Area.objects.get(code="420602")
    for kind in ("sanitation", "urban_management", "housing", "utility"):
        Organisation.objects.create(code=kind, name=kind, kind=kind, area=district)
    _add_cases(cases, district)
    user = get_user_model().objects.create_user("operations")
    grant_role(actor=actor, user_id=user.pk, role=Role.OPERATIONS, area_id=district.pk, now=now)
    return issue_token(actor=actor, user_id=user.pk, name="benchmark", days=3_000, now=now)


def _add_cases(count: int, district: Area) -> None:
    grids = list(Area.objects.filter(level="grid").order_by("pk").values_list("pk", flat=True))
    street = Area.objects.get(code="420602001")
    community = Area.objects.get(code="420602001001")
    city = Area.objects.get(level="city")
    body = Organisation.objects.get(code="sanitation")
    for first in range(0, count, 5_000):
        Case.objects.bulk_create(
            [
                Case(
                    number=f"20250101{number:07}",
                    version=1,
                    status="closed" if number % 10 else "dispatched",
                    class_code="E0110",
                    description="路边有一堆垃圾没有清理" * 8,
                    address="襄城区檀溪路",
                    lon=112.1,
                    lat=32.1,
                    location_quality="exact",
                    city=city,
                    district=district,
                    street=street,
                    community=community,
                    grid_id=grids[number % len(grids)],
                    channel="web",
                    urgency="ordinary",
                    organisation=body,
                    reported_at=START - timedelta(minutes=count - number),
                    closed_at=START,
                )
                for number in range(first, min(first + 5_000, count))
            ]
        )
