"""Tasks of solvers and their answers as JSON: read and checked, and written, the same for commands and background work."""

from __future__ import annotations

import codecs
import dataclasses
import functools
import json
import operator
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from gezhi.interfaces.misfits import misfit
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.filled import filled

Task = TypeVar("Task")


def task_of(content: bytes, kind: type[Task]) -> Task:
    """A task from JSON. A byte-order mark before it is no part of it.

    Raises ``InvalidInput`` (``task_unreadable``) for NaN, Infinity, a missing or wrongly typed field, naming the field; where
    ``kind`` is a dataclass, or a Struct that forbids them, for an unknown one too, in whatever it holds.
    """
    asked: Any = kind
    try:
        read = _decoded(content.removeprefix(codecs.BOM_UTF8), _closed(asked))
        return msgspec.convert(read, kind, from_attributes=True)
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


def _decoded(content: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError:
        # What is no JSON at all is told before a field that does not fit.
        msgspec.json.decode(content)
        raise


@functools.cache
def _closed(kind: Any) -> Any:
    """The type to read in place of ``kind``: each dataclass in it, and each Struct that forbids unknown fields, as a Struct of the
    same fields that lets in no others."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        return _struct(
            kind.__name__,
            [
                (one.name, hints[one.name], _default(one.default, one.default_factory, dataclasses.MISSING))
                for one in dataclasses.fields(kind)
            ],
        )
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if not kind.__struct_config__.forbid_unknown_fields:
            return kind
        every = msgspec.structs.fields(kind)
        return _struct(
            kind.__name__,
            [(one.name, one.type, _default(one.default, one.default_factory, msgspec.NODEFAULT)) for one in every],
        )
    origin, inner = get_origin(kind), get_args(kind)
    closed = tuple(_closed(one) if isinstance(one, type) or get_origin(one) else one for one in inner)
    if closed == inner:
        return kind
    return functools.reduce(operator.or_, closed) if origin in {Union, UnionType} else origin[closed]


def _default(value: Any, factory: Any, nothing: Any) -> tuple[Any, ...]:
    """What ``defstruct`` takes for the default of a field: nothing where it has none."""
    if factory is not nothing:
        return (msgspec.field(default_factory=factory),)
    return () if value is nothing else (value,)


def _struct(name: str, fields: list[tuple[str, Any, tuple[Any, ...]]]) -> Any:
    entries: list[Any] = [(field, _closed(kind), *default) for field, kind, default in fields]
    return msgspec.defstruct(name, entries, forbid_unknown_fields=True, kw_only=True)


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
