"""Tasks of solvers and their answers as JSON: read and checked, and written, the same for commands and background work."""

from __future__ import annotations

import codecs
import json
from typing import Any, TypeVar

import msgspec

from gezhi.kernel.errors import InvalidInput

Task = TypeVar("Task")


def task_of(content: bytes, kind: type[Task]) -> Task:
    """A task from JSON. A byte-order mark before it is no part of it.

    Raises ``InvalidInput`` (``task_unreadable``) for NaN, Infinity, a missing or wrongly typed field, naming the field.
    """
    try:
        return msgspec.json.decode(content.removeprefix(codecs.BOM_UTF8), type=kind)
    except msgspec.ValidationError as error:
        raise InvalidInput("task_unreadable", str(error), field="file") from error
    except msgspec.DecodeError as error:
        words = f"not valid JSON: {error} (NaN and Infinity are not JSON; leave the field out instead)"
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            words = "is UTF-16; save it as UTF-8"
        raise InvalidInput("task_unreadable", words, field="file") from error
    except UnicodeDecodeError as error:
        raise InvalidInput("task_unreadable", "not valid UTF-8", field="file") from error
    except RecursionError as error:
        words = "lists or objects lie too deep in each other"
        raise InvalidInput("task_unreadable", words, field="file") from error


def _once(pairs: list[tuple[str, object]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise InvalidInput("task_unreadable", f"the name '{name}' stands twice in one object", field="file")
        seen.add(name)


def require_names_once(content: bytes) -> None:
    """Raise ``InvalidInput`` for a name that stands twice in one object of readable JSON: one reader would take the first
    and another the last.
    """
    try:
        json.loads(content.removeprefix(codecs.BOM_UTF8), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:  # in a field that the task does not have
        raise InvalidInput("task_unreadable", f"not valid JSON: {error}", field="file") from error


def _plain(value: Any) -> Any:
    """Numpy's numbers and arrays as Python's; JSON knows the rest, and writes numbers that are not finite as null."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise NotImplementedError(f"no JSON for {type(value).__name__}")


def answer_json(answer: Any) -> bytes:
    """An answer as JSON that a person can read."""
    return msgspec.json.format(msgspec.json.encode(answer, enc_hook=_plain), indent=1) + b"\n"
