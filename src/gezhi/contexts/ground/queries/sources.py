"""Where the ground comes from."""

from __future__ import annotations

from dataclasses import dataclass

from gezhi.contexts.ground.models import GroundSource


@dataclass(frozen=True, slots=True)
class GroundLicence:
    """A source, and the line that must stand beside a map of it; empty where none must. ``archive``: a file of finished tiles."""

    code: str
    name: str
    licence: str
    features: int
    archive: str = ""


def licences() -> list[GroundLicence]:
    """All sources, by code."""
    rows = GroundSource.objects.order_by("code").values_list("code", "name", "licence", "features", "archive")
    return [GroundLicence(*row) for row in rows]
