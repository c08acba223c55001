"""Take in a report: locate it in its grid, find who must settle it, number it, and say by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.states import CaseStatus, Channel, Stage, Urgency
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.evidence import REPORTED
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.pictures import SUBJECT, add_pictures
from gezhi.contexts.cases.place import place_at
from gezhi.contexts.cases.policy import follow_code_for, follow_digest
from gezhi.contexts.cases.reported_before import first_answer
from gezhi.contexts.cases.terms import terms_by
from gezhi.kernel.datum import Datum
from gezhi.kernel.errors import InvalidInput, NotAllowed
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.bulk import insert_instance
from gezhi.platform.commands.idempotency import remember, seen
from gezhi.platform.files.images import Picture
from gezhi.platform.files.models import Attachment
from gezhi.platform.files.store import hash_of, kept
from gezhi.platform.steps.perform import Moment, begin
from gezhi.platform.steps.personal import keep_personal
from gezhi.platform.steps.policy import decide_step
from gezhi.platform.worktime.city_calendar import city_calendar

MAX_DESCRIPTION = 4_000
MAX_ADDRESS = 200


@dataclass(frozen=True, slots=True)
class Contact:
    """What a reporter may leave so that the handler can ask back. All of it is optional."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it comes in. Either ``lon``/``lat`` (in ``datum``) or ``area_id`` must say where."""

    class_code: str
    description: str
    lon: float | None = None
    lat: float | None = None
    datum: Datum = Datum.WGS84
    area_id: int | None = None
    address: str = ""
    condition: int | None = None
    urgency: Urgency = Urgency.ORDINARY
    channel: Channel = Channel.WEB
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, slots=True)
class Reported:
    """What the reporter is told. ``follow_code`` is shown once and stored only as a hash."""

    case_id: int
    number: str
    version: int
    status: str
    follow_code: str
    dispatch_due: str
    handle_due: str
    organisation: str
    routing_reason: str


def report_case(
    *, actor: Actor, report: Report, key: str | None = None, pictures: Sequence[Picture] = (), now: datetime
) -> Reported:
    """File a report as a new case, with the pictures (drawn) that came with it.

    Raises ``InvalidInput`` (text missing or too long, unknown class, impossible or outside position, wrong datum),
    ``Conflict`` (idempotency key used for another report). A repeated key returns the first answer, also when the key
    itself has been forgotten since (the follow code is made from it, and the case knows that), and adds pictures that were
    not there.
    """
    try:
        return _report(actor=actor, report=report, key=key, pictures=pictures, now=now)
    except IntegrityError:
        code = follow_code_for(actor, key)
        told = None if key is None else first_answer(code=code, report=asdict(report))
        if told is None:
            raise
        reported = Reported(**told, follow_code=code)
        _add_missing(reported, actor=actor, pictures=pictures, now=now)
        return reported


def _report(*, actor: Actor, report: Report, key: str | None, pictures: Sequence[Picture], now: datetime) -> Reported:
    asked = asdict(report)
    before = seen(actor=actor, key=key, request=asked)
    if before is not None:
        case_id = Case.objects.values_list("pk", flat=True).get(number=before["number"])
        reported = Reported(**before, case_id=case_id, follow_code=follow_code_for(actor, key))
        _add_missing(reported, actor=actor, pictures=pictures, now=now)
        return reported
    description, address = _texts(report)
    tables = catalogue()
    entry = tables.entry(report.class_code)
    if report.condition is not None and not 1 <= report.condition <= max(1, len(entry.limits)):
        raise InvalidInput(
            "unknown_condition", f"class {entry.code} has {len(entry.limits)} conditions", field="condition"
        )
    place = place_at(lon=report.lon, lat=report.lat, datum=report.datum, area_id=report.area_id)
    route = tables.route(class_code=entry.code, place=place.areas, condition=report.condition)
    calendar = city_calendar()
    terms = terms_by(route, start=now)
    dispatch_due, handle_due = terms.dispatch_due(calendar), terms.handle_due(calendar)
    code = follow_code_for(actor, key)
    columns: dict[str, Any] = {
        "status": CaseStatus.REPORTED.value,
        "class_code": entry.code,
        "condition": report.condition,
        "description": description,
        "address": address,
        **place.columns(),
        "source_datum": None if report.lon is None else report.datum.value,
        "source_lon": report.lon,
        "source_lat": report.lat,
        "channel": report.channel.value,
        "urgency": report.urgency.value,
        "suggested_organisation_id": route.organisation_id,
        "reported_at": now,
        **terms.columns(),
        "dispatch_due": dispatch_due,
        "handle_due": handle_due,
        "due_at": dispatch_due,
    }
    with kept(pictures), transaction.atomic():
        result: dict[str, Any] = {
            "number": next_number(now),
            "version": 1,
            "status": CaseStatus.REPORTED.value,
            "dispatch_due": dispatch_due.isoformat(),
            "handle_due": handle_due.isoformat(),
            "organisation": route.organisation_name,
            "routing_reason": route.reason,
        }
        # The key first: a twin of this request waits here until this one has committed, and then gives way.
        remember(actor=actor, key=key, request=asked, result=result, now=now)
        case = Case(
            number=result["number"],
            version=1,
            follow_digest=follow_digest(code),
            **_filed_by(actor),
            **columns,
        )
        decision, _ = decide_step(CASE, actor, Action.REPORT, case)
        if not decision:
            raise NotAllowed("not_allowed", str(decision.reasons[-1]), action=Action.REPORT.value)
        case.personal_record = keep_personal(CASE, case.number, asdict(report.contact), now=now)
        insert_instance(case)
        publish_report = begin(
            CASE,
            case,
            action=Action.REPORT,
            changes=columns,
            at=Moment(now, actor, route.reason, _role_of(actor)),
            evidence=REPORTED.digest_of(case),
        )
        if pictures:
            _add(case, code, actor=actor, pictures=pictures, now=now)
        publish_report()
    return Reported(**result, case_id=case.pk, follow_code=code)


