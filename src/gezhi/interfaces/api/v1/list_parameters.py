"""The parameters of a list in the API: what the list's filters are called in an address, and their types."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar, cast

from ninja import Field, Schema
from pydantic import create_model

from gezhi.interfaces.api.v1 import schemas
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.addresses import Parameter, as_text
from gezhi.platform.steps.listing import ListTool

F = TypeVar("F")
_TYPES: dict[type[Any], Any] = {int: schemas.Id, datetime: schemas.Instant}


def _field(one: Parameter) -> tuple[Any, Any]:
    kind: Any = _TYPES.get(one.type, one.type)
    if one.many:
        return (list[kind], Field(one.default, **one.limits))
    if one.default is not None:
        return (kind, Field(one.default, **one.limits))
    limited: Any = Annotated[kind, Field(**one.limits)] if one.limits else kind
    return (limited | None, None)


def parameters_of(tool: ListTool[Any, Any], name: str) -> type[Schema]:
    """The parameters that narrow a list, as the type of a view's query."""
    fields: dict[str, Any] = {one.name: _field(one) for codec in tool.codecs.values() for one in codec.parameters}
    return cast(type[Schema], create_model(name, __base__=Schema, __module__=__name__, **fields))


def filters_in(tool: ListTool[F, Any], parameters: Schema, *, actor: Actor, now: datetime) -> F:
    """The filters behind parameters. Raises ``InvalidInput`` for an instant without its zone, and what a filter raises."""
    given: dict[str, list[str]] = {}
    for name in parameters.model_fields_set:
        value = getattr(parameters, name)
        if isinstance(value, datetime) and value.tzinfo is None:
            raise InvalidInput("naive_time", "a time needs its zone, e.g. 2026-11-22T08:00:00+08:00", field=name)
        if value is not None:
            given[name] = [as_text(one) for one in (value if isinstance(value, list) else [value])]
    return tool.filters_from(given, actor=actor, now=now)
