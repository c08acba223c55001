"""An area as somebody writes it into a form: by its code, or by a name that only one area has."""

from __future__ import annotations

from django.db.models import Q

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.models import Area
from gezhi.contexts.areas.queries.tree import AreaRow, rows_of
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled

# Levels of which a form offers all names; grids are too many for a list.
_OFFERED = (AreaLevel.CITY, AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY)
_MOST_OFFERED = 1_000


def area_written(text: str) -> AreaRow:
    """The current area that is meant: a code, a name, or both as ``area_choices`` writes them. One query.

    Raises ``InvalidInput`` (``area_unknown``, ``area_not_sure``), field ``area``.
    """
    words = text.strip()
    code = words.partition(" ")[0]
    rows = rows_of(
        Area.objects.filter(Q(code__in=[code, words]) | Q(name=words) | Q(name_en__iexact=words), valid_to__isnull=True)
    )
    by_code = [row for row in rows if row.code in {code, words}]
    if by_code:
        return by_code[0]
    if not words or not rows:
        raise InvalidInput("area_unknown", filled("there is no area '%(text)s'", text=words[:60]), field="area")
    if len(rows) > 1:
        raise InvalidInput(
            "area_not_sure", filled("%(count)s areas are called so; write the code", count=len(rows)), field="area"
        )
    return rows[0]


def areas_offered() -> list[AreaRow]:
    """The current areas from the city down to the communities, in the order of the tree; the first thousand. One query."""
    found = Area.objects.filter(valid_to__isnull=True, level__in=[level.value for level in _OFFERED])
    return rows_of(found.order_by("path")[:_MOST_OFFERED])


def newest_street() -> AreaRow | None:
    """The current street that was planted last. One query."""
    found = Area.objects.filter(valid_to__isnull=True, level=AreaLevel.STREET.value)
    return next(iter(rows_of(found.order_by("-pk")[:1])), None)
