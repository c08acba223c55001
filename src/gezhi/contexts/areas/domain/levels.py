"""The five levels of area, from the city down to the grid, and the codes that name them."""

from __future__ import annotations

from enum import StrEnum

from gezhi.kernel.filled import Filled, filled


class AreaLevel(StrEnum):
    """Level of an area. Parents are always of a higher level; a level may be skipped (a small city has no streets)."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"

    @property
    def rank(self) -> int:
        """0 for the city, 4 for the grid."""
        return LEVELS.index(self)


LEVELS: tuple[AreaLevel, ...] = tuple(AreaLevel)
# In the middle of a sentence.
LEVEL_WORDS: dict[str, Filled] = {
    AreaLevel.CITY: filled("city"),
    AreaLevel.DISTRICT: filled("district"),
    AreaLevel.STREET: filled("street"),
    AreaLevel.COMMUNITY: filled("community"),
    AreaLevel.GRID: filled("grid"),
}

# Digits of the national statistical division code that name an area of each level (GB/T 2260, GB/T 10114);
# a grid's code is its community's twelve digits and a serial of three (width is the common practice, not national).
CODE_DIGITS: dict[AreaLevel, int] = {
    AreaLevel.CITY: 4,
    AreaLevel.DISTRICT: 6,
    AreaLevel.STREET: 9,
    AreaLevel.COMMUNITY: 12,
    AreaLevel.GRID: 15,
}


class GridKind(StrEnum):
    """Kind of grid: of residential blocks, or of one institution, park or market with its own team."""

    BASIC = "basic"
    DEDICATED = "dedicated"


class VersionStatus(StrEnum):
    """Life of a coverage version: drawn, approved, in force from a moment, and replaced by the next."""

    DRAFT = "draft"
    APPROVED = "approved"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
