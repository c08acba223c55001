"""The saved views of a list over HTTP. Thin: parse, call, encode."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Path

from gezhi.contexts.cases.queries import CASES
from gezhi.interfaces.api.v1 import schemas
from gezhi.interfaces.api.v1.api import ApiRequest, json_response, require_account
from gezhi.interfaces.api.v1.steps import PROBLEMS
from gezhi.kernel import clock
from gezhi.kernel.reading import MOST
from gezhi.platform.saved_views.policy import Office
from gezhi.platform.saved_views.queries import views_of
from gezhi.platform.saved_views.use_cases.delete_view import delete_view
from gezhi.platform.saved_views.use_cases.save_view import save_view
from gezhi.platform.steps.listing import ListTool


def views_router(tool: ListTool[Any, Any], topic: str) -> Router:
    """``/<topic>/views`` for the list behind ``/<topic>``. Add it before what reads ``/<topic>/{number}``."""
    router = Router(tags=[topic])

    @router.get(
        f"/{topic}/views",
        response={200: list[schemas.SavedViewOut], 401: schemas.Problem, 422: schemas.Problem},  # type: ignore[valid-type]
        operation_id=f"{topic}_views",
    )
    def saved_views(request: ApiRequest) -> HttpResponse:
        """The caller's saved views of the list and those of their offices. ``query`` holds parameters of the list."""
        require_account(request)
        return json_response([asdict(view) for view in views_of(request.auth, tool)])

    @router.post(f"/{topic}/views", response={201: schemas.SavedViewOut, **PROBLEMS}, operation_id=f"{topic}_save_view")
    def save(request: ApiRequest, body: schemas.SavedViewIn) -> HttpResponse:
        """Save what some parameters of the list narrow it to, for oneself or for one's office; 30 at most."""
        office = None
        if body.office is not None:
            office = Office(body.office.role, body.office.area_id, body.office.organisation_id)
        view = save_view(
            actor=request.auth, tool=tool, query=body.query, name=body.name, office=office, now=clock.now()
        )
        return json_response(asdict(view), status=201)

    @router.delete(f"/{topic}/views/{{view_id}}", response={204: None, **PROBLEMS}, operation_id=f"{topic}_delete_view")
    def delete(request: ApiRequest, view_id: int = Path(..., ge=1, le=MOST)) -> HttpResponse:
        """Delete a saved view of one's own or of one's office."""
        delete_view(actor=request.auth, tool=tool, view_id=view_id, now=clock.now())
        return HttpResponse(status=204)

    return router


router = views_router(CASES, "cases")
