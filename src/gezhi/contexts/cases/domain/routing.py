"""The duty table as a pure rule: class and place → the kind of body, at which level, that must settle the matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duty:
    """One row: a class prefix (``''`` any, ``E`` events, ``E01`` a major, ``E0113`` a minor), where it holds, who has it.

    ``area_id`` None holds in the whole city. Either ``organisation_id`` names the body or ``organisation_kind`` and
    ``organisation_level`` find it among the bodies of the case's own areas.
    """

    id: int
    class_prefix: str
    area_id: int | None
    organisation_id: int | None
    organisation_kind: str
    organisation_level: str
    dispatch_limit: str
    handle_limit: str
    check_limit: str
    note: str = ""


def best_duty(duties: Sequence[Duty], *, class_code: str, area_ids: Sequence[int]) -> Duty | None:
    """The row that decides. ``area_ids`` are the areas of the case from the city down to the grid.

    The smallest area wins over the class (a street that took a matter over keeps it), then the longest class prefix;
    among equals the newest row.
    """
    depth = {area_id: rank for rank, area_id in enumerate(area_ids, start=1)}
    best: tuple[int, int, int] | None = None
    chosen: Duty | None = None
    for duty in duties:
        if not class_code.startswith(duty.class_prefix):
            continue
        if duty.area_id is not None and duty.area_id not in depth:
            continue
        rank = (0 if duty.area_id is None else depth[duty.area_id], len(duty.class_prefix), duty.id)
        if best is None or rank > best:
            best, chosen = rank, duty
    return chosen
