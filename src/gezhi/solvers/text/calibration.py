"""Honest probabilities from margins: a temperature, then a straight line for the likeliest class.

One temperature (Guo et al. 2017) cannot be honest at both ends: where most texts are clear but some labels are wrong, it leaves
high probabilities too high and low ones too low. So the log-odds of the likeliest class go through a line as well (Platt
1999). The likeliest class stays the likeliest; the others share what is left as before. Both fits are of least log-loss on
margins of texts that the classifier had not seen, and convex. O(texts × classes) a step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST_CHANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Calibration:
    """Probabilities are softmax(``slope`` × margins), with ``stretch`` × log-odds + ``shift`` for the likeliest class."""

    slope: float = 1.0
    stretch: float = 1.0
    shift: float = 0.0

    def chances(self, margins: Floats) -> Floats:
        """Probabilities for margins, both of shape (texts, classes); the greatest margin has the greatest."""
        likely = softmax(self.slope * margins)
        rows, best = np.arange(len(margins)), margins.argmax(axis=1)
        found = np.maximum(likely, LEAST_CHANCE)
        found[rows, best] = 0.0
        left = found.sum(axis=1)
        log_odds = self.stretch * _log_odds(likely[rows, best]) + self.shift
        # Never below the second.
        top = 1 / (1 + np.exp(-np.maximum(log_odds, np.log(found.max(axis=1) / left))))
        found *= ((1 - top) / left)[:, np.newaxis]
        found[rows, best] = top
        return found


def softmax(margins: Floats) -> Floats:
    """Rows that add up to 1."""
    raised = np.exp(margins - margins.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def calibrate(margins: Floats, target: NDArray[np.int64]) -> Calibration:
    """The calibration for margins of shape (texts, classes) of texts that are of classes ``target``."""
    slope = _temperature(margins, target)
    stretch, shift = _line(margins, target, slope)
    return Calibration(slope, stretch, shift)


def _log_odds(chances: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(chances, LEAST_CHANCE)) - np.log(np.maximum(1 - chances, LEAST_CHANCE)))


def _temperature(margins: Floats, target: NDArray[np.int64]) -> float:
    """The slope with the least log-loss, by golden section on its logarithm; the loss is convex in the slope."""

    def loss(log_slope: float) -> float:
        raised = np.exp(log_slope) * margins
        raised = raised - raised.max(axis=1, keepdims=True)
        likely = raised[np.arange(len(target)), target] - np.log(np.exp(raised).sum(axis=1))
        return float(-likely.mean())

    low, high = np.log(0.05), np.log(100.0)
    golden = (5**0.5 - 1) / 2
    for _ in range(60):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if loss(left) <= loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def _line(margins: Floats, target: NDArray[np.int64], slope: float) -> tuple[float, float]:
    """Stretch and shift with the least log-loss of 'the likeliest class is right', with the weight of one text that nothing
    changes (so that a handful of texts changes little). The loss is convex."""
    from scipy.optimize import minimize

    log_odds = _log_odds(softmax(slope * margins).max(axis=1))
    sign = np.where(margins.argmax(axis=1) == target, -1.0, 1.0)

    def loss(line: Floats) -> float:
        unlikely = np.logaddexp(0.0, sign * (line[0] * log_odds + line[1]))
        return float(unlikely.sum() + ((line[0] - 1) ** 2 + line[1] ** 2) / 2)

    found = minimize(loss, (1.0, 0.0), method="L-BFGS-B", bounds=((0.05, 5.0), (-10.0, 10.0)))
    return float(found.x[0]), float(found.x[1])
