"""Counts of the register of areas and compounds."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Count, F, Q

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.models import Area, Compound
from gezhi.contexts.areas.queries.tree import AreaRow, rows_of


def count_areas() -> dict[str, int]:
    """Number of current areas of each level."""
    counts = dict.fromkeys(AreaLevel, 0)
    found = Area.objects.filter(valid_to__isnull=True).order_by().values_list("level").annotate(Count("id"))
    return {str(level): count for level, count in {**counts, **dict(found)}.items()}


def super_large_communities() -> list[AreaRow]:
    """Current communities with more households than the setting ``super_large_households``, by code."""
    return rows_of(
        Area.objects.filter(
            valid_to__isnull=True, level=AreaLevel.COMMUNITY, households__gt=settings.SUPER_LARGE_HOUSEHOLDS
        ).order_by("code")
    )


def count_compounds() -> dict[str, int]:
    """Number of compounds: all, with a committee, on the three-party platform, enclaves.

    An enclave 插花地 is run by another community than the one it lies in. Compounds lie in grids, and grids right
    below their communities, so the grid's path less its last step is the community's.
    """
    rows = Compound.objects.annotate(grid_path=F("grid__path"), community_path=F("community__path"))
    counts = rows.aggregate(
        compounds=Count("id"),
        with_committee=Count("id", filter=~Q(governance=Compound.Governance.NONE)),
        on_platform=Count("id", filter=Q(on_platform=True)),
        enclaves=Count("id", filter=~Q(grid_path__startswith=F("community_path"))),
    )
    return {name: int(value) for name, value in counts.items()}
