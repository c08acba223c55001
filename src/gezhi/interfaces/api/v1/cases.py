"""Cases over HTTP: report, list, look, act. Thin: parse, call, encode."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import FileResponse, HttpResponse
from ninja import Router
from ninja.files import UploadedFile
from ninja.params.functions import File, Query

from gezhi.contexts.cases import queries
from gezhi.contexts.cases.domain.photos import is_far
from gezhi.contexts.cases.domain.states import Channel, Stage
from gezhi.contexts.cases.queries import CASES
from gezhi.contexts.cases.use_cases import CASE, Contact, Report, report_case
from gezhi.contexts.cases.use_cases.attach_photo import attach_photo, open_photo
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.interfaces.api.v1 import schemas
from gezhi.interfaces.api.v1.api import ApiRequest, json_response
from gezhi.interfaces.api.v1.list_parameters import filters_in, parameters_of
from gezhi.interfaces.api.v1.steps import KEY, PROBLEMS, step_schema, take_step
from gezhi.interfaces.throttle import whose
from gezhi.kernel import clock
from gezhi.kernel.errors import NotAllowed
from gezhi.platform.files.images import MAX_BYTES
from gezhi.platform.files.models import Attachment
from gezhi.platform.outbox.publish import latest_id

router = Router(tags=["cases"])
CaseFilters = parameters_of(CASES, "CaseFilters")
ActionIn = step_schema(CASE, "ActionIn")


@router.post(
    "/cases",
    response={
        201: schemas.ReportedOut,
        409: schemas.Problem,
        413: schemas.Problem,
        422: schemas.Problem,
        429: schemas.Problem,
    },
)
def report(request: ApiRequest, body: schemas.ReportIn, key: str | None = KEY) -> HttpResponse:
    """File a report. Open to anyone; the answer says who will settle it, by when, and the code to follow it by."""
    made = report_case(
        actor=request.auth,
        report=Report(
            class_code=body.class_code,
            description=body.description,
            lon=body.lon,
            lat=body.lat,
            datum=body.datum,
            area_id=body.area_id,
            address=body.address,
            condition=body.condition,
            urgency=body.urgency,
            channel=Channel.API,
            contact=Contact(name=body.contact.name, phone=body.contact.phone),
        ),
        key=key,
        now=clock.now(),
    )
    # The number is how people name a case; the key of the database is nobody's.
    return json_response({name: value for name, value in asdict(made).items() if name != "case_id"}, status=201)


@router.get("/cases", response={200: schemas.CasesOut, 422: schemas.Problem})
def list_cases(
    request: ApiRequest,
    narrowed: CaseFilters = Query(...),  # type: ignore[valid-type]
    sort: str = Query("newest", description="newest or due"),
    cursor: str | None = Query(None, max_length=200),
    limit: int | None = Query(None, description="1 to 200, 50 unless told"),
) -> HttpResponse:
    """The cases that the caller may see, a page at a time. Nobody who is not signed in sees any.

    In the rows of what the caller merely reported, what is the office's own is empty: who has it, what waits for a decision; and
    ``version`` counts the steps that are told. A parameter that asks of the office's own (``returned``, ``reworked``, ``failed``,
    ``timed_out``, ``on_time``, ``handled_…``, ``unassigned``, ``needs_attention``, ``asked``, ``of_street_body``, ``mine``) finds
    none of them.
    """
    actor = request.auth
    filters = filters_in(CASES, narrowed, actor=actor, now=clock.now())
    # When anything happens in the city is no stranger's business.
    live_id = latest_id() if actor.user_id is not None else 0
    page = queries.list_cases(actor, filters=filters, sort=sort, cursor=cursor, limit=limit)
    return json_response({"items": page.rows, "next_cursor": page.next_cursor, "live_id": live_id})


@router.get("/cases/count", response={200: schemas.CountOut, 422: schemas.Problem})
def count_cases(request: ApiRequest, narrowed: CaseFilters = Query(...)) -> HttpResponse:  # type: ignore[valid-type]
    """How many cases the list of the same parameters holds."""
    filters = filters_in(CASES, narrowed, actor=request.auth, now=clock.now())
    return json_response({"count": CASES.count(request.auth, filters)})


@router.get("/cases/{number}", response={200: schemas.CasePageOut, 404: schemas.Problem})
def show(request: ApiRequest, number: str) -> HttpResponse:
    """One case with its history and what the caller may do with it now.

    To its reporter (own account or X-Follow-Code) it tells what the page behind the code tells: the history has the steps and words
    that are for the reporter, ``version`` is the place among them (that of the case: how many they are), and what is the office's
    own is empty.
    """
    return json_response(queries.case_page(request.auth, number))


@router.post("/cases/{number}/actions/{action}", response={200: schemas.StepResultOut, **PROBLEMS})
def act(request: ApiRequest, number: str, action: str, body: ActionIn, key: str | None = KEY) -> HttpResponse:  # type: ignore[valid-type]
    """Take one action of the transition table. A reporter without an account shows the code in X-Follow-Code."""
    return take_step(CASE, request, number=number, action=action, body=body, key=key)


@router.get("/cases/{number}/reporter", response={200: schemas.ReporterOut, **PROBLEMS})
def reporter(request: ApiRequest, number: str, reason: str = Query(..., max_length=200)) -> HttpResponse:
    """The reporter's name and number, for who handles the case. Each look is logged with its reason.

    A browser that merely follows a link is refused: whoever sent the link would write the reason.
    """
    if request.headers.get("Sec-Fetch-Mode") == "navigate" or request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise NotAllowed("not_by_link", "personal data are not shown by following a link")
    return json_response(read_reporter(actor=request.auth, number=number, reason=reason, now=clock.now()))


@router.post(
    "/cases/{number}/photos", response={201: schemas.PhotoOut, 413: schemas.Problem, 503: schemas.Problem, **PROBLEMS}
)
def add_photo(
    request: ApiRequest,
    number: str,
    photo: UploadedFile = File(...),
    stage: Attachment.Stage = Attachment.Stage.BEFORE,
) -> HttpResponse:
    """Attach a photo (JPEG, PNG, WebP; 12 MB). It is drawn anew without metadata. Where and when it was taken is compared
    with the case's place, told in this answer, and kept nowhere."""
    raw = photo.read(MAX_BYTES + 1)
    made = attach_photo(
        actor=request.auth, number=number, raw=raw, stage=Stage(stage.value), asker=whose(request), now=clock.now()
    )
    told = {
        "taken_at": made.picture.taken_at,
        "taken_lon": made.picture.taken_lon,
        "taken_lat": made.picture.taken_lat,
        "metres_from_place": made.metres,
        "far_from_place": is_far(made.metres),
    }
    return json_response(asdict(made.photo) | told, status=201)


@router.get("/photos/{photo_id}", response={200: None, 404: schemas.Problem})
def photo(request: ApiRequest, photo_id: UUID) -> FileResponse:
    """A photo, for whoever may see its case, or reads the words that came with it in the report that the case goes with."""
    return FileResponse(open_photo(actor=request.auth, photo_id=photo_id), content_type="image/jpeg")
