"""What has happened since an event: the fallback of clients that cannot hold a stream open."""

from __future__ import annotations

from hashlib import sha256

from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Query

from gezhi.contexts.cases.use_cases import CASE
from gezhi.interfaces.api.v1 import schemas
from gezhi.interfaces.api.v1.api import ApiRequest, json_response
from gezhi.interfaces.live.feed import events_for, told
from gezhi.kernel.reading import MOST
from gezhi.platform.access.actor import Actor

router = Router(tags=["live"])


@router.get("/live/cases", response={200: schemas.LivePageOut})
def live(request: ApiRequest, since: int = Query(..., ge=0, le=MOST)) -> HttpResponse:
    """Up to 500 events after ``since`` that concern the caller. ``reset`` means: take a fresh snapshot.

    Of what the caller merely reported it is told that it changed (``case.changed``), not by which step, and only where what they
    are told has changed.
    """
    page = events_for(request.auth, CASE.live, since=since)
    events = [{"id": event.id, **told(CASE.live, event)} for event in page.events]
    return json_response(
        {"events": events, "last_id": page.last_id, "reset": page.reset, "rights": _rights(request.auth)}
    )


def _rights(actor: Actor) -> str:
    """A mark of the grants that an account holds, another where they change; empty for nobody."""
    if actor.user_id is None:
        return ""
    held = sorted((grant.role.value, grant.area_id, grant.organisation_id or 0) for grant in actor.grants)
    return sha256(repr(held).encode()).hexdigest()[:16]
