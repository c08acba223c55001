"""Sizes that a city sets for its areas."""

from __future__ import annotations

# A community with more households than this is super-large 超大社区 and due to be split. No national rule gives the
# number; with grids of 300–500 households (the provincial rule) it is a community of more than six to ten grids.
# A city overrides it with the setting ``super_large_households``.
SUPER_LARGE_HOUSEHOLDS = 3_000
