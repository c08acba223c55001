"""A classifier that is a table: a row of weights for each term, small enough to lie in a database.

A text is the set of its terms (pairs of characters, words), each weighing its idf, scaled to length 1. The margin of class k
is Σ (idf_t × w_kt) / √Σ idf_t² + b_k over the terms that the text and the table share. A term counts in the texts of a class
only where texts of that class of several places, told by as many people, have it; of those the most frequent are kept. So
what is said at one place or by one person, however often, changes no weight. The fit and its calibration are those of
``classifier``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.text.calibration import Calibration
from gezhi.solvers.text.classifier import checked, fitted
from gezhi.solvers.text.ordinary import ordinary_pairs

# A term that fewer places or people have in a class is not learnt there; of those that are left, so many of the most frequent.
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
    groups: Sequence[Hashable | None],
    *,
    sources: Sequence[Hashable] | None = None,
    asked: Sequence[Set[str]] | None = None,
    least: int = LEAST_GROUPS,
    most: int = MOST_TERMS,
    seed: int = 42,
) -> TermModel:
    """Train on texts (sets of terms), their labels, the place of each (None: none that counts), and who told it (by default
    somebody else each time). Deterministic for a seed.

    ``asked``: of each text the terms that a later text like it would come with, where that is more than may be learnt from.
    Raises ``InvalidInput`` for fewer than two classes, or where no term stands in texts of ``least`` places.
    """
    told_by = range(len(texts)) if sources is None else sources
    classes, _ = checked(texts, labels)
    supported = _supported(texts, labels, groups, told_by, least)
    taught = [{term for term in text if (term, label) in supported} for text, label in zip(texts, labels, strict=True)]
    times = Counter(term for text in taught for term in text)
    terms = tuple(sorted(sorted(times, key=lambda term: (-times[term], term))[:most]))
    if not terms:
        raise InvalidInput("text.too_few", f"no word stands in texts of {least} groups: give more texts", field="texts")
    column = {term: place for place, term in enumerate(terms)}
    # What has no word that may be learnt teaches nothing, not even how often its class is.
    rows = [row for row, text in enumerate(taught) if text & column.keys()]
    classes, target = checked([taught[row] for row in rows], [labels[row] for row in rows])
    idf = np.log((1 + len(rows)) / (1 + np.array([times[term] for term in terms], dtype=np.float64))) + 1
    features = _features([taught[row] for row in rows], column, idf)
    later = None if asked is None else _features([asked[row] for row in rows], column, idf)
    whole = [" ".join(sorted(texts[row])) for row in rows]
    weights, bias, calibration = fitted(features, target, whole, seed=seed, asked=later)
    return TermModel(
        classes=classes,
        terms=terms,
        idf=idf.astype(np.float32),
        weights=(weights.T * idf[:, np.newaxis]).astype(np.float32),
        bias=bias.astype(np.float32),
        calibration=calibration,
    )


def learn_told(
    said: Sequence[str],
    texts: Sequence[Set[str]],
    labels: Sequence[str],
    groups: Sequence[Hashable | None],
    *,
    sources: Sequence[Hashable],
    own: Set[str],
) -> TermModel:
    """As ``learn_terms``, from what people wrote (``said``) and its terms (``texts``): of those only what is ``own`` is learnt, or
    lies inside words of ordinary language there, so that no name becomes a term. Raises what that raises."""
    taught = [terms & (own | ordinary_pairs(text)) for text, terms in zip(said, texts, strict=True)]
    return learn_terms(taught, labels, groups, sources=sources, asked=texts)


def _supported(
    texts: Sequence[Set[str]],
    labels: Sequence[str],
    groups: Sequence[Hashable | None],
    sources: Sequence[Hashable],
    least: int,
) -> set[tuple[str, str]]:
    """The pairs of a term and a class that texts of so many places, told by so many, have in common."""
    places, people = defaultdict[tuple[str, str], set[Hashable]](set), defaultdict[tuple[str, str], set[Hashable]](set)
    for text, label, group, source in zip(texts, labels, groups, sources, strict=True):
        for term in text if group is not None else ():
            places[term, label].add(group)
            people[term, label].add(source)
    return {pair for pair, found in places.items() if len(found) >= least and len(people[pair]) >= least}


def _features(texts: Sequence[Set[str]], column: Mapping[str, int], idf: NDArray[np.float64]) -> sparse.csr_matrix:
    """Each text as a row of length 1 (of zeros, where it has none of the terms)."""
    cells = [(row, column[term]) for row, text in enumerate(texts) for term in sorted(text) if term in column]
    rows, columns = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    values = idf[columns]
    length = np.sqrt(np.bincount(rows, weights=values**2, minlength=len(texts)))
    return sparse.csr_matrix((values / length[rows], (rows, columns)), shape=(len(texts), len(column)))
