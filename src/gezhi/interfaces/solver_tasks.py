"""Tasks of solvers and their answers as JSON: read and checked, and written, the same for commands and background work."""

from __future__ import annotations

import codecs
import json
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import GenericAlias, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from gezhi.interfaces.misfits import misfit
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled

Task = TypeVar("Task")


def _closed(kind: Any) -> Any:
    """The type with each dataclass in it as a Struct of the same fields and no other.

    msgspec forbids unknown fields of Structs alone.
    """
    if isinstance(kind, type) and is_dataclass(kind):
        required = {field.name: field.default is field.default_factory is MISSING for field in fields(kind)}
        return _struct(kind, required)
    inner = tuple(map(_closed, get_args(kind)))
    if inner == get_args(kind):
        return kind
    origin = get_origin(kind)
    return Union[inner] if origin in {Union, UnionType} else GenericAlias(origin, inner)  # noqa: UP007 - of a tuple


def _struct(kind: type, required: dict[str, bool]) -> type[msgspec.Struct]:
    hints = get_type_hints(kind)
    entries = [(name, _closed(hints[name]), *([] if must else [None])) for name, must in required.items()]
    return msgspec.defstruct(kind.__name__, entries, kw_only=True, forbid_unknown_fields=True)


@cache
def _with_closed_parts(kind: type[Any]) -> type[Any]:
    """A Struct that forbids unknown fields, and forbids those of the dataclasses in it as well; others as they are."""
    if not issubclass(kind, msgspec.Struct) or not kind.__struct_config__.forbid_unknown_fields:
        return kind
    return _struct(kind, {entry.name: entry.required for entry in msgspec.structs.fields(kind)})


def _decoded(content: bytes, kind: type[Task]) -> Task:
    try:
        msgspec.json.decode(content, type=_with_closed_parts(cast("Any", kind)))
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError:
        msgspec.json.decode(content)  # what is no JSON is told as that, whatever fields it seems to have
        raise


def task_of(content: bytes, kind: type[Task]) -> Task:
    """A task from JSON. A byte-order mark before it is no part of it.

    A ``kind`` that forbids unknown fields forbids them in the dataclasses that it holds, too. Raises ``InvalidInput``
    (``task_unreadable``) for NaN, Infinity, an unknown, missing or wrongly typed field, naming the field.
    """
    try:
        return _decoded(content.removeprefix(codecs.BOM_UTF8), kind)
    except msgspec.ValidationError as error:
        raise InvalidInput("task_unreadable", misfit(str(error)), field="file") from error
    except msgspec.DecodeError as error:
        words = filled(
            "not valid JSON: %(reason)s (NaN and Infinity are not JSON; leave the field out instead)", reason=str(error)
        )
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            words = filled("is UTF-16; save it as UTF-8")
        raise InvalidInput("task_unreadable", words, field="file") from error
    except UnicodeDecodeError as error:
        raise InvalidInput("task_unreadable", filled("not valid UTF-8"), field="file") from error
    except RecursionError as error:
        words = filled("lists or objects lie too deep in each other")
        raise InvalidInput("task_unreadable", words, field="file") from error


def _once(pairs: list[tuple[str, object]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            said = filled("the name '%(name)s' stands twice in one object", name=name)
            raise InvalidInput("task_unreadable", said, field="file")
        seen.add(name)


def require_names_once(content: bytes) -> None:
    """Raise ``InvalidInput`` for a name that stands twice in one object of readable JSON: one reader would take the first
    and another the last.
    """
    try:
        json.loads(content.removeprefix(codecs.BOM_UTF8), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:  # in a field that the task does not have
        said = filled("not valid JSON: %(reason)s", reason=str(error))
        raise InvalidInput("task_unreadable", said, field="file") from error


def _plain(value: Any) -> Any:
    """Numpy's numbers and arrays as Python's; JSON knows the rest, and writes numbers that are not finite as null."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise NotImplementedError(f"no JSON for {type(value).__name__}")


def answer_json(answer: Any) -> bytes:
    """An answer as JSON that a person can read."""
    return msgspec.json.format(msgspec.json.encode(answer, enc_hook=_plain), indent=1) + b"\n"
