"""The API: one object, its authentication, and its errors as RFC 9457 problem documents."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, Throttled, ValidationError
from ninja.operation import Operation
from ninja.utils import check_csrf

from gezhi.interfaces import problem
from gezhi.interfaces.actors import actor_behind, bearer_token
from gezhi.interfaces.failures import problem_response
from gezhi.interfaces.throttle import limits, purpose_of
from gezhi.kernel.errors import GezhiError, NotAllowed
from gezhi.platform.access.actor import ANONYMOUS, Actor

_encoder = msgspec.json.Encoder()
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Of an unknown parameter's name so much is told back.
_SHOWN = 40


class ApiRequest(HttpRequest):
    """A request of which it is known who asks (see ``authenticate``)."""

    auth: Actor


def authenticate(request: HttpRequest) -> Actor | None:
    """The actor; None (401) for a bad token, and for a session that writes without its CSRF token."""
    if "Authorization" in request.headers and bearer_token(request) is None:
        return None
    actor = actor_behind(request)
    if bearer_token(request) is not None:
        return None if actor.user_id is None else actor
    if actor.user_id is not None and request.method not in _SAFE and check_csrf(request) is not None:
        return None
    return actor


def require_account(request: ApiRequest) -> None:
    """Raises ``NotAllowed`` (answered as 401) for who is not signed in: of what only accounts have, nobody has an empty list."""
    if request.auth.user_id is None:
        raise NotAllowed("not_allowed", "sign in first")


def _reads_all(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An operation that refuses parameters which it does not read: a misspelt filter would answer with everything."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    queries = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    known = sorted({name for model in queries for name in model.__ninja_flatten_map__})

    @wraps(run)
    def reading_all(request: HttpRequest, **values: Any) -> HttpResponse:
        unknown = next((name for name in request.GET if name not in known), None)
        if unknown is None:
            return run(request, **values)
        name = unknown[:_SHOWN]
        words = gettext("There is no parameter “%(name)s” here. Known: %(known)s.")
        return problem_response(
            status=422,
            title=gettext("Please correct the input"),
            code="unknown_parameter",
            detail=words % {"name": name, "known": ", ".join(known) or "–"},
            field=name,
        )

    return reading_all


# What any operation may answer, beside what it declares itself.
_ALWAYS = {"400": "Bad request", "401": "Not signed in", "422": "Input at fault", "429": "Too many requests"}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_JPEG = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}


class ProblemAPI(NinjaAPI):
    """An API whose document says what its errors look like."""

    def get_openapi_schema(self, *arguments: Any, **named: Any) -> Any:
        """The OpenAPI document; errors are ``application/problem+json``, pictures are JPEG."""
        document = super().get_openapi_schema(*arguments, **named)
        for path, operations in document["paths"].items():
            for operation in operations.values():
                responses = {str(code): answer for code, answer in operation["responses"].items()}
                for code, words in _ALWAYS.items():
                    responses.setdefault(code, {"description": words})
                for code, answer in responses.items():
                    if code >= "400":
                        answer["content"] = _PROBLEM
                if path.endswith("/photos/{photo_id}"):
                    responses["200"] = {"description": "The picture", "content": _JPEG}
                if path.endswith("/files/{document_id}"):
                    responses["200"] = {"description": "The file", "content": _BYTES}
                operation["responses"] = dict(sorted(responses.items()))
        return document


api = ProblemAPI(
    title="Gezhi API",
    version="1",
    description="Report, follow and handle cases. Anonymous reports are welcome; staff use a session or a bearer token. "
    "A parameter or field that an operation does not read is refused (422), with its name.",
    urls_namespace="api-v1",
    auth=authenticate,
    throttle=[*limits(purpose_of)],
    docs_url=None,
)
api.add_decorator(_reads_all, mode="view")


def json_response(content: Any, *, status: int = 200) -> HttpResponse:
    """A JSON response encoded by msgspec: hot lists skip the schema round trip."""
    return HttpResponse(_encoder.encode(content), status=status, content_type="application/json")


@api.exception_handler(GezhiError)
def _on_gezhi_error(request: HttpRequest, error: GezhiError) -> HttpResponse:
    status = problem.status(error)
    if status == 403 and getattr(request, "auth", ANONYMOUS).user_id is None:
        status = 401
    response = problem_response(
        status=status,
        title=problem.title(error),
        code=error.code,
        detail=problem.words(error),
        field=error.field,
        **({"message": error.message} if error.message else {}),
    )
    if "wait" in error.details:
        response["Retry-After"] = str(error.details["wait"])
    return response


def _field_of(location: tuple[Any, ...]) -> str:
    """``('body', 'body', 'contact', 'name')`` → ``contact.name``; ``('query', 'narrowed', 'status', 0)`` → ``status.0``."""
    parts = location[1:]
    # Both are names of our functions' arguments, which no client knows.
    if (location[0] == "body" or parts[:1] == ("narrowed",)) and len(parts) > 1:
        parts = parts[1:]
    return ".".join(str(part) for part in parts)


@api.exception_handler(ValidationError)
def _on_validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [{"field": _field_of(fault["loc"]), "message": fault["msg"]} for fault in error.errors]
    return problem_response(
        status=422,
        title=gettext("Please correct the input"),
        code="invalid_request",
        detail="; ".join(f"{fault['field']}: {fault['message']}" for fault in faults[:5]),
        field=faults[0]["field"] if faults else None,
        errors=faults[:50],
    )


@api.exception_handler(AuthenticationError)
def _on_authentication_error(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem_response(
        status=401,
        title=gettext("Sign in"),
        code="not_signed_in",
        detail=gettext("The token is unknown or has expired, or the request lacks its CSRF token."),
    )


@api.exception_handler(AuthorizationError)
def _on_authorization_error(request: HttpRequest, error: AuthorizationError) -> HttpResponse:
    return problem_response(status=403, title=gettext("Not allowed"), code="not_allowed", detail=str(error))


@api.exception_handler(Throttled)
def _on_throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    return problem_response(
        status=429,
        title=gettext("Too many requests"),
        code="too_many_requests",
        detail=gettext("Too many requests from here; wait a little and try again."),
    )


@api.exception_handler(RequestDataTooBig)
def _on_too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem_response(
        status=413,
        title=gettext("Too large"),
        code="request_too_large",
        detail=gettext("The request is larger than this server accepts."),
    )


@api.exception_handler(HttpError)
def _on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem_response(
        status=error.status_code, title=gettext("Please correct the input"), code="bad_request", detail=str(error)
    )


@api.exception_handler(Http404)
def _on_404(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_response(status=404, title=gettext("Not found"), code="not_found", detail=gettext("Page not found."))
