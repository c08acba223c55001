"""What a web process takes in. The values come from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """What a process takes in. Sizes in bytes, times in seconds, ``slowest`` in bytes a second.

    ``grace`` is the time that any body has whatever its rate; ``stall`` the longest silence within one; ``longest`` the
    time within which every body must be there. ``held`` bounds all bodies together, ``reserve`` is the room that
    must stay free on the disk of ``folder``. ``proxies`` is the number of proxies in front (see ``client_address``).
    """

    upload_bytes: int
    plain_bytes: int
    uploads: int
    uploads_per_address: int
    held: int
    slowest: int
    grace: float
    stall: float
    longest: float
    reserve: int
    folder: Path
    proxies: int
