"""A report that comes again under its idempotency key, at once or after weeks offline.

The follow code is made from the key, and no two cases have the same one: the case itself knows the key, and nothing else
has to be kept of it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gezhi.contexts.cases.domain.report import Report
from gezhi.contexts.cases.models import CaseStep
from gezhi.contexts.cases.policy import follow_digest
from gezhi.contexts.organisations.queries import organisation
from gezhi.platform.commands.idempotency import reused
from gezhi.platform.steps.personal import given_of
from gezhi.platform.vault.vault import holds

_AREAS = ("grid_id", "community_id", "street_id", "district_id", "city_id")


# A column of the history, and the field of a report that it came from.
_COMPARED = {
    "class_code": "class_code",
    "condition": "condition",
    "description": "description",
    "address": "address",
    "source_lon": "lon",
    "source_lat": "lat",
    "urgency": "urgency",
    "channel": "channel",
}


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What a reporter is told at first. Instants are ISO 8601 texts in UTC."""

    number: str
    version: int
    status: str
    dispatch_due: str
    handle_due: str
    organisation: str
    routing_reason: str


def first_answer(*, code: str, report: Report) -> tuple[int, FirstAnswer] | None:
    """The id of the case behind this follow code, and what its reporter was told at first; None where there is no such case.

    ``report`` is the one that comes now. Raises ``Conflict`` (``key_reused``) if the case is about something else.
    """
    event = CaseStep.objects.select_related("case").filter(case__follow_digest=follow_digest(code), version=1).first()
    if event is None:
        return None
    if not _same(event, report):
        raise reused()
    told = event.changes
    body = told.get("suggested_organisation_id")
    row = None if body is None else organisation(body)
    return event.case_id, FirstAnswer(
        number=event.case.number,
        version=1,
        status=event.to_status,
        dispatch_due=told["dispatch_due"],
        handle_due=told["handle_due"],
        organisation="" if row is None else row.name,
        routing_reason=event.note,
    )


def _same(event: CaseStep, report: Report) -> bool:
    """Whether the report is the one that the first row of a history tells of. What was personal in it and has been erased is
    compared with nothing."""
    told = event.changes
    if any((told.get(column) or None) != _written(getattr(report, name)) for column, name in _COMPARED.items()):
        return False
    if report.lon is None:
        if report.area_id not in [told.get(name) for name in _AREAS]:
            return False
    elif told.get("source_datum") != report.datum.value:
        return False
    given = given_of(asdict(report.contact))
    record = event.case.personal_record
    return not given if record is None else holds(record, given)


def _written(value: Any) -> Any:
    """A field as the history keeps it: texts trimmed, nothing for what is empty."""
    return (str(value).strip() if isinstance(value, str) else value) or None
