"""The classifier: linear one-against-rest margins on the feature space.

Before a class is told from the rest, each feature is scaled by how differently often it stands in the two: what marks a
class weighs more, and what stands everywhere hardly anything (the log-count ratios of naive Bayes in a support vector
machine; Wang, Manning, ACL 2012). The scale goes into the weights, so that a word's part in an answer stays a product.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Cancelled, Progress, ShouldStop, never, silent
from gezhi.solvers.text.calibration import Calibration, calibrate
from gezhi.solvers.text.features import FeatureSpace, learn

Floats = NDArray[np.float64]
PENALTY, SMOOTHING = 0.3, 1.0
INNER_FOLDS = 4
# Some 20 kB of memory and 5 ms each.
MOST_TEXTS = 200_000


@dataclass(frozen=True, slots=True)
class Model:
    """A trained classifier. ``weights`` float32 of shape (classes, features), ``bias`` (classes,)."""

    space: FeatureSpace
    classes: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    calibration: Calibration

    def margins(self, features: sparse.csr_matrix) -> Floats:
        """Distance to each class's border: shape (texts, classes)."""
        return np.asarray(features @ self.weights.T, dtype=np.float64) + self.bias

    def probabilities(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Calibrated probability of each class for texts (lists of words): shape (texts, classes)."""
        return self.calibration.chances(self.margins(self.space.transform(texts)))


@dataclass(frozen=True, slots=True)
class Prediction:
    """The likeliest class, its probability, those of all classes, and the words that spoke most for it."""

    label: str
    probability: float
    probabilities: dict[str, float]
    words: tuple[tuple[str, float], ...]


def _log_ratios(features: sparse.csr_matrix, target: NDArray[np.int64]) -> NDArray[np.float32]:
    """|ln of how much more often a feature stands in texts of a class than in others|, each counted once a text: shape
    (classes, features)."""
    present = sparse.csr_matrix(
        (np.ones(len(features.data), np.float32), features.indices, features.indptr), shape=features.shape
    )
    classes = int(target.max()) + 1
    of_class = sparse.csr_matrix(
        (np.ones(len(target), np.float32), (target, np.arange(len(target)))), shape=(classes, len(target))
    )
    inside = np.asarray((of_class @ present).todense(), dtype=np.float64)
    outside = inside.sum(axis=0) - inside + SMOOTHING
    inside += SMOOTHING
    ratio = np.log(inside / inside.sum(axis=1, keepdims=True)) - np.log(outside / outside.sum(axis=1, keepdims=True))
    return np.asarray(np.abs(ratio), dtype=np.float32)


def _fit(
    features: sparse.csr_matrix, target: NDArray[np.int64], *, seed: int, tolerance: float, should_stop: ShouldStop
) -> tuple[Floats, Floats]:
    """Weights (classes, features) and bias (classes,). Raises ``Cancelled``."""
    from sklearn.svm import LinearSVC

    weights, bias = [], []
    for number, ratio in enumerate(_log_ratios(features, target)):
        if should_stop():
            raise Cancelled
        # 'balanced' because rare classes count as much as common ones: the figure that matters is macro-F1.
        machine = LinearSVC(C=PENALTY, class_weight="balanced", random_state=seed, tol=tolerance)
        machine.fit(features @ sparse.diags(ratio), target == number)
        weights.append(machine.coef_[0] * ratio)
        bias.append(machine.intercept_[0])
    return np.array(weights), np.array(bias)


def _parts(texts: Sequence[str], target: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """An inner fold for each text: equal texts share one, classes are spread evenly, a hash decides the order."""

    drawn = [hashlib.sha256(f"{seed}\0{text}".encode("utf-8", "replace")).digest() for text in texts]
    order = sorted(range(len(texts)), key=lambda place: (target[place], drawn[place]))
    part = np.zeros(len(texts), dtype=np.int64)
    given: dict[bytes, int] = {}
    for place in order:
        part[place] = given.setdefault(drawn[place], len(given) % INNER_FOLDS)
    return part


def checked(texts: Sequence[Collection[str]], labels: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The classes in order, and the number of each text's. Raises ``InvalidInput`` for what nothing can be learnt from."""
    if len(texts) != len(labels):
        raise InvalidInput("text.lengths", f"{len(texts)} texts and {len(labels)} labels", field="labels")
    classes = tuple(sorted(set(labels)))
    if len(classes) < 2:
        raise InvalidInput("text.one_class", "needs at least two different labels", field="labels")
    if not any(texts):
        raise InvalidInput("text.no_words", "no text has a word", field="texts")
    if len(texts) > MOST_TEXTS:
        raise InvalidInput("text.too_many", f"more than {MOST_TEXTS} texts: draw a sample", field="texts")
    place = {label: number for number, label in enumerate(classes)}
    return classes, np.array([place[label] for label in labels], dtype=np.int64)


def fitted(
    features: sparse.csr_matrix,
    target: NDArray[np.int64],
    texts: Sequence[str],
    *,
    seed: int,
    asked: sparse.csr_matrix | None = None,
    should_stop: ShouldStop = never,
    progress: Progress = silent,
) -> tuple[Floats, Floats, Calibration]:
    """Weights of shape (classes, features), bias (classes,), and the calibration on margins of texts that were not seen.

    ``texts`` tells equal texts from others; ``asked``: the features to calibrate on, where a text comes with others than
    those it teaches. Raises ``Cancelled``.
    """
    classes, part = int(target.max()) + 1, _parts(texts, target, seed)
    later = features if asked is None else asked
    margins = np.zeros((len(texts), classes))
    tried = np.zeros(len(texts), dtype=bool)
    for fold in range(INNER_FOLDS):
        progress(0.2 + 0.6 * fold / INNER_FOLDS, f"calibration {fold + 1} of {INNER_FOLDS}")
        learning = part != fold
        # A fold that lacks a class altogether can say nothing of it.
        if len(set(target[learning])) == classes and not learning.all():
            weights, bias = _fit(
                features[learning], target[learning], seed=seed, tolerance=1e-2, should_stop=should_stop
            )
            margins[~learning] = np.asarray(later[~learning] @ weights.T) + bias
            tried |= ~learning
    progress(0.8, "classifier")
    weights, bias = _fit(features, target, seed=seed, tolerance=1e-4, should_stop=should_stop)
    progress(1.0, "done")
    return weights, bias, calibrate(margins[tried], target[tried]) if tried.any() else Calibration()


def train(
    texts: Sequence[Sequence[str]],
    labels: Sequence[str],
    *,
    seed: int = 42,
    should_stop: ShouldStop = never,
    progress: Progress = silent,
) -> Model:
    """Train on texts (lists of words) and their labels. Deterministic for a seed; about 3 ms a text.

    The calibration is fitted on margins of texts that the machine had not seen (inner folds), so that held-out
    texts of the caller stay unseen. Raises ``InvalidInput`` for fewer than two classes or an empty corpus, ``Cancelled``.
    """
    classes, target = checked(texts, labels)
    progress(0.0, "features")
    space = learn(texts)
    if not space.width:
        raise InvalidInput("text.too_few", "no word stands in two texts: give more texts", field="texts")
    features = space.transform(texts)
    whole = [" ".join(words) for words in texts]
    weights, bias, calibration = fitted(features, target, whole, seed=seed, should_stop=should_stop, progress=progress)
    return Model(space, classes, weights.astype(np.float32), bias.astype(np.float32), calibration)


def predict(model: Model, texts: Sequence[Sequence[str]], *, explain: int = 0) -> list[Prediction]:
    """The class of each text (lists of words), with ``explain`` words at most that spoke for it.

    A word's part is the sum over all features that are this word, or pair of words, of value × (weight of the class − mean
    weight of all classes); only words that speak for the class are named.
    """
    features = model.space.transform(texts)
    margins = model.margins(features)
    best, chances = margins.argmax(axis=1), model.calibration.chances(margins)
    found = []
    for row, (number, chance) in enumerate(zip(best.tolist(), chances.tolist(), strict=True)):
        words = _spoke(model, features[row], number, explain) if explain else ()
        found.append(
            Prediction(
                label=model.classes[number],
                probability=chance[number],
                probabilities=dict(zip(model.classes, chance, strict=True)),
                words=words,
            )
        )
    return found


def _spoke(model: Model, row: sparse.csr_matrix, number: int, most: int) -> tuple[tuple[str, float], ...]:
    columns = row.indices
    part = row.data * (model.weights[number, columns] - model.weights[:, columns].mean(axis=0))
    total: dict[str, float] = {}
    for text, value in zip(model.space.words_of(columns.astype(np.int64)), part.tolist(), strict=True):
        if text is not None:
            total[text] = total.get(text, 0.0) + value
    ordered = sorted(total.items(), key=lambda item: (-item[1], item[0]))
    return tuple((text, value) for text, value in ordered[:most] if value > 0)
