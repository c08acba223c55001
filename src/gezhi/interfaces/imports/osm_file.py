"""Read a file of OpenStreetMap as features of the ground: one after another, never the whole file. Nothing in it is trusted.

The file is read twice: first for what areas are put together from, then for everything. Where nodes lie is kept in memory for
small files, and on disk for large ones.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely

from gezhi.contexts.ground.domain.layers import RULES, Shape
from gezhi.contexts.ground.use_cases import NewFeature
from gezhi.interfaces.imports.osm_tags import AREA_KEYS, KEYS, Told, told_by
from gezhi.kernel.batches import in_batches
from gezhi.kernel.errors import InvalidInput, NotFound
from gezhi.kernel.filled import Filled, filled
from gezhi.platform.files.scratch import scratch_folder

# How a name ends → what the reader calls it.
FORMATS = {".osm.pbf": "pbf", ".pbf": "pbf", ".osm": "osm", ".osm.gz": "osm.gz", ".osm.bz2": "osm.bz2"}
# A node takes 16 bytes in memory, and from 3 on in the most compact file.
_MOST_IN_MEMORY = 16 * 2**20
_BATCH = 2_000
# libosmium's sign for a node of which the file does not say where it is, and how many of its units are a degree.
_UNKNOWN, _UNITS = 2_147_483_647, 10_000_000
# Limits of the format: https://wiki.openstreetmap.org/wiki/PBF_Format#File_format
_MOST_HEAD, _MOST_BLOB = 64 * 1024, 32 * 2**20


# What the reader raises beside its own errors for values that are none (the number of a node, a time, a text of 1,025 octets).
_FAULTS = (RuntimeError, ValueError, LookupError, ArithmeticError, shapely.errors.ShapelyError)


class _OutOfRange(Exception):
    """A place that is none on earth; the text says whose it is and what stands there."""


class _NeverSaved(Exception):
    """A way with nodes that an editor has numbered below zero since no map has them yet; the text says which way."""


def read_osm_file(path: Path, *, folder: Path, points_only: bool = False) -> Iterator[NewFeature]:
    """What of a file lies on our ground. ``folder``: where a large file's nodes are kept while it is read.

    Raises ``NotFound`` where there is no file, and ``InvalidInput``, possibly after many features, for what cannot be read
    to its end, has places that are none, holds ways without their nodes alone, or, unless it is said to have ``points_only``,
    no way at all: nodes come first, and a file that was cut off between two blocks ends as a whole one does.
    """
    if not path.is_file():
        raise NotFound("file_missing", filled("there is no file %(file)s", file=str(path)))
    form = _format(path)
    if form is None:
        said = filled("%(file)s is not called .osm.pbf, .osm, .osm.gz, .osm.bz2 or .pmtiles", file=path.name)
        raise InvalidInput("file_kind", said)
    if form == "pbf":
        _require_whole(path)
    with scratch_folder(folder) as kept, _told_plainly(path):
        store = "flex_mem" if path.stat().st_size <= _MOST_IN_MEMORY else f"sparse_file_array,{kept}/nodes"
        reading = _Reading(path, form, store)
        count = 0
        for drafts in in_batches(reading.found(), _BATCH):
            count += len(drafts)
            yield from _features(drafts)
        if reading.ways and not reading.placed:
            said = filled(
                "%(file)s says of no way where it lies: its nodes are missing, or come after the ways (sort the file)",
                file=path.name,
            )
            raise InvalidInput("osm_without_nodes", said)
        if not count:
            raise InvalidInput("file_empty", filled("%(file)s holds nothing that a map shows", file=path.name))
        if not reading.ways and not points_only:
            said = filled(
                "%(file)s has points alone, not one road or house: it was probably cut off. If it is whole, say --points-only",
                file=path.name,
            )
            raise InvalidInput("osm_without_ways", said)


def _format(path: Path) -> str | None:
    name = path.name.lower()
    return next((form for ending, form in FORMATS.items() if name.endswith(ending)), None)


class _Reading:
    """One pass over a file. ``ways`` and ``placed``: how many ways of interest there were, and how many have a place."""

    def __init__(self, path: Path, form: str, store: str) -> None:
        # A whole path: the reader takes what begins with a scheme for an address on the web.
        source = osmium.io.File(str(path.resolve()), form)
        self._all = osmium.FileProcessor(source).with_locations(store)
        self._all.with_areas(osmium.filter.KeyFilter(*AREA_KEYS)).with_filter(osmium.filter.KeyFilter(*KEYS))
        self._wkb = osmium.geom.WKBFactory()
        self.ways = self.placed = 0

    def found(self) -> Iterator[tuple[Told, Any, str]]:
        """What each thing is, its shape as hexadecimal WKB or as a shape, and its key."""
        for thing in self._all:
            if isinstance(thing, osmium.osm.Node):
                yield from self._node(thing)
            elif isinstance(thing, osmium.osm.Way):
                yield from self._way(thing)
            elif isinstance(thing, osmium.osm.Area):
                yield from self._area(thing)

    def _node(self, node: osmium.osm.Node) -> Iterator[tuple[Told, Any, str]]:
        if _place(node.location, "node", node.id) is None:
            return
        for told in told_by(_tags(node), Shape.POINT):
            yield told, self._wkb.create_point(node), f"n{node.id}"

    def _way(self, way: osmium.osm.Way) -> Iterator[tuple[Told, Any, str]]:
        self.ways += 1
        told = told_by(_tags(way), Shape.LINE)
        try:
            shape: Any = self._wkb.create_linestring(way)
            self.placed += 1
        except (osmium.InvalidLocationError, RuntimeError):
            # Beyond the edge of an extract nodes are missing: what is left of the way is drawn.
            runs = _runs(way)
            self.placed += bool(runs)
            shape = shapely.MultiLineString(runs) if runs else None
        if shape is not None:
            yield from ((one, shape, f"w{way.id}") for one in told)

    def _area(self, area: osmium.osm.Area) -> Iterator[tuple[Told, Any, str]]:
        told = told_by(_tags(area), Shape.AREA)
        if told:
            shape = self._wkb.create_multipolygon(area)
            key = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
            yield from ((one, shape, key) for one in told)


def _tags(thing: osmium.osm.Node | osmium.osm.Way | osmium.osm.Area) -> dict[str, str]:
    return {tag.k: tag.v for tag in thing.tags}


def _place(location: osmium.osm.Location, kind: str, number: int) -> tuple[float, float] | None:
    """Longitude and latitude; None where the file does not say. Raises ``_OutOfRange``."""
    if location.valid():
        return location.lon, location.lat
    if location.x == location.y == _UNKNOWN:
        return None
    where = f"{location.x / _UNITS:.7g}, {location.y / _UNITS:.7g}"
    raise _OutOfRange(f"{kind} {number}: {where}")


def _runs(way: osmium.osm.Way) -> list[list[tuple[float, float]]]:
    """The stretches of a way whose nodes are there."""
    runs: list[list[tuple[float, float]]] = [[]]
    for node in way.nodes:
        place = _place(node.location, "node", node.ref)
        if place is None and node.ref < 0:
            raise _NeverSaved(f"way {way.id}")
        if place is None:
            runs.append([])
        elif not runs[-1] or runs[-1][-1] != place:
            runs[-1].append(place)
    return [run for run in runs if len(run) > 1]


def _features(drafts: list[tuple[Told, Any, str]]) -> Iterator[NewFeature]:
    shapes = np.empty(len(drafts), dtype=object)
    written = np.array([isinstance(shape, str) for _, shape, _ in drafts])
    shapes[written] = shapely.from_wkb([shape for _, shape, _ in drafts if isinstance(shape, str)])
    shapes[~written] = [shape for _, shape, _ in drafts if not isinstance(shape, str)]
    # A landmark that is an area stands in its middle.
    pointed = np.array([RULES[told.layer].shape is Shape.POINT for told, _, _ in drafts])
    shapes[pointed] = shapely.point_on_surface(shapes[pointed])
    for (told, _, key), shape in zip(drafts, shapes.tolist(), strict=True):
        yield NewFeature(
            layer=told.layer,
            kind=told.kind,
            shape=shape,
            name=told.name,
            name_en=told.name_en,
            also=told.also,
            street=told.street,
            house_number=told.house_number,
            ref=key,
        )


@contextmanager
def _told_plainly(path: Path) -> Iterator[None]:
    """The reader's errors as words that name the file."""
    try:
        yield
    except _OutOfRange as error:
        raise _outside(path, str(error)) from error
    except osmium.InvalidLocationError as error:
        raise _outside(path, str(error)) from error
    except _NeverSaved as error:
        said = filled(
            "%(file)s holds what was drawn and never uploaded (%(which)s has points numbered below zero): upload it in the editor"
            " and save it again",
            file=path.name,
            which=str(error),
        )
        raise InvalidInput("osm_never_saved", said) from error
    except _FAULTS as error:
        reason = str(error)
        packed = reason.startswith(("gzip", "bzip2"))
        raise _damaged(
            path, filled("it cannot be unpacked to its end: it breaks off, or is damaged") if packed else reason
        ) from error


