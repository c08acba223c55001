"""Take in a report: locate it in its grid, find who must settle it, number it, and say by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from msgspec import to_builtins

from gezhi.contexts.cases.domain.report import Contact, Report, with_checked_words
from gezhi.contexts.cases.domain.states import CaseStatus, Stage
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.evidence import REPORTED
from gezhi.contexts.cases.filing import Filing, file_matter
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.numbering import next_number
from gezhi.contexts.cases.pictures import SUBJECT, add_pictures
from gezhi.contexts.cases.place import place_at
from gezhi.contexts.cases.policy import follow_code_for, follow_digest
from gezhi.contexts.cases.reported_before import FirstAnswer, first_answer
from gezhi.kernel.errors import GezhiError, NotAllowed
from gezhi.kernel.fold import Columns
from gezhi.kernel.roles import Role
from gezhi.platform.access.actor import Actor
from gezhi.platform.bulk import insert_instance
from gezhi.platform.commands.idempotency import check_key
from gezhi.platform.files.images import Picture
from gezhi.platform.files.models import Attachment
from gezhi.platform.files.store import hash_of, kept
from gezhi.platform.steps.perform import Moment, begin, publish_last
from gezhi.platform.steps.personal import keep_personal
from gezhi.platform.steps.policy import decide_step
from gezhi.platform.worktime.city_calendar import city_calendar

__all__ = ["Contact", "Report", "Reported", "report_case"]


@dataclass(frozen=True, slots=True)
class Reported(FirstAnswer):
    """What the reporter is told. ``follow_code`` is shown once and stored only as a hash."""

    case_id: int
    follow_code: str


def report_case(
    *, actor: Actor, report: Report, key: str | None = None, pictures: Sequence[Picture] = (), now: datetime
) -> Reported:
    """File a report as a new case, with the pictures (drawn) that came with it.

    Raises ``InvalidInput`` (text missing or too long, unknown class, impossible or outside position, wrong datum),
    ``Conflict`` (idempotency key used for another report). A repeated key returns the first answer, however late, and adds
    pictures that were not there.
    """
    check_key(actor=actor, key=key)
    code = follow_code_for(actor, key)
    try:
        columns, filing = _columns(with_checked_words(report), now=now)
        contact = asdict(report.contact)
        return _open(actor, code, columns=columns, contact=contact, filing=filing, pictures=pictures, now=now)
    except (GezhiError, IntegrityError):
        # The code is made from the key: a case that has it was reported with this key, and is the answer, whatever may
        # forbid a new one by now. A twin of this request has waited until that case was there.
        told = None if key is None else first_answer(code=code, report=report)
        if told is None:
            raise
    case_id, answer = told
    reported = Reported(**to_builtins(answer), case_id=case_id, follow_code=code)
    return _with_missing(reported, actor=actor, pictures=pictures, now=now)


def _columns(report: Report, *, now: datetime) -> tuple[Columns, Filing]:
    """The columns of the new case, and how the tables file it."""
    place = place_at(lon=report.lon, lat=report.lat, datum=report.datum, area_id=report.area_id)
    filing = file_matter(class_code=report.class_code, condition=report.condition, place=place.areas, start=now)
    calendar = city_calendar()
    dispatch_due, handle_due = filing.terms.dispatch_due(calendar), filing.terms.handle_due(calendar)
    total_due = filing.terms.total_due(calendar)
    return {
        "status": CaseStatus.REPORTED.value,
        "description": report.description,
        "address": report.address,
        **place.columns(),
        "source_datum": None if report.lon is None else report.datum.value,
        "source_lon": report.lon,
        "source_lat": report.lat,
        "channel": report.channel.value,
        "urgency": report.urgency.value,
        "reported_at": now,
        **filing.columns(),
        "dispatch_due": dispatch_due,
        "handle_due": handle_due,
        "total_due": total_due,
        "due_at": dispatch_due if total_due is None else min(dispatch_due, total_due),
    }, filing


def _open(
    actor: Actor,
    code: str,
    *,
    columns: Columns,
    contact: Mapping[str, str],
    filing: Filing,
    pictures: Sequence[Picture],
    now: datetime,
) -> Reported:
    """Open the case: its number, its row, the first row of its history, its pictures.

    ``code``: its follow code. Raises ``IntegrityError`` where another case has it.
    """
    with kept(pictures), transaction.atomic():
        answer = FirstAnswer(
            number=next_number(now),
            version=1,
            status=CaseStatus.REPORTED.value,
            dispatch_due=columns["dispatch_due"].isoformat(),
            handle_due=columns["handle_due"].isoformat(),
            organisation=filing.route.organisation_name,
            routing_reason=filing.route.reason,
        )
        case = Case(
            number=answer.number,
            version=1,
            follow_digest=follow_digest(code),
            **_filed_by(actor),
            **columns,
        )
        decision, _ = decide_step(CASE, actor, Action.REPORT, case)
        if not decision:
            raise NotAllowed("not_allowed", str(decision.reasons[-1]), action=Action.REPORT.value)
        case.personal_record = keep_personal(CASE, case.number, contact, now=now)
        insert_instance(case)
        publish_report = begin(
            CASE,
            case,
            action=Action.REPORT,
            changes=columns,
            at=Moment(now, actor, filing.route.reason, _role_of(actor)),
            evidence=REPORTED.digest_of(case),
        )
        if pictures:
            _add(case, code, actor=actor, pictures=pictures, now=now)
        publish_last([publish_report])
    return Reported(**to_builtins(answer), case_id=case.pk, follow_code=code)


def _filed_by(actor: Actor) -> dict[str, int | None]:
    """Whose matter it is, and who took it in. Whoever holds a role reports in office or for a caller, and never becomes
    the resident whose name, rating and withdrawal they are."""
    in_office = bool(actor.roles)
    return {
        "reporter_user_id": None if in_office else actor.user_id,
        "registered_by_id": actor.user_id if in_office else None,
    }


def _role_of(actor: Actor) -> str:
    """The capacity in which someone reports: a grid worker on patrol, a dispatcher for a caller, else a resident."""
    if actor.is_system:
        return "system"
    for role in (Role.GRID_WORKER, Role.STREET_DISPATCHER, Role.OPERATIONS, Role.DEPARTMENT_OFFICER):
        if role in actor.roles:
            return role.value
    return Role.RESIDENT.value


def _add(case: Case, code: str, *, actor: Actor, pictures: Sequence[Picture], now: datetime) -> None:
    """The code that was just given is the reporter's right to add to the case."""
    reporter = replace(actor, follow_codes=actor.follow_codes | {code})
    status = CaseStatus(case.status)
    add_pictures(case, actor=reporter, pictures=pictures, stage=Stage.BEFORE, status=status, now=now)


def _with_missing(reported: Reported, *, actor: Actor, pictures: Sequence[Picture], now: datetime) -> Reported:
    """A report that is sent again may come with a picture that was not there the first time."""
    there = set(
        Attachment.objects.filter(subject_type=SUBJECT, subject_id=reported.case_id).values_list("sha256", flat=True)
    )
    missing = [picture for picture in pictures if hash_of(picture) not in there]
    if missing:
        with kept(missing), transaction.atomic():
            case = Case.objects.select_for_update().get(pk=reported.case_id)
            _add(case, reported.follow_code, actor=actor, pictures=missing, now=now)
    return reported
