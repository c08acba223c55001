"""Every answer of the API that any test asks for is what its document declares, and no field more."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import jsonschema_rs
from django.http import HttpRequest, HttpResponse

_KINDS = ("application/json", "application/problem+json")


def closed(schema: Any) -> Any:
    """A schema that takes no field which it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(one) for name, one in schema.items()}
    return {"additionalProperties": False, **made} if isinstance(made.get("properties"), dict) else made


@cache
def _document() -> dict[str, Any]:
    from gezhi.interfaces.api.v1.api import api

    return api.get_openapi_schema(path_prefix="/api/v1/")


@cache
def _components() -> Any:
    return closed(_document()["components"])


@cache
def _declared(path: str, method: str, status: str, kind: str) -> jsonschema_rs.Validator | None:
    operation = _document()["paths"].get(path, {}).get(method)
    if operation is None:
        return None
    answer = operation["responses"].get(status, {}).get("content", {}).get(kind)
    if answer is None and kind != "application/problem+json":
        raise AssertionError(f"{method} {path} declares no {kind} of {status}")
    schema = {"$ref": "#/components/schemas/Problem"} if answer is None else closed(answer["schema"])
    return jsonschema_rs.validator_for({**schema, "components": _components()})


def faults_of(request: HttpRequest, response: HttpResponse) -> list[str]:
    """Where an answer of the API is not what the document declares; nothing for what is none."""
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    match = request.resolver_match
    if kind not in _KINDS or response.streaming or match is None or "api-v1" not in match.namespaces:
        return []
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{match.route}")
    validator = _declared(path, (request.method or "").lower(), str(response.status_code), kind)
    if validator is None:
        return []
    answer = json.loads(response.content)
    return [f"{path} {'.'.join(map(str, one.instance_path))}: {one.message}" for one in validator.iter_errors(answer)]


class DeclaredAnswers:
    """A middleware that lets no other answer through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Raises ``AssertionError`` for an answer that its document does not declare."""
        response = self._get_response(request)
        faults = faults_of(request, response)
        if faults:
            raise AssertionError("not as declared: " + "; ".join(faults[:5]))
        return response
