"""What the API is for every kind: a list, an object with its history, and the steps. Thin: parse, call, encode."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Field, Router, Schema
from ninja.params.functions import Header, Query
from pydantic import create_model

from gezhi.interfaces.api.v1 import schemas
from gezhi.interfaces.api.v1.api import ApiRequest, json_response
from gezhi.interfaces.api.v1.list_parameters import filters_in, parameters_of
from gezhi.kernel import clock
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.outbox.publish import latest_id
from gezhi.platform.steps.history import history_of
from gezhi.platform.steps.inputs import Pairs
from gezhi.platform.steps.kind import Kind
from gezhi.platform.steps.listing import ListTool
from gezhi.platform.steps.policy import find, possible_steps
from gezhi.platform.steps.verb import Command, Input

KEY = Header(
    None,
    alias="Idempotency-Key",
    description="8 to 80 characters, without an account a random UUID (version 4) that is kept secret; a retry with the "
    "same key is answered, not repeated",
)
PROBLEMS = dict.fromkeys((401, 403, 404, 409, 422), schemas.Problem)
_NO_INPUT = frozenset({"note", "expected_version"})
_Short = Annotated[str, Field(max_length=500)]


class _Step(schemas.Strict):
    expected_version: int | None = Field(
        None, ge=1, description="the version that was looked at; 409 if it has moved on"
    )
    note: str = Field("", max_length=4_000)


def _field(one: Input) -> tuple[Any, Any]:
    kind: Any = schemas.Id if one.type is int and one.name.endswith("_id") else one.type
    if kind is Pairs:
        kind = dict[_Short, _Short]
    return (Annotated[kind | None, Field(**one.limits)], None)


def step_schema(kind: Kind[Any], name: str) -> type[_Step]:
    """The body of a step of a kind: what any of its verbs reads. What the verb at hand does not read is refused."""
    inputs = {one.name: _field(one) for verb in kind.verbs.values() for one in verb.inputs}
    words = "Input of an action. Which fields an action reads is in its description; others must be left out."
    return create_model(name, __base__=_Step, __doc__=words, __module__=__name__, **inputs)  # type: ignore[call-overload, no-any-return]


def take_step(
    kind: Kind[Any], request: ApiRequest, *, number: str, action: str, body: _Step, key: str | None
) -> HttpResponse:
    """Take one step of a kind's table. Raises what the step raises, and ``InvalidInput`` for a verb that there is not."""
    verb = kind.verbs.get(action)
    if verb is None:
        raise InvalidInput("unknown_action", f"there is no action '{action}'", field="action")
    command = Command(
        actor=request.auth,
        number=number,
        now=clock.now(),
        expected_version=body.expected_version,
        key=key,
        note=body.note,
    )
    given = {name: getattr(body, name) for name in body.model_fields_set - _NO_INPUT}
    result = verb.perform(command, given)
    return json_response({"number": result.number, "version": result.version, "status": result.status})


def router_of(kind: Kind[Any], tool: ListTool[Any, Any], *, sort: StrEnum | str) -> Router:
    """``/<topic>``, ``/<topic>/count``, ``/<topic>/{number}`` and ``…/actions/{action}`` for a kind with a list.

    Whoever does not see all of an object is told nothing of its history: what of it is for them, the kind's own operation says.
    """
    router = Router(tags=[kind.topic])
    filters_type = parameters_of(tool, f"{kind.model.__name__}Filters")
    body_type = step_schema(kind, f"{kind.model.__name__}StepIn")

    def listed(
        request: ApiRequest,
        narrowed: Schema = Query(...),
        sort: str = str(sort),
        cursor: str | None = Query(None, max_length=200),
        limit: int | None = None,
    ) -> HttpResponse:
        actor = request.auth
        # When anything happens in the city is no stranger's business.
        live_id = latest_id() if actor.user_id is not None else 0
        filters = filters_in(tool, narrowed, actor=actor, now=clock.now())
        page = tool.page(actor, filters=filters, sort=sort, cursor=cursor, limit=limit)
        return json_response({"items": page.rows, "next_cursor": page.next_cursor, "live_id": live_id})

    def counted(request: ApiRequest, narrowed: Schema = Query(...)) -> HttpResponse:
        filters = filters_in(tool, narrowed, actor=request.auth, now=clock.now())
        return json_response({"count": tool.count(request.auth, filters)})

    def shown(request: ApiRequest, number: str) -> HttpResponse:
        actor = request.auth
        obj = find(kind, actor, number)
        row = tool.rows.one(obj.pk)
        (told,) = tool.scopes.told(actor, [row])
        history = history_of(kind, obj.pk) if told is row else []
        return json_response({kind.name: told, "history": history, "actions": possible_steps(kind, actor, obj)})

    def act(request: ApiRequest, number: str, action: str, body: _Step, key: str | None = KEY) -> HttpResponse:
        return take_step(kind, request, number=number, action=action, body=body, key=key)

    act.__annotations__["body"] = body_type
    listed.__annotations__["narrowed"] = counted.__annotations__["narrowed"] = filters_type
    # One document holds the operations of all kinds: each is named after its topic.
    topic = kind.topic
    router.get(
        f"/{topic}", response={200: dict, 422: schemas.Problem}, operation_id=f"{topic}_list",
        description=f"The {topic} that the caller may see, a page at a time.",
    )(listed)  # fmt: skip
    router.get(
        f"/{topic}/count", response={200: schemas.CountOut, 422: schemas.Problem}, operation_id=f"{topic}_count",
        description=f"How many {topic} the caller may see.",
    )(counted)  # fmt: skip
    router.get(
        f"/{topic}/{{number}}", response={200: dict, 404: schemas.Problem}, operation_id=f"{topic}_show",
        description=f"One {kind.name} with its whole history and what the caller may do with it now.",
    )(shown)  # fmt: skip
    router.post(
        f"/{topic}/{{number}}/actions/{{action}}", response={200: schemas.StepResultOut, **PROBLEMS},
        operation_id=f"{topic}_act", description=f"Take one step of a {kind.name}'s transition table.",
    )(act)  # fmt: skip
    return router
