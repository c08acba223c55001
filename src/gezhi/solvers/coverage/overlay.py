"""Several layers of areas made into one.

Formulation. Given layers 1 … m of polygons in metres, each a coverage of its own (``clean_coverage`` makes it one), and
households as weighted points. All borders are noded together and polygonised; a face is a cell of that arrangement, so
that each cell of each layer is a union of faces. Every face gets one owner: (1) the cell of the first layer, the
master, that holds it; (2) outside the master, the cell that the next layers have there goes as a whole to the owner
that has most of its households (of its area, where it has none); it is an owner itself where the master has none of
it; (3) a cell of a layer that must stay whole (compounds) goes as a whole to the owner of most of its households;
(4) a face without households that is narrower than a sliver goes to the owner with the longest common border, unless
its owner is one to be kept and has nothing wider: an area drawn narrow is no trace of digitising. Owners
are the unions of their faces. Noding and polygonising are O(s log s) for s segments; majorities are sums over faces.
Every face that leaves the owner it would have had by the master alone is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Cancelled, Progress, ShouldStop, never, silent
from gezhi.solvers.coverage.check import as_array
from gezhi.solvers.locate import NOWHERE, AreaIndex

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Narrower than this, twice the area over the perimeter, is the trace of digitising one line twice.
SLIVER_M = 2.0
# Lines are noded on this grid (metres), so that rounding cannot leave a face open.
_PRECISION_M = 0.001


@dataclass(frozen=True)
class Layer:
    """One department's areas: polygons in metres with unique ids. ``whole``: none of them may be cut; ``kept``: those
    that keep their land where all of it is as narrow as a sliver."""

    name: str
    polygons: Sequence[Any] | NDArray[np.object_]
    ids: Sequence[str]
    whole: bool = False
    kept: frozenset[str] = frozenset()


class Why(StrEnum):
    """Why a face has another owner than by the master layer alone."""

    OUTSIDE_MASTER = "outside_master"
    KEPT_WHOLE = "kept_whole"
    SLIVER = "sliver"


@dataclass(frozen=True)
class Transfer:
    """A face that changed hands: from the owner by the master (None: it has none there) to the owner now."""

    face: int
    before: str | None
    after: str
    why: Why
    area_m2: float
    households: float


@dataclass(frozen=True)
class Overlay:
    """``polygons``: one per owner, in the order of ``owners``; ``faces`` with the position of their owner in
    ``face_owner`` and their ``face_households``; ``uncovered``: households that lie in no face."""

    owners: tuple[str, ...]
    polygons: NDArray[np.object_]
    faces: NDArray[np.object_]
    face_owner: Ints
    face_households: Floats
    uncovered: float
    transfers: tuple[Transfer, ...]


def overlay_layers(
    layers: Sequence[Layer], *, points: ArrayLike = (), households: ArrayLike | None = None, sliver_m: float = SLIVER_M,
    should_stop: ShouldStop = never, progress: Progress = silent,
) -> Overlay:  # fmt: skip
    """Make one coverage of ``layers``, the master first; ``points`` float64[p, 2] in metres with ``households``
    float64[p] (1 each if left out).

    Raises ``InvalidInput`` for no layer, an id given twice in a layer, something that is no polygon, polygons of one
    layer that overlap, or points and households of different numbers; ``Cancelled``.
    """
    shapes = [_checked(layer) for layer in layers]
    if not layers:
        raise InvalidInput("overlay.no_layers", "there must be at least one layer", field="layers")
    place = np.asarray(points, np.float64).reshape(-1, 2)
    weight = np.ones(len(place)) if households is None else np.asarray(households, np.float64)
    if len(weight) != len(place) or not np.isfinite(weight).all() or (weight < 0).any():
        message = f"{len(place)} points need as many finite, non-negative households"
        raise InvalidInput("overlay.bad_households", message, field="households")

    def begin(share: float, words: str) -> None:
        if should_stop():
            raise Cancelled
        progress(share, words)

    begin(0.0, "borders")
    lines = shapely.union_all(shapely.boundary(np.concatenate(shapes)), grid_size=_PRECISION_M)
    begin(0.4, "faces")
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inner = shapely.point_on_surface(faces)
    cells = np.column_stack([_cell_of(layer, shape, inner) for layer, shape in zip(layers, shapes, strict=True)])
    # A face in no cell of any layer is a hole that nobody claims.
    claimed = (cells >= 0).any(axis=1)
    faces, cells = faces[claimed], cells[claimed]
    begin(0.6, "households")
    held, uncovered = _households_of(faces, place, weight)
    begin(0.7, "owners")
    return _settle(layers, faces, cells, held, uncovered, sliver_m)


def _checked(layer: Layer) -> NDArray[np.object_]:
    shapes = as_array(layer.polygons)
    if len(shapes) != len(layer.ids):
        message = f"{len(shapes)} polygons but {len(layer.ids)} ids"
        raise InvalidInput("overlay.lengths_differ", message, field=layer.name)
    if len(set(layer.ids)) != len(layer.ids):
        raise InvalidInput("overlay.duplicate_id", "an id stands twice", field=layer.name)
    wrong = ~np.isin(shapely.get_type_id(shapes), (3, 6)) | shapely.is_empty(shapes) | ~shapely.is_valid(shapes)
    if wrong.any():
        name = layer.ids[int(np.flatnonzero(wrong)[0])]
        raise InvalidInput(
            "overlay.no_polygon", f"'{name}' is no valid polygon: clean the layer first", field=layer.name
        )
    return shapes


def _cell_of(layer: Layer, shapes: NDArray[np.object_], inner: NDArray[np.object_]) -> Ints:
    """The cell of ``layer`` that holds each face, by a point inside it; −1 where there is none."""
    face, cell = shapely.STRtree(shapes).query(inner, predicate="intersects")
    if len(np.unique(face)) != len(face):
        twice = np.flatnonzero(np.bincount(face) > 1)[0]
        pair = sorted(layer.ids[c] for c in cell[face == twice])[:2]
        message = f"'{pair[0]}' and '{pair[1]}' overlap: clean the layer first"
        raise InvalidInput("overlay.overlap", message, field=layer.name)
    found = np.full(len(inner), -1, np.int64)
    found[face] = cell
    return found


def _households_of(faces: NDArray[np.object_], place: Floats, weight: Floats) -> tuple[Floats, float]:
    """Households in each face, each counted once (on a border: in the first face), and those in none."""
    digits = len(str(len(faces)))
    index = AreaIndex(faces, [f"{number:0{digits}}" for number in range(len(faces))])
    position = index.positions(place[:, 0], place[:, 1])
    inside = position != NOWHERE
    held = np.asarray(np.bincount(position[inside], weights=weight[inside], minlength=len(faces)), np.float64)
    return held, float(weight[~inside].sum())


def _majority(faces: Ints, owner: Ints, held: Floats, area: Floats) -> int:
    """The owner of most households of ``faces``; by area where they are equal; −1 if no face has an owner."""
    owned = faces[owner[faces] >= 0]
    if not len(owned):
        return -1
    numbers, inverse = np.unique(owner[owned], return_inverse=True)
    people = np.bincount(inverse, weights=held[owned])
    land = np.bincount(inverse, weights=area[owned])
    return int(numbers[np.lexsort((numbers, -land, -people))[0]])


def _settle(
    layers: Sequence[Layer], faces: NDArray[np.object_], cells: Ints, held: Floats, uncovered: float, sliver_m: float
) -> Overlay:
    area = shapely.area(faces)
    names = list(layers[0].ids)
    taken = set(names)
    kept = [name in layers[0].kept for name in names]
    by_master = cells[:, 0].copy()
    owner = by_master.copy()
    why: dict[int, Why] = {}

    def members(number: int) -> list[Ints]:
        column = cells[:, number]
        order = np.argsort(column, kind="stable")
        bounds = np.searchsorted(column[order], np.arange(len(layers[number].ids) + 1))
        return [order[bounds[cell] : bounds[cell + 1]] for cell in range(len(layers[number].ids))]

    for number in range(1, len(layers)):
        for cell, inside in enumerate(members(number)):
            open_faces = inside[owner[inside] < 0]
            if not len(open_faces):
                continue
            chosen = _majority(inside, owner, held, area)
            if chosen < 0:
                name = layers[number].ids[cell]
                names.append(name if name not in taken else f"{layers[number].name}:{name}")
                taken.add(names[-1])
                kept.append(name in layers[number].kept)
                chosen = len(names) - 1
            owner[open_faces] = chosen
            why.update(dict.fromkeys(open_faces.tolist(), Why.OUTSIDE_MASTER))
    for number, layer in enumerate(layers):
        if layer.whole and number:
            for inside in members(number):
                if len(inside):
                    chosen = _majority(inside, owner, held, area)
                    moved = inside[owner[inside] != chosen]
                    owner[moved] = chosen
                    why.update(dict.fromkeys(moved.tolist(), Why.KEPT_WHOLE))
    _give_slivers(faces, area, held, owner, why, sliver_m, np.array(kept, dtype=bool))

    used = np.unique(owner)
    position = np.full(len(names), -1, np.int64)
    position[used] = np.arange(len(used))
    polygons = as_array([shapely.coverage_union_all(faces[owner == number]) for number in used.tolist()])
    transfers = tuple(
        Transfer(
            face,
            names[by_master[face]] if by_master[face] >= 0 else None,
            names[owner[face]],
            why[face],
            float(area[face]),
            float(held[face]),
        )
        for face in sorted(why)
        if owner[face] != by_master[face]
    )
    owners = tuple(names[number] for number in used.tolist())
    return Overlay(owners, polygons, faces, position[owner], held, uncovered, transfers)


def _give_slivers(
    faces: NDArray[np.object_], area: Floats, held: Floats, owner: Ints, why: dict[int, Why], sliver_m: float,
    kept: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Give each narrow face without households to the owner with the longest border to it, the smallest first. Owners
    that are ``kept`` and have nothing else keep it."""
    width = 2.0 * area / np.maximum(shapely.length(faces), 1e-12)
    sliver = (width < sliver_m) & (held == 0)
    has_more = ~kept
    has_more[owner[~sliver]] = True
    narrow = np.flatnonzero(sliver & has_more[owner])
    if not len(narrow):
        return
    tree = shapely.STRtree(faces)
    row, other = tree.query(faces[narrow], predicate="intersects")
    first, second = narrow[row], other
    keep = first != second
    first, second = first[keep], second[keep]
    border = shapely.length(shapely.intersection(faces[first], faces[second]))
    order = np.argsort(first, kind="stable")
    bounds = np.searchsorted(first[order], np.arange(len(faces) + 1))
    for face in narrow[np.argsort(area[narrow], kind="stable")].tolist():
        beside = order[bounds[face] : bounds[face + 1]]
        beside = beside[border[beside] > 0]
        if not len(beside):
            continue
        numbers, inverse = np.unique(owner[second[beside]], return_inverse=True)
        shared = np.bincount(inverse, weights=border[beside])
        chosen = int(numbers[np.lexsort((numbers, -shared))[0]])
        if chosen != owner[face]:
            owner[face] = chosen
            why[face] = Why.SLIVER
