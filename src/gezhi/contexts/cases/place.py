"""A case's areas as the areas context speaks of them."""

from __future__ import annotations

from gezhi.contexts.areas.queries import Located
from gezhi.contexts.cases.models import Case


def place_of(case: Case) -> Located:
    """The areas of a case; ``area_id`` is the finest, 0 where the case has none."""
    ids = (case.grid_id, case.community_id, case.street_id, case.district_id, case.city_id)
    return Located(
        area_id=next((area_id for area_id in ids if area_id is not None), 0),
        city_id=case.city_id,
        district_id=case.district_id,
        street_id=case.street_id,
        community_id=case.community_id,
        grid_id=case.grid_id,
    )
