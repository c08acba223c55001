"""A classifier that is a table: a row of weights for each term, small enough to lie in a database.

A text is the set of its terms (pairs of characters, words), each weighing its idf, scaled to length 1. The margin of class k
is Σ (idf_t × w_kt) / √Σ idf_t² + b_k over the terms that the text and the table share. Only terms of texts of several groups
(places), and of those the most frequent, are kept: what is said of one household, however often, is not in the table. The fit
and its calibration are those of ``classifier``. On the 9,210 Chinese messages of the Teddy cup pairs of characters come within
some 0.02 macro-F1 of its features.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.text.calibration import Calibration
from gezhi.solvers.text.classifier import checked, fitted

# A term of texts of fewer groups is not kept; of those that are left, so many of the most frequent.
LEAST_GROUPS, MOST_TERMS = 5, 20_000


@dataclass(frozen=True, slots=True)
class TermModel:
    """A trained table. ``idf``: float32 (terms,); ``weights``: idf × weight, float32 (terms, classes); ``bias``: (classes,)."""

    classes: tuple[str, ...]
    terms: tuple[str, ...]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    calibration: Calibration


def learn_terms(
    texts: Sequence[Set[str]],
    labels: Sequence[str],
    groups: Sequence[Hashable],
    *,
    least: int = LEAST_GROUPS,
    most: int = MOST_TERMS,
    seed: int = 42,
) -> TermModel:
    """Train on texts (sets of terms), their labels, and what each belongs to. Deterministic for a seed.

    Raises ``InvalidInput`` for fewer than two classes, or where no term stands in texts of ``least`` groups.
    """
    classes, target = checked(texts, labels)
    times = Counter(term for text in texts for term in text)
    spread = Counter(
        term for term, _ in {(term, group) for text, group in zip(texts, groups, strict=True) for term in text}
    )
    frequent = sorted((term for term, count in spread.items() if count >= least), key=lambda term: (-times[term], term))
    terms = tuple(sorted(frequent[:most]))
    if not terms:
        raise InvalidInput("text.too_few", f"no word stands in texts of {least} groups: give more texts", field="texts")
    column = {term: place for place, term in enumerate(terms)}
    idf = np.log((1 + len(texts)) / (1 + np.array([times[term] for term in terms], dtype=np.float64))) + 1
    cells = [(row, column[term]) for row, text in enumerate(texts) for term in sorted(text) if term in column]
    rows, columns = np.array(cells, dtype=np.int64).T
    values = idf[columns]
    length = np.sqrt(np.bincount(rows, weights=values**2, minlength=len(texts)))
    features = sparse.csr_matrix((values / length[rows], (rows, columns)), shape=(len(texts), len(terms)))
    whole = [" ".join(sorted(text)) for text in texts]
    weights, bias, calibration = fitted(features, target, whole, seed=seed)
    return TermModel(
        classes=classes,
        terms=terms,
        idf=idf.astype(np.float32),
        weights=(weights.T * idf[:, np.newaxis]).astype(np.float32),
        bias=bias.astype(np.float32),
        calibration=calibration,
    )
