"""Find the points on which a register puts what it could not locate.

The idea. A call-taker's program that fails to geocode an address falls back to one point: the city hall, the centre of
a district. Such a point shows in the data as one exact coordinate pair that carries an implausible share of
all rows under many *different* addresses. A busy place has many rows too, but one address or a few. So: count rows and
distinct addresses per exact pair, and take those pairs where both are high.

The thresholds are the smallest that keep apart what was looked at: Boston's 2011 register (city hall: 8.2 % of the rows,
1,230 addresses; next pair by addresses: 4) and San Francisco's (the centre of a housing estate: 1.3 %, 49 addresses, a
true place). Complexity O(n log n) in rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIN_SHARE = 0.02
MIN_ADDRESSES = 25


@dataclass(frozen=True, slots=True)
class DefaultPoint:
    """A pair of degrees that stands for 'unknown': how many rows it has, under how many addresses."""

    lon: float
    lat: float
    rows: int
    addresses: int


def find_default_points(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    address: NDArray[np.int64],
    *,
    min_share: float = MIN_SHARE,
    min_addresses: int = MIN_ADDRESSES,
) -> list[DefaultPoint]:
    """Default points among located rows, the one with most rows first.

    ``lon`` and ``lat`` are degrees of shape (n,), compared exactly; ``address`` is any number that is equal for equal
    addresses (a hash). Rows without a position must be left out. Raises ``ValueError`` on unequal lengths.
    """
    if not len(lon) == len(lat) == len(address):
        raise ValueError(f"lengths differ: {len(lon)} lon, {len(lat)} lat, {len(address)} addresses")
    if not len(lon):
        return []
    order = np.lexsort((address, lat, lon))
    x, y, words = lon[order], lat[order], address[order]
    new_pair = np.ones(len(x), dtype=bool)
    new_pair[1:] = (x[1:] != x[:-1]) | (y[1:] != y[:-1])
    new_address = new_pair.copy()
    new_address[1:] |= words[1:] != words[:-1]
    starts = np.flatnonzero(new_pair)
    rows = np.diff(np.append(starts, len(x)))
    addresses = np.add.reduceat(new_address.astype(np.int64), starts)
    hits = np.flatnonzero((rows >= min_share * len(x)) & (addresses >= min_addresses))
    found = [
        DefaultPoint(float(x[starts[i]]), float(y[starts[i]]), int(rows[i]), int(addresses[i])) for i in hits.tolist()
    ]
    return sorted(found, key=lambda point: -point.rows)
