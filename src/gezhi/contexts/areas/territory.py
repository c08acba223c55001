"""Areas as territories: what a grant in one covers."""

from __future__ import annotations

from gezhi.contexts.areas.queries import ancestors_of, area, area_by_code, root
from gezhi.platform.access.territory import Territory

_NOWHERE = Territory("", frozenset())


def territory(area_id: int | None) -> Territory:
    """The territory of an area, or of the whole city for None. One without lineage where there is no such area."""
    row = root() if area_id is None else area(area_id)
    if row is None:
        return _NOWHERE
    found = ancestors_of(row.id)
    above = (found.city_id, found.district_id, found.street_id, found.community_id, found.grid_id)
    return Territory(row.name, frozenset({row.id, *(key for key in above if key is not None)}))


def territory_by_code(code: str) -> Territory | None:
    """The territory of the current area with this code."""
    row = area_by_code(code)
    return None if row is None else territory(row.id)
