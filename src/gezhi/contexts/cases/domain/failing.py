"""How bad it is where a power lies: shares of few cases say little, and must not stand above shares of many."""

from __future__ import annotations

from math import sqrt

# From so many failing cases on, and over so many days, a power at a street is told to work badly.
AT_LEAST = 3
DAYS = 180
# Below so many cases a share says little.
FEW = 20
# The quantile of the normal distribution for a lower bound that holds in 97.5 of 100 samples.
_Z = 1.96


def surely_above(part: int, whole: int) -> float:
    """The lower end of Wilson's interval (1927) for a share, 0 to 1: of 3 out of 3 it is 0.44, of 80 out of 100 it is 0.71.

    Raises ``ValueError`` unless 0 ≤ ``part`` ≤ ``whole``; of nothing it is 0.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share")
    if whole == 0:
        return 0.0
    share, square = part / whole, _Z * _Z
    centre = share + square / (2 * whole)
    spread = _Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    return max(0.0, (centre - spread) / (1 + square / whole))
