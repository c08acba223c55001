"""Probabilities say how often they are right, at both ends, and the classifier's choice stays what it was."""

import io
import json
import zipfile

import numpy as np
import pytest

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.text import dump, load
from gezhi.solvers.text.calibration import Calibration, calibrate, softmax
from gezhi.solvers.text.figures import calibration_error
from tests.unit.test_text import MODEL, TEXTS

CLASSES = 5


TRUE = Calibration(4.0, 0.67, 0.47)


def drawn(seed, number=6_000):
    """Margins, and classes that are drawn with the probabilities ``TRUE``, which are like those of real messages."""
    chance = np.random.default_rng(seed)
    margins = chance.normal(-1.0, 0.3, (number, CLASSES))
    margins[:, 0] += chance.normal(1.0, 0.5, number)
    bounds = TRUE.chances(margins).cumsum(axis=1)
    return margins, (chance.random((number, 1)) > bounds).sum(axis=1)


def error(calibration, margins, target):
    likely = calibration.chances(margins)
    return calibration_error(likely.max(axis=1).tolist(), (likely.argmax(axis=1) == target).tolist())


@pytest.mark.parametrize("seed", range(5))
def test_the_error_is_small_on_texts_that_were_not_seen(seed):
    found = calibrate(*drawn(seed))
    assert (found.slope, found.stretch, found.shift) == pytest.approx((TRUE.slope, TRUE.stretch, TRUE.shift), rel=0.25)
    unseen = drawn(100 + seed)
    assert error(found, *unseen) < 0.015
    # The line is what a temperature alone lacks.
    assert error(Calibration(found.slope), *unseen) > 2 * error(found, *unseen)


@pytest.mark.parametrize(
    "calibration",
    [Calibration(), Calibration(4.0, 0.6, 0.4), Calibration(100.0, 5.0, 10.0), Calibration(1.0, 0.05, -10.0)],
)
def test_the_likeliest_class_stays_the_likeliest(calibration):
    margins, _ = drawn(1, 500)
    likely = calibration.chances(margins)
    assert np.allclose(likely.sum(axis=1), 1)
    assert (likely >= 0).all()
    best = margins.argmax(axis=1)
    assert (likely[np.arange(len(likely)), best] >= likely.max(axis=1) - 1e-12).all()
    # The others keep their order and their shares.
    before = softmax(calibration.slope * margins)
    before[np.arange(len(before)), best] = likely[np.arange(len(before)), best] = 0
    shares = likely / np.maximum(likely.sum(axis=1, keepdims=True), 1e-300)
    assert np.allclose(shares, before / before.sum(axis=1, keepdims=True), atol=1e-6) or calibration.slope == 100.0


def test_nothing_is_changed_by_a_line_of_one_and_nothing():
    margins, _ = drawn(2, 200)
    assert np.allclose(Calibration(3.0).chances(margins), softmax(3.0 * margins), atol=1e-9)
    assert Calibration().chances(np.zeros((0, CLASSES))).shape == (0, CLASSES)


def test_a_handful_of_texts_that_are_all_right_changes_little():
    margins = np.eye(3).repeat(2, axis=0) * 2 - 1
    found = calibrate(margins, np.array([0, 0, 1, 1, 2, 2]))
    assert 0.9 < found.stretch < 1.2
    assert abs(found.shift) < 0.2


def with_meta(**changes):
    source, target = zipfile.ZipFile(io.BytesIO(dump(MODEL))), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for entry in source.infolist():
            content = source.read(entry.filename)
            if entry.filename == "meta.json":
                meta = {**json.loads(content), **changes}
                content = json.dumps({name: value for name, value in meta.items() if value is not None}).encode()
            archive.writestr(entry.filename, content)
    return target.getvalue()


def test_a_file_of_before_the_line_is_read_as_it_was_meant():
    earlier = load(with_meta(format="gezhi-text-model-1", stretch=None, shift=None))
    assert earlier.calibration == Calibration(MODEL.calibration.slope)
    margins = earlier.margins(earlier.space.transform(TEXTS))
    assert np.allclose(earlier.probabilities(TEXTS), softmax(earlier.calibration.slope * margins), atol=1e-9)


@pytest.mark.parametrize(
    "changes",
    [{"stretch": None}, {"stretch": 0.0}, {"stretch": -1.0}, {"shift": "0"}, {"shift": float("nan")}, {"slope": 0.0}],
)
def test_a_calibration_that_cannot_be_is_refused(changes):
    with pytest.raises(InvalidInput):
        load(with_meta(**changes))