def _outside(path: Path, reason: str) -> InvalidInput:
    said = filled(
        "%(file)s has a place that is none on earth (%(reason)s): degrees of WGS84 are wanted",
        file=path.name,
        reason=reason,
    )
    return InvalidInput("osm_outside_world", said)


def _damaged(path: Path, reason: str | Filled) -> InvalidInput:
    said = filled("%(file)s is damaged, or no file of OpenStreetMap: %(reason)s", file=path.name, reason=reason)
    return InvalidInput("file_damaged", said)


def _require_whole(path: Path) -> None:
    """Walk from blob to blob to the very end: a download that broke off, or was padded, is refused before any work.

    Raises ``InvalidInput``.
    """
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        while at < size:
            head = file.read(4)
            length = struct.unpack(">I", head)[0] if len(head) == 4 else 0
            said = _blob_size(file.read(length)) if 0 < length <= _MOST_HEAD else None
            if said is None or said > _MOST_BLOB:
                raise _damaged(path, filled("at byte %(at)s there is no block of data", at=f"{at:,}"))
            at = file.seek(said, 1)
    if not size:
        raise _damaged(path, filled("it is empty"))
    if at != size:
        raise _damaged(path, filled("it breaks off: %(missing)s bytes are missing", missing=f"{at - size:,}"))


def _blob_size(head: bytes) -> int | None:
    """How many bytes a blob has, by its head (the protocol buffer ``BlobHeader``); None where it is no head."""
    at, size = 0, None
    while at < len(head):
        field, at = head[at], at + 1
        value, at = _number(head, at)
        if field == 0x18:
            size = value
        elif field in {0x0A, 0x12}:
            at += value
        else:
            return None
    return size if at == len(head) else None


def _number(head: bytes, at: int) -> tuple[int, int]:
    """A number as protocol buffers write it, and where it ends."""
    value = shift = 0
    while at < len(head):
        byte, at = head[at], at + 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return value, at
