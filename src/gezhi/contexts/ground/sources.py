"""Where features come from: what a source is called, and its row when it begins anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.ground.archives import drop_archive_on_commit
from gezhi.contexts.ground.models import GroundFeature, GroundSource
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.reading import without_controls

_CODE = re.compile(r"\w[\w.-]{0,39}")
_NO_CODE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class NewSource:
    """Where features come from. ``licence``: the line that must stand beside the map, empty where none must."""

    code: str
    name: str
    licence: str = ""


def code_from(title: str) -> str:
    """A code for a source, made of what it is called; empty where nothing of that may stand in a code."""
    return _NO_CODE.sub("-", title.lower()).strip("-.")[:40]


def require_code(code: str) -> None:
    """Raises ``InvalidInput`` unless a source may be called so: it stands in addresses and names of files."""
    if not _CODE.fullmatch(code):
        said = filled("'%(code)s' is no code of a source: 1 to 40 letters, digits, dots, hyphens", code=code[:80])
        raise InvalidInput("ground_code_invalid", said, field="code")


def fresh_source(source: NewSource, *, archive: str, now: datetime) -> GroundSource:
    """The row of a source that has laid nothing yet but the file ``archive`` names: what it laid before is gone.

    Inside the transaction in which it lays anew.
    """
    before = GroundSource.objects.select_for_update().filter(code=source.code).first()
    name, licence = without_controls(source.name).strip()[:100], without_controls(source.licence).strip()[:300]
    values = {"name": name, "licence": licence, "laid_at": now, "features": 0}
    row, _ = GroundSource.objects.update_or_create(code=source.code, defaults={**values, "archive": archive})
    GroundFeature.objects.filter(source=row).delete()
    if before is not None and before.archive != archive:
        drop_archive_on_commit(before.archive)
    return row
