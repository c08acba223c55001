"""From a page's form to a report: the resident's in three steps and the worker's in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from gezhi.contexts.cases.domain.states import Channel
from gezhi.contexts.cases.use_cases import Contact, Report, Reported, report_case, report_settled
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.pictures import FormPictures
from gezhi.kernel.clock import now

# What the kernel calls a field → the field of a form that shows its error.
SHOWN_AT = {"area_id": "lon", "lat": "lon", "contact.name": "name", "contact.phone": "phone"}


def send_report(
    request: HttpRequest,
    data: Mapping[str, Any],
    found: FormPictures,
    *,
    class_code: str,
    channel: Channel,
    contact: Contact | None = None,
    done: str = "",
) -> Reported:
    """File what a form says, with its pictures. ``data``: the cleaned fields of a place, the description and the key. ``done``:
    what was done about it on the spot, where it is settled already.

    The point comes before the community. Raises what ``report_case`` raises.
    """
    has_point = data["lon"] is not None and data["lat"] is not None
    report = Report(
        class_code=class_code,
        description=data["description"],
        lon=data["lon"] if has_point else None,
        lat=data["lat"] if has_point else None,
        area_id=None if has_point else data["community"],
        address=data["address"],
        channel=channel,
        contact=contact or Contact(),
    )
    actor, key = actor_in(request), str(data["key"])
    if done:
        reported = report_settled(actor=actor, report=report, done=done, key=key, pictures=found.pictures, now=now())
    else:
        reported = report_case(actor=actor, report=report, key=key, pictures=found.pictures, now=now())
    found.sent()
    return reported
