"""Take in a file of finished tiles, to lie under the city's own ground. A planner or system administrator does this."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from gezhi.contexts.ground.archives import archive_path, drop_archive_on_commit, keep_archive
from gezhi.contexts.ground.models import GroundFeature, GroundSource
from gezhi.contexts.ground.use_cases.lay_ground import NewSource, require_code
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.record import record
from gezhi.platform.geodb.tile_archive import TileArchive


def lay_archive(
    *, actor: Actor, source: NewSource, path: Path, now: datetime, advance: Callable[[int], None] = lambda _bytes: None
) -> str:
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
            before = GroundSource.objects.select_for_update().filter(code=source.code).first()
            values = {"name": source.name[:100], "licence": source.licence[:300], "laid_at": now, "features": 0}
            row, _ = GroundSource.objects.update_or_create(code=source.code, defaults={**values, "archive": name})
            GroundFeature.objects.filter(source=row).delete()
            if before is not None and before.archive != name:
                drop_archive_on_commit(before.archive)
            data = {"archive": name, "licence": row.licence}
            record(actor=actor, action="ground.laid", object_type="ground", object_id=row.code, data=data, now=now)
    except BaseException:
        if not GroundSource.objects.filter(archive=name).exists():
            archive_path(name).unlink(missing_ok=True)
        raise
    return name
