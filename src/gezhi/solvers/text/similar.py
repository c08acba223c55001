"""Which messages speak of the same? Cosine of their features, in one space for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gezhi.solvers.certificate import Cancelled, Progress, ShouldStop, never, silent
from gezhi.solvers.text.features import FeatureSpace

# A feature of more than this part of the messages tells none from another, and makes each like all.
COMMON_PART = 0.1
# In a small set a topic may well be a tenth of all.
COMMON_AT_LEAST = 20
ROWS_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Near:
    """A message that is like another: its place in the list, and the cosine (0 … 1)."""

    place: int
    likeness: float


def rows_of_one(features: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows scaled to length 1 without the features that too many rows share; an empty row stays empty."""
    often = np.asarray((features != 0).sum(axis=0)).ravel()
    kept = often <= max(COMMON_AT_LEAST, COMMON_PART * features.shape[0])
    rare = features[:, np.flatnonzero(kept)].tocsr()
    norm = np.sqrt(np.asarray(rare.multiply(rare).sum(axis=1)).ravel())
    return sparse.diags(np.divide(1.0, norm, out=np.zeros_like(norm), where=norm > 0)).dot(rare).tocsr()


def similar(
    space: FeatureSpace, text: Sequence[str], others: Sequence[Sequence[str]], *, most: int = 5, least: float = 0.2
) -> list[Near]:
    """The ``most`` messages that are nearest to ``text`` with a likeness of at least ``least``, nearest first.

    Texts are lists of words; ties go to the earlier place.
    """
    if not others:
        return []
    features = space.transform([*others, text])
    norm = np.sqrt(np.asarray(features.multiply(features).sum(axis=1)).ravel())
    unit = sparse.diags(np.divide(1.0, norm, out=np.zeros_like(norm), where=norm > 0)).dot(features).tocsr()
    likeness = np.asarray((unit[:-1] @ unit[-1].T).todense()).ravel()
    order = sorted(np.flatnonzero(likeness >= least).tolist(), key=lambda place: (-likeness[place], place))
    return [Near(place, float(min(1.0, likeness[place]))) for place in order[:most]]


def like_pairs(
    unit: sparse.csr_matrix, least: float, *, should_stop: ShouldStop = never, progress: Progress = silent
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """All pairs i < j of rows with cosine ≥ ``least``: arrays i, j, cosine. Rows must have length 1 or 0.

    Raises ``Cancelled``.
    """
    found_i, found_j, found_cosine = [], [], []
    for first in range(0, unit.shape[0], ROWS_AT_ONCE):
        if should_stop():
            raise Cancelled
        progress(first / unit.shape[0], "likeness")
        some = (unit[first : first + ROWS_AT_ONCE] @ unit.T).tocoo()
        i = some.row.astype(np.int64) + first
        kept = (some.data >= least) & (i < some.col)
        found_i.append(i[kept])
        found_j.append(some.col[kept].astype(np.int64))
        found_cosine.append(some.data[kept].astype(np.float64))
    return np.concatenate(found_i), np.concatenate(found_j), np.concatenate(found_cosine)
