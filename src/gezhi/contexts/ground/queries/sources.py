"""Where the ground comes from."""

from __future__ import annotations

from dataclasses import dataclass

from gezhi.contexts.ground.models import GroundSource


@dataclass(frozen=True, slots=True)
class GroundLicence:
    """A source, and the line that must stand beside a map of it; empty where none must."""

    code: str
    name: str
    licence: str
    features: int


def licences() -> list[GroundLicence]:
    """All sources, by code."""
    rows = GroundSource.objects.order_by("code").values_list("code", "name", "licence", "features")
    return [GroundLicence(*row) for row in rows]
