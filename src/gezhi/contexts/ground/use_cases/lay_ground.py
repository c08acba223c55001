"""Lay the ground of one source, in place of what that source laid before. A planner or system administrator does this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from django.db import transaction

from gezhi.contexts.ground.archives import drop_archive_on_commit
from gezhi.contexts.ground.domain.layers import RULES, Layer, Shape, from_zoom
from gezhi.contexts.ground.models import GroundFeature, GroundSource
from gezhi.contexts.ground.sources import NewSource, fresh_source, require_code
from gezhi.kernel.batches import Advance, in_batches, untold
from gezhi.kernel.errors import InvalidInput, NotFound
from gezhi.kernel.filled import filled
from gezhi.kernel.mercator import to_square
from gezhi.kernel.quadtree import numbers_of_degrees
from gezhi.kernel.reading import without_controls
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.record import record
from gezhi.platform.bulk import insert_rows

_BATCH = 2_000
# After how many signs each text of a feature is cut off; of ``also`` all names together.
LONGEST = {"name": 100, "name_en": 100, "also": 300, "street": 100, "house_number": 20, "ref": 40}
_TYPES = {
    Shape.POINT: {"Point"},
    Shape.LINE: {"LineString", "MultiLineString"},
    Shape.AREA: {"Polygon", "MultiPolygon"},
}


@dataclass(frozen=True, slots=True)
class NewFeature:
    """Something to lay: ``shape`` in WGS84 degrees; ``also``: further names, old ones too; ``ref``: its key in the source.

    ``domain.layers`` has the kinds of each layer. Longer texts than the table holds are cut; names beyond its room left out.
    """

    layer: Layer
    kind: str
    shape: Any
    name: str = ""
    name_en: str = ""
    also: tuple[str, ...] = ()
    street: str = ""
    house_number: str = ""
    ref: str = ""


def lay_ground(
    *,
    actor: Actor,
    source: NewSource,
    features: Iterable[NewFeature],
    now: datetime,
    advance: Advance = untold,
) -> int:
    """Replace all that a source has laid by ``features``, read one after another, in one transaction; returns how many.

    ``advance`` is told of each batch. Raises ``NotAllowed`` unless the actor is a planner or a system administrator,
    ``InvalidInput`` for a code that is none, a kind that its layer has not, or a shape that is none of its layer or lies
    outside the world.
    """
    require_in(actor, "lay_ground")
    require_code(source.code)
    with transaction.atomic():
        row = fresh_source(source, archive="", now=now)
        for batch in in_batches(features, _BATCH):
            insert_rows(GroundFeature, _rows(batch, row.pk, row.features))
            row.features += len(batch)
            advance(len(batch))
        row.save(update_fields=["features"])
        data = {"features": row.features, "licence": row.licence}
        record(actor=actor, action="ground.laid", object_type="ground", object_id=row.code, data=data, now=now)
    return row.features


def clear_ground(*, actor: Actor, code: str, now: datetime) -> int:
    """Take away what a source has laid, and the source; returns how many features. Raises ``NotAllowed`` and ``NotFound``."""
    require_in(actor, "lay_ground")
    with transaction.atomic():
        row = GroundSource.objects.select_for_update().filter(code=code).first()
        if row is None:
            raise NotFound("no_ground_source", filled("nothing was laid by '%(code)s'", code=code))
        GroundFeature.objects.filter(source=row).delete()
        row.delete()
        drop_archive_on_commit(row.archive)
        data = {"features": row.features}
        record(actor=actor, action="ground.cleared", object_type="ground", object_id=code, data=data, now=now)
    return row.features


def _rows(batch: list[NewFeature], source_id: int, before: int) -> Iterator[dict[str, object]]:
    shapes = np.empty(len(batch), dtype=object)
    shapes[:] = [one.shape for one in batch]
    _check(batch, shapes, before)
    bounds = shapely.bounds(shapes)
    sides = np.abs(to_square(bounds[:, 2:]) - to_square(bounds[:, :2])).max(axis=1)
    zooms = [from_zoom(one.layer, one.kind, side) for one, side in zip(batch, sides.tolist(), strict=True)]
    tiles, wkb = numbers_of_degrees(bounds, np.array(zooms)), shapely.to_wkb(shapes, byte_order=1)
    for one, zoom, tile, shape in zip(batch, zooms, tiles.tolist(), wkb.tolist(), strict=True):
        texts = {name: _kept(getattr(one, name), most) for name, most in LONGEST.items() if name != "also"}
        yield {
            **texts,
            "source_id": source_id,
            "layer": one.layer.value,
            "kind": one.kind,
            "also": _within(one.also, LONGEST["also"]),
            "from_zoom": zoom,
            "tile": tile,
            "geometry": shape,
        }


def _kept(text: str, most: int) -> str:
    return without_controls(text).strip()[:most] if text else ""


def _within(names: tuple[str, ...], most: int) -> str:
    kept: list[str] = []
    for name in (_kept(name, most) for name in names):
        if name and sum(len(one) + 1 for one in kept) + len(name) <= most:
            kept.append(name)
    return "\n".join(kept)


def _check(batch: list[NewFeature], shapes: Any, before: int) -> None:
    """Raises ``InvalidInput`` for the first that cannot be laid, with its number in the source's order."""
    west, south, east, north = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore"):
        inside = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    for number, (one, there) in enumerate(zip(batch, inside.tolist(), strict=True), before + 1):
        rules, told = RULES[one.layer], {"number": number, "layer": one.layer.value}
        if one.kind not in rules.kinds:
            said = filled("feature %(number)s: '%(kind)s' is no kind of %(layer)s", kind=one.kind, **told)
            raise InvalidInput("ground_kind_unknown", said, field="kind")
        if one.shape.geom_type not in _TYPES[rules.shape] or one.shape.is_empty:
            said = filled("feature %(number)s: the shape is none of %(layer)s", **told)
            raise InvalidInput("ground_wrong_shape", said, field="shape")
        if not there:
            said = filled("feature %(number)s lies outside the world: degrees of WGS84 are wanted", number=number)
            raise InvalidInput("ground_outside_world", said, field="shape")
