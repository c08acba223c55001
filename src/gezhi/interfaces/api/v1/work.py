"""Background work over HTTP: ask for a run, look how far it is, stop it, fetch what it made."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.utils.translation import get_language
from ninja import Field, Router, Schema

from gezhi.interfaces.api.v1 import schemas
from gezhi.interfaces.api.v1.api import ApiRequest, json_response, require_account
from gezhi.interfaces.api.v1.steps import KEY, PROBLEMS
from gezhi.kernel import clock
from gezhi.kernel.errors import NotFound
from gezhi.platform.steps.inputs import read_texts
from gezhi.platform.work.kinds import work_kind
from gezhi.platform.work.models import WorkState
from gezhi.platform.work.queries import find_run, runs
from gezhi.platform.work.rows import full_run_row, full_run_rows
from gezhi.platform.work.use_cases.fetch_file import fetch_file
from gezhi.platform.work.use_cases.start_work import start_work
from gezhi.platform.work.use_cases.stop_work import stop_work

router = Router(tags=["work"])


class WorkIn(schemas.Strict):
    """A run that is asked for. Kinds and their inputs: docs/how-to/background-work.md."""

    kind: str = Field(max_length=40, examples=["export_cases"])
    area_id: schemas.Id | None = Field(None, description="the widest area in which the caller may, where none is given")
    given: dict[str, str] = Field({}, description="the input, as texts", examples=[{"query": "queue=all"}])


class WorkStartedOut(Schema):
    id: UUID


class WorkFileOut(Schema):
    id: UUID
    name: str
    content_type: str
    size: int
    expires_at: datetime


class WorkOut(Schema):
    """A run. ``total`` null: nobody knows of how much ``done`` is part."""

    id: UUID
    kind: str
    state: WorkState
    area_id: int | None
    started_by: str
    asked_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    done: int
    total: int | None
    stop_asked: bool
    result: dict[str, Any]
    failure: str = Field(description="a code; empty unless failed")
    failure_detail: str
    failure_number: str = Field(description="under which the log has it; empty where the code says all")
    files: list[WorkFileOut] = Field(description="that the caller may fetch")


class WorkListOut(Schema):
    items: list[WorkOut]


@router.get("/work", response={200: WorkListOut, 401: schemas.Problem})
def list_work(request: ApiRequest) -> HttpResponse:
    """The caller's runs, newest first, at most a hundred; to system administrators those of their areas too."""
    require_account(request)
    return json_response({"items": full_run_rows(request.auth, runs(request.auth), now=clock.now())})


@router.post("/work", response={202: WorkStartedOut, **PROBLEMS, 429: schemas.Problem})
def start(request: ApiRequest, body: WorkIn, key: str | None = KEY) -> HttpResponse:
    """Ask for a run. It waits its turn; look at it by its id."""
    kind = work_kind(body.kind)
    if kind is None:
        raise NotFound("no_work", f"there is no work '{body.kind}'", field="kind")
    # A field that the kind does not read is refused by ``start_work``.
    known = {one.name for one in kind.inputs}
    unknown = {name: text for name, text in body.given.items() if name not in known}
    given = unknown | read_texts(kind.inputs, body.given)
    started = start_work(
        actor=request.auth,
        name=body.kind,
        given=given,
        area_id=body.area_id,
        key=key,
        language=get_language() or "zh-hans",
        now=clock.now(),
    )
    return json_response({"id": started.id}, status=202)


@router.get("/work/{run_id}", response={200: WorkOut, 401: schemas.Problem, 404: schemas.Problem})
def show(request: ApiRequest, run_id: UUID) -> HttpResponse:
    """How far a run is, or what came of it."""
    require_account(request)
    return json_response(full_run_row(request.auth, find_run(request.auth, run_id), now=clock.now()))


@router.post("/work/{run_id}/stop", response={200: WorkOut, **PROBLEMS})
def stop(request: ApiRequest, run_id: UUID) -> HttpResponse:
    """Have a run stop: at once where it waits, at its next step where it runs."""
    moment = clock.now()
    return json_response(
        full_run_row(request.auth, stop_work(actor=request.auth, run_id=run_id, now=moment), now=moment)
    )


@router.get("/work/{run_id}/files/{document_id}", response={200: None, **PROBLEMS})
def fetch(request: ApiRequest, run_id: UUID, document_id: UUID) -> FileResponse:
    """A file of a result, for whoever started the run. Each fetch is on record."""
    found = fetch_file(actor=request.auth, run_id=run_id, document_id=document_id, now=clock.now())
    response = FileResponse(found.path.open("rb"), as_attachment=True, filename=found.name)
    response.headers["Content-Type"] = found.content_type
    return response
