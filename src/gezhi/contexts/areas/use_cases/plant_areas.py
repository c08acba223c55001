"""Put areas into the tree, or give them new borders, as a new version of the coverage that holds at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from django.db import transaction

from gezhi.contexts.areas.domain.levels import LEVEL_WORDS, AreaLevel, VersionStatus
from gezhi.contexts.areas.models import Area, AreaShape, AreaVersion
from gezhi.contexts.areas.queries import invalidate_index
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.plane import Plane
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_changes, seal_new
from gezhi.platform.audit.record import record

_BATCH = 500


@dataclass(frozen=True)
class NewArea:
    """An area to plant. ``shape`` is a polygon or multipolygon in WGS84 degrees; the city alone has no parent."""

    code: str
    name: str
    level: AreaLevel
    parent_code: str | None
    shape: Any
    name_en: str = ""
    kind: str = ""
    urban_rural: str = ""
    households: int | None = None


@dataclass(frozen=True)
class Planted:
    """What was done: the number of the new version, the id of every area by code, and how many were new or redrawn."""

    version: int
    ids: dict[str, int]
    created: int
    redrawn: int


def plant_areas(
    *, actor: Actor, areas: Sequence[NewArea], version_name: str, now: datetime, note: str = "", source: str = ""
) -> Planted:
    """Plant areas, parents before children, in one transaction with one audit record.

    An area whose code is in the tree keeps its identity and gets the new border and name. The shapes are taken as they
    are: whoever calls has checked that they form a coverage. Raises ``InvalidInput`` for an empty list, a code twice
    or a parent that does not exist, and ``Conflict`` for a second city or an area that would change its level.
    """
    require_in(actor, "plant_areas")
    if not areas:
        raise InvalidInput("areas_missing", "there is no area to plant")
    with transaction.atomic():
        version = _open_version(version_name, note, now)
        planted = _Nursery(version, now).plant(areas)
        record(
            actor=actor,
            action="areas.planted",
            object_type="area_version",
            object_id=version.pk,
            data={
                "version": version.number,
                "name": version_name,
                "source": source,
                "created": planted.created,
                "redrawn": planted.redrawn,
            },
            now=now,
        )
        transaction.on_commit(invalidate_index)
    invalidate_index()
    return planted


def _open_version(name: str, note: str, now: datetime) -> AreaVersion:
    # The row is locked, not a count of rows: an aggregate would drop the lock in silence.
    newest = AreaVersion.objects.select_for_update().order_by("-number").values_list("number", flat=True).first()
    number = (newest or 0) + 1
    in_force = AreaVersion.objects.filter(status=VersionStatus.IN_FORCE)
    with seal_changes(in_force):
        in_force.update(status=VersionStatus.SUPERSEDED, effective_to=now)
    version = AreaVersion.objects.create(
        number=number, name=name, status=VersionStatus.IN_FORCE, effective_from=now, created_at=now, note=note
    )
    seal_new([version])
    return version


class _Nursery:
    """Works out tree paths in memory, so that thousands of areas cost a few statements."""

    def __init__(self, version: AreaVersion, now: datetime) -> None:
        self.version = version
        self.now = now
        rows = Area.objects.filter(valid_to__isnull=True).only("id", "code", "path", "depth", "level", "numchild")
        self.known: dict[str, Area] = {area.code: area for area in rows}
        self.last_step: dict[str, int] = defaultdict(int)
        for path in Area.objects.values_list("path", flat=True):
            parent, step = path[: -Area.steplen], Area._str2int(path[-Area.steplen :])  # type: ignore[no-untyped-call]
            self.last_step[parent] = max(self.last_step[parent], step)
        self.new: list[Area] = []
        self.redrawn: list[Area] = []

    def plant(self, areas: Sequence[NewArea]) -> Planted:
        seen: set[str] = set()
        for item in areas:
            if item.code in seen:
                raise InvalidInput("code_twice", filled("code '%(code)s' occurs twice", code=item.code), field="code")
            seen.add(item.code)
            if item.code in self.known:
                self._redraw(item)
            else:
                self._create(item)
        fresh = {area.code for area in self.new}
        parents = {area.path[: -Area.steplen] for area in self.new}
        grown = [area for area in self.known.values() if area.path in parents and area.code not in fresh]
        seal_new(Area.objects.bulk_create(self.new, batch_size=_BATCH))
        kept = [*grown, *self.redrawn]
        with seal_changes(Area.objects.filter(pk__in=[area.pk for area in self.redrawn])):
            Area.objects.bulk_update(kept, ["numchild", "name"], batch_size=_BATCH)
        self._draw(areas)
        ids = {item.code: self.known[item.code].pk for item in areas}
        return Planted(self.version.number, ids, len(self.new), len(self.redrawn))

    def _redraw(self, item: NewArea) -> None:
        area = self.known[item.code]
        if area.level != item.level:
            said = filled(
                "'%(code)s' is a %(level)s, not a %(wanted)s",
                code=item.code,
                level=LEVEL_WORDS[area.level],
                wanted=LEVEL_WORDS[item.level],
            )
            raise Conflict("level_changed", said, field="level")
        area.name = item.name
        self.redrawn.append(area)

    def _create(self, item: NewArea) -> None:
        parent_path, depth = "", 1
        if item.parent_code is not None:
            parent = self.known.get(item.parent_code)
            if parent is None:
                said = filled(
                    "'%(code)s' belongs to '%(parent)s', which does not exist", code=item.code, parent=item.parent_code
                )
                raise InvalidInput("parent_unknown", said)
            parent.numchild += 1
            parent_path, depth = parent.path, parent.depth + 1
        elif self.last_step[""]:
            said = filled("there is a city already; '%(code)s' needs a parent", code=item.code)
            raise Conflict("second_city", said, field="parent")
        self.last_step[parent_path] += 1
        area = Area(
            code=item.code,
            name=item.name,
            name_en=item.name_en,
            level=item.level,
            kind=item.kind,
            urban_rural=item.urban_rural,
            households=item.households,
            valid_from=self.now,
            path=Area._get_path(parent_path, depth, self.last_step[parent_path]),  # type: ignore[no-untyped-call]
            depth=depth,
            numchild=0,
        )
        self.new.append(area)
        self.known[item.code] = area

    def _draw(self, areas: Sequence[NewArea]) -> None:
        redrawn = [area.pk for area in self.redrawn]
        for start in range(0, len(redrawn), _BATCH):
            current = AreaShape.objects.filter(area_id__in=redrawn[start : start + _BATCH], version_to__isnull=True)
            with seal_changes(current):
                current.update(version_to=self.version)
        shapes = np.array([item.shape for item in areas], dtype=object)
        sizes = shapely.area(Plane.around(shapes).to_metres(shapes))
        boxes = shapely.bounds(shapes).tolist()
        drawn = AreaShape.objects.bulk_create(
            [
                AreaShape(
                    area=self.known[item.code],
                    version_from=self.version,
                    geometry=item.shape,
                    min_lon=box[0],
                    min_lat=box[1],
                    max_lon=box[2],
                    max_lat=box[3],
                    area_m2=float(size),
                )
                for item, box, size in zip(areas, boxes, sizes, strict=True)
            ],
            batch_size=_BATCH,
        )
        seal_new(drawn)
