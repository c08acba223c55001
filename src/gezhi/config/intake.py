"""What the server takes in, from settings: see ``docs/reference/settings.md`` for the words and ``docs/adr/0013`` for the why."""

from __future__ import annotations

from pathlib import Path

from gezhi.config.environment import Environment
from gezhi.interfaces.serving.limits import IntakeLimits

MIB = 1_048_576
# Nine pictures of the largest size that is taken, and the form around them.
UPLOAD_MIB = 112


def intake_limits(env: Environment, *, folder: Path, plain_bytes: int, proxies: int) -> IntakeLimits:
    """The limits of one web process. Raises ``ImproperlyConfigured`` for what is no whole number."""
    return IntakeLimits(
        upload_bytes=env.number("upload_mb", default=UPLOAD_MIB) * MIB,
        plain_bytes=plain_bytes,
        uploads=env.number("uploads", default=2_048),
        uploads_per_address=env.number("uploads_per_address", default=256),
        held=env.number("uploads_mb", default=2_048) * MIB,
        slowest=max(1, env.number("upload_slowest", default=500)),
        grace=env.number("upload_grace", default=20),
        stall=env.number("upload_stall", default=60),
        longest=env.number("upload_longest", default=1_800),
        reserve=env.number("disk_reserve_mb", default=64) * MIB,
        folder=folder,
        proxies=proxies,
    )
