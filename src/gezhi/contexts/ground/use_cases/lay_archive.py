"""Take in a file of finished tiles, to lie under the city's own ground. A planner or system administrator does this."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from gezhi.contexts.ground.archives import archive_path, keep_archive
from gezhi.contexts.ground.models import GroundSource
from gezhi.contexts.ground.sources import NewSource, fresh_source, require_code
from gezhi.kernel.batches import Advance, untold
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.record import record
from gezhi.platform.geodb.tile_archive import TileArchive


def lay_archive(*, actor: Actor, source: NewSource, path: Path, now: datetime, advance: Advance = untold) -> str:
    """Keep a copy of the file, in place of whatever the source laid before; returns the copy's name.

    Raises ``NotAllowed`` unless the actor is a planner or a system administrator, ``InvalidInput`` for a code that is none and
    for a file that is no archive of tiles (PMTiles 3), ``NotFound`` where there is none.
    """
    require_in(actor, "lay_ground")
    require_code(source.code)
    TileArchive(path).close()
    name = keep_archive(path, code=source.code, advance=advance)
    try:
        with transaction.atomic():
            row = fresh_source(source, archive=name, now=now)
            data = {"archive": name, "licence": row.licence}
            record(actor=actor, action="ground.laid", object_type="ground", object_id=row.code, data=data, now=now)
    except BaseException:
        if not GroundSource.objects.filter(archive=name).exists():
            archive_path(name).unlink(missing_ok=True)
        raise
    return name
