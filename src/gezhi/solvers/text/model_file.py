"""A model as one file that is safe to open: a zip of plain arrays and JSON, no pickle, so no code can ride in it.

pickle and joblib run what a file tells them to; a classifier handed around between cities must not. The file holds
numbers and texts only, is checked field by field when it is read, and has the same bytes for the same model.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.text.calibration import Calibration
from gezhi.solvers.text.classifier import Model
from gezhi.solvers.text.features import BLOCKS, WORD_BITS, FeatureSpace, Vocabulary

FORMAT = "gezhi-text-model-2"
# Without stretch and shift.
EARLIER_FORMAT = "gezhi-text-model-1"
MOST_BYTES = 2 * 1024**3  # unpacked; a zip can be a thousand times smaller than what is in it
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def _bad(why: str) -> InvalidInput:
    return InvalidInput("text.bad_model", f"is no text model of this version: {why}", field="model")


def dump(model: Model) -> bytes:
    """The file of a model: equal models give equal bytes."""
    meta = {
        "format": FORMAT,
        "blocks": [asdict(block) for block in BLOCKS],
        "classes": list(model.classes),
        "words": list(model.space.words),
        "slope": model.calibration.slope,
        "stretch": model.calibration.stretch,
        "shift": model.calibration.shift,
    }
    arrays: dict[str, NDArray[Any]] = {"weights": model.weights, "bias": model.bias}
    for number, vocabulary in enumerate(model.space.vocabularies):
        arrays[f"keys{number}"], arrays[f"idf{number}"] = vocabulary.keys, vocabulary.idf
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        text = json.dumps(meta, ensure_ascii=False, sort_keys=True)
        archive.writestr(_entry("meta.json"), text.encode("utf-8", "surrogatepass"))
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
            archive.writestr(_entry(f"{name}.npy"), content.getvalue())
    return target.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def load(content: bytes) -> Model:
    """Read a model back; raises ``InvalidInput`` for anything that ``dump`` does not write. Runs no code of the file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise _bad("it is too large")
            meta = json.loads(archive.read("meta.json").decode("utf-8", "surrogatepass"))
            if not isinstance(meta, dict) or meta.get("format") not in (FORMAT, EARLIER_FORMAT):
                raise _bad("another format")
            if meta["blocks"] != [asdict(block) for block in BLOCKS]:
                raise _bad("other features")
            arrays = {
                name: np.lib.format.read_array(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)
                for name in ("weights", "bias", *(f"{kind}{n}" for n in range(len(BLOCKS)) for kind in ("keys", "idf")))
            }
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, NotImplementedError, RecursionError) as error:
        raise _bad(str(error)) from error
    return _checked(meta, arrays)


def _texts(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value) or len(set(value)) != len(value):
        raise _bad(f"{name} are no distinct texts")
    return tuple(value)


def _number(value: Any) -> float:
    if not isinstance(value, float) or not math.isfinite(value):
        raise _bad("slope, stretch or shift is no number")
    return value


def _checked(meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Model:
    classes, words = _texts(meta.get("classes"), "classes"), _texts(meta.get("words"), "words")
    line = {"stretch": 1.0, "shift": 0.0} if meta["format"] == EARLIER_FORMAT else meta
    slope, stretch, shift = (_number(value) for value in (meta.get("slope"), line.get("stretch"), line.get("shift")))
    if slope <= 0 or stretch <= 0 or len(classes) < 2:
        raise _bad("slope, stretch or classes")
    vocabularies = []
    for number, block in enumerate(BLOCKS):
        keys, idf = arrays[f"keys{number}"], arrays[f"idf{number}"]
        shaped = keys.ndim == 1 and keys.dtype == np.int64 and idf.shape == keys.shape and idf.dtype == np.float32
        if not shaped or not np.isfinite(idf).all() or (len(keys) and keys[0] <= 0) or (np.diff(keys) <= 0).any():
            raise _bad(f"vocabulary {number}")
        last = keys & ((1 << WORD_BITS) - 1)
        if block.unit == "word" and ((last < 1) | (last > len(words)) | (keys >> WORD_BITS > len(words))).any():
            raise _bad(f"vocabulary {number} names words that are not there")
        vocabularies.append(Vocabulary(keys, idf))
    numbers = {word: place + 1 for place, word in enumerate(words)}
    space = FeatureSpace(words, numbers, tuple(vocabularies))
    weights, bias = arrays["weights"], arrays["bias"]
    fitting = weights.shape == (len(classes), space.width) and bias.shape == (len(classes),)
    if not fitting or weights.dtype != np.float32 or bias.dtype != np.float32:
        raise _bad("weights of another shape")
    if not np.isfinite(weights).all() or not np.isfinite(bias).all():
        raise _bad("weights that are no numbers")
    return Model(space, classes, weights, bias, Calibration(slope, stretch, shift))
