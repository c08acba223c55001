"""The figures of the source article that the demo city reproduces at scale 1, and how they shrink."""

from __future__ import annotations

from dataclasses import dataclass

MIN_SCALE, MAX_SCALE = 0.01, 1.0


@dataclass(frozen=True)
class ArticleFigures:
    """Counts that the generator aims at. The article's own words and numbers are in ``figures.py``."""

    grid_workers: int = 4_737
    grid_workers_xiangcheng: int = 477
    community_police: int = 547
    lawyers: int = 238
    legal_workers: int = 316
    powers: int = 527
    compounds_with_committee: int = 4_409
    compounds_on_platform: int = 3_469
    super_large_communities: int = 38
    enclave_compounds: int = 56
    cases_a_day: int = 300

    def at(self, scale: float) -> ArticleFigures:
        """Every figure times ``scale``, at least 1. Raises ``ValueError`` outside 0.01 to 1."""
        if not MIN_SCALE <= scale <= MAX_SCALE:
            raise ValueError(f"the scale must be between {MIN_SCALE} and {MAX_SCALE}, it is {scale}")
        return ArticleFigures(**{name: scaled(value, scale) for name, value in vars(self).items()})


ARTICLE = ArticleFigures()


def scaled(figure: int, scale: float) -> int:
    """A figure at a scale, rounded half up, at least 1."""
    return max(1, int(figure * scale + 0.5))
