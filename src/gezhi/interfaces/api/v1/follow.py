"""The reporter's own door: the follow code in a header (never in the address, which servers write down)."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Header

from gezhi.contexts.cases import queries
from gezhi.contexts.telling.use_cases.forget_reporter import forget_reporter
from gezhi.interfaces.actors import FOLLOW_HEADER
from gezhi.interfaces.api.v1 import schemas
from gezhi.interfaces.api.v1.api import ApiRequest, json_response
from gezhi.kernel import clock

router = Router(tags=["follow"])
_CODE = Header(..., alias=FOLLOW_HEADER, max_length=40)


@router.get("/follow", response={200: schemas.FollowedOut, 404: schemas.Problem})
def follow(request: ApiRequest, code: str = _CODE) -> HttpResponse:
    """What has happened with a report, and what comes next by when. No account needed."""
    return json_response({name: value for name, value in asdict(queries.follow(code)).items() if name != "case_id"})


@router.delete("/follow/personal-data", response={200: schemas.ErasedOut, 404: schemas.Problem})
def erase(request: ApiRequest, code: str = _CODE) -> HttpResponse:
    """Destroy the name and number that were left with a report."""
    return json_response({"erased": forget_reporter(actor=request.auth, code=code, now=clock.now())})
