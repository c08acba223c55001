"""The names of streets that stand in one list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.utils.translation import gettext

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.queries import AreaRow
from gezhi.interfaces.web.words import local_name


def street_names(streets: Mapping[int, AreaRow]) -> dict[int, str]:
    """The streets' names in the reader's language, by id. Of two with one name each is told with its district: one query more."""
    names = {area_id: local_name(street) for area_id, street in streets.items()}
    count = Counter(names.values())
    double = {area_id: areas.ancestors_of(area_id).district_id for area_id in names if count[names[area_id]] > 1}
    districts = areas.areas_by_id(district for district in double.values() if district) if double else {}
    for area_id, district in double.items():
        if district in districts:
            words = {"street": names[area_id], "district": local_name(districts[district])}
            names[area_id] = gettext("%(street)s (%(district)s)") % words
    return names
