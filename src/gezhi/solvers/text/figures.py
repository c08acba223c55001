"""How good a classifier is: macro-F1, accuracy, calibration error, and the same for each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gezhi.kernel.errors import InvalidInput

BINS = 15


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One class: how many there are, precision, recall, F1 (0 where nothing was found)."""

    support: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Figures:
    """``macro_f1``: plain mean of the classes' F1. ``calibration_error``: expected calibration error of the likeliest class.

    Texts fall into ``BINS`` equal bins by the probability of their predicted class; the error is the mean over texts of
    |share that is right − mean probability| of their bin.
    """

    texts: int
    accuracy: float
    macro_f1: float
    calibration_error: float
    classes: dict[str, ClassFigures]


def calibration_error(probabilities: Sequence[float], right: Sequence[bool], *, bins: int = BINS) -> float:
    """Expected calibration error with ``bins`` equal bins; 0 for no texts."""
    sums = [[0, 0.0, 0] for _ in range(bins)]
    for probability, correct in zip(probabilities, right, strict=True):
        cell = sums[min(int(probability * bins), bins - 1)]
        cell[0] += 1
        cell[1] += probability
        cell[2] += correct
    return sum(abs(correct - likely) for _, likely, correct in sums) / max(1, len(probabilities))


def figures(truth: Sequence[str], found: Sequence[str], probabilities: Sequence[float]) -> Figures:
    """Compare labels. The mean is over the classes that occur in ``truth`` or ``found``. Raises ``InvalidInput`` when empty."""
    if not truth:
        raise InvalidInput("text.no_texts", "there is nothing to evaluate", field="texts")
    right = [one == other for one, other in zip(truth, found, strict=True)]
    classes = {}
    for label in sorted(set(truth) | set(found)):
        support, claimed = sum(one == label for one in truth), sum(one == label for one in found)
        hits = sum(ok and one == label for ok, one in zip(right, truth, strict=True))
        classes[label] = ClassFigures(
            support=support,
            precision=hits / claimed if claimed else 0.0,
            recall=hits / support if support else 0.0,
            f1=2 * hits / (support + claimed),
        )
    return Figures(
        texts=len(truth),
        accuracy=sum(right) / len(right),
        macro_f1=sum(entry.f1 for entry in classes.values()) / len(classes),
        calibration_error=calibration_error(probabilities, right),
        classes=classes,
    )