def _filed_by(actor: Actor) -> dict[str, int | None]:
    """Whose matter it is, and who took it in. Whoever holds a role reports in office or for a caller, and never becomes
    the resident whose name, rating and withdrawal they are."""
    in_office = bool(actor.roles)
    return {
        "reporter_user_id": None if in_office else actor.user_id,
        "registered_by_id": actor.user_id if in_office else None,
    }


def _add(case: Case, code: str, *, actor: Actor, pictures: Sequence[Picture], now: datetime) -> None:
    """The code that was just given is the reporter's right to add to the case."""
    reporter = replace(actor, follow_codes=actor.follow_codes | {code})
    status = CaseStatus(case.status)
    add_pictures(case, actor=reporter, pictures=pictures, stage=Stage.BEFORE, status=status, now=now)


def _add_missing(reported: Reported, *, actor: Actor, pictures: Sequence[Picture], now: datetime) -> None:
    """A report that is sent again may come with a picture that was not there the first time."""
    there = set(
        Attachment.objects.filter(subject_type=SUBJECT, subject_id=reported.case_id).values_list("sha256", flat=True)
    )
    missing = [picture for picture in pictures if hash_of(picture) not in there]
    if missing:
        with kept(missing), transaction.atomic():
            case = Case.objects.select_for_update().get(pk=reported.case_id)
            _add(case, reported.follow_code, actor=actor, pictures=missing, now=now)


def _role_of(actor: Actor) -> str:
    """The capacity in which someone reports: a grid worker on patrol, a dispatcher for a caller, else a resident."""
    if actor.is_system:
        return "system"
    for role in (Role.GRID_WORKER, Role.STREET_DISPATCHER, Role.OPERATIONS, Role.DEPARTMENT_OFFICER):
        if role in actor.roles:
            return role.value
    return Role.RESIDENT.value


def _texts(report: Report) -> tuple[str, str]:
    description = report.description.strip()
    if not description:
        raise InvalidInput("description_missing", "say in a few words what is the matter", field="description")
    if len(description) > MAX_DESCRIPTION:
        raise InvalidInput(
            "description_too_long",
            f"the description has {len(description)} characters; the limit is {MAX_DESCRIPTION}",
            field="description",
        )
    address = report.address.strip()
    if len(address) > MAX_ADDRESS:
        raise InvalidInput("address_too_long", f"an address has at most {MAX_ADDRESS} characters", field="address")
    for name, text in (("description", description), ("address", address)):
        # PostgreSQL cannot store it, and no keyboard types it.
        if "\0" in text:
            raise InvalidInput("control_character", "the text holds a NUL character", field=name)
    for name, text in (("contact.name", report.contact.name), ("contact.phone", report.contact.phone)):
        if len(text) > 60:
            raise InvalidInput("contact_too_long", "a name or number has at most 60 characters", field=name)
    return description, address


def next_number(now: datetime, *, count: int = 1) -> str:
    """The next case number: local date and a six-digit serial of the day, ``20261122000001``.

    With ``count`` > 1 as many serials are taken and the first is returned. One statement on both databases.
    """
    day = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_dailyserial (day, last) VALUES (%s, %s)"
            " ON CONFLICT (day) DO UPDATE SET last = cases_dailyserial.last + excluded.last RETURNING last",
            [day, count],
        )
        last: int = cursor.fetchone()[0]
    return f"{day:%Y%m%d}{last - count + 1:06d}"
