"""The way to a case, as the map app of the worker's own device finds it."""

from __future__ import annotations

from gezhi.contexts.cases.queries import CaseRow
from gezhi.kernel.datum import wgs84_to_gcj02

# Apple's browsers say it, on a phone as on a desk; they know no `geo:`.
_APPLE = "Mac OS X"


def way_there(case: CaseRow, *, agent: str) -> str:
    """An address that opens the map app of a device at the case's place; empty where it has none. ``agent``: what the browser
    calls itself.

    Neither form names a host: nothing leaves the page before the press, and then nothing but the place. ``geo:`` (RFC 5870)
    is in WGS84; Apple's maps of China are in GCJ-02 and take points as they draw them.
    """
    lon, lat = case["lon"], case["lat"]
    if lon is None or lat is None:
        return ""
    if _APPLE in agent:
        lon, lat = wgs84_to_gcj02(lon, lat)
        return f"maps:?daddr={lat:.6f},{lon:.6f}"
    return f"geo:{lat:.6f},{lon:.6f}?q={lat:.6f},{lon:.6f}"
