"""Put another calendar of the city in force: one more version, at once. The one before stays on record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.kernel.filled import filled
from gezhi.kernel.formalism import refuse_formalism
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_changes, seal_new
from gezhi.platform.audit.record import record
from gezhi.platform.worktime.city_calendar import city_calendar
from gezhi.platform.worktime.models import CalendarDay, CalendarVersion, OfficeHours
from gezhi.platform.worktime.plan import OwnDay, Plan, text_of_days, text_of_hours
from gezhi.platform.worktime.queries import plan_in_force, plan_of

MAX_NOTE = 200
# Of the version that holds what was in force before the first one.
FIRST_NOTE = "最初的日历"
VERB = "change_calendar"


def change_calendar(*, actor: Actor, plan: Plan, note: str, seen: int | None, now: datetime) -> int:
    """Put ``plan`` in force and return the number of its version.

    ``seen``: the number of the version that the actor saw (0: none; None: whatever it is now). Raises ``InvalidInput`` where no
    note says why or nothing changes, ``Conflict`` (``calendar_moved_on``) where somebody else was quicker.
    """
    require_in(actor, VERB)
    words = note.strip()
    if not words:
        raise InvalidInput("reason_missing", "say why the calendar changes", field="note")
    if len(words) > MAX_NOTE:
        raise InvalidInput("input_too_long", filled("at most %(most)s characters", most=MAX_NOTE), field="note")
    refuse_formalism([words], field="note")
    try:
        number = _put_in_force(actor, plan, words, seen, now)
    except IntegrityError as error:
        # Two first versions at once have no row to wait for: the database lets one in.
        raise Conflict("calendar_moved_on", "somebody else changed the calendar just now; look again") from error
    city_calendar.forget()
    return number


@transaction.atomic
def _put_in_force(actor: Actor, plan: Plan, note: str, seen: int | None, now: datetime) -> int:
    # Two at once: the second waits here, and then sees another version than it meant to change.
    list(CalendarVersion.objects.select_for_update().filter(in_force=True))
    before = plan_in_force()
    if seen is not None and seen != before.number:
        raise Conflict("calendar_moved_on", "another version is in force than you saw; look again")
    if plan == before.plan:
        raise InvalidInput("nothing_to_change", "the calendar in force says just that")
    if before.number == 0:
        # So that there is something to go back to.
        _write(1, before.plan, FIRST_NOTE, now)
    number = (CalendarVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    _write(number, plan, note, now)
    record(
        actor=actor,
        action="worktime.calendar_changed",
        object_type="calendar",
        object_id=number,
        data={"note": note, "before": before.number or 1, **_changes(before.plan, plan)},
        now=now,
    )
    return number


def restore_calendar(*, actor: Actor, number: int, note: str, now: datetime) -> int:
    """Put what version ``number`` said in force again, as a new version; returns its number. Raises ``NotFound`` beside what
    ``change_calendar`` raises."""
    require_in(actor, VERB)
    return change_calendar(actor=actor, plan=plan_of(number), note=note, seen=None, now=now)


def _write(number: int, plan: Plan, note: str, now: datetime) -> None:
    outgoing = CalendarVersion.objects.filter(in_force=True)
    with seal_changes(outgoing):
        outgoing.update(in_force=False)
    version = CalendarVersion.objects.create(
        number=number, note=note, planned_years=sorted(plan.planned_years), in_force=True, made_at=now
    )
    days = [CalendarDay(version=version, day=one.day, kind=one.kind.value, note=one.note) for one in plan.days]
    hours = [
        OfficeHours(version=version, weekday=weekday, opens=_time(span.opens), closes=_time(span.closes))
        for weekday, spans in enumerate(plan.hours)
        for span in spans
    ]
    seal_new([version])
    seal_new(CalendarDay.objects.bulk_create(days))
    seal_new(OfficeHours.objects.bulk_create(hours))


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _changes(before: Plan, after: Plan) -> dict[str, Any]:
    """What a version changes, as the record keeps it."""
    found: dict[str, Any] = {}
    gone, new = set(before.days) - set(after.days), set(after.days) - set(before.days)
    for name, days in (("days_gone", gone), ("days_new", new)):
        if days:
            found[name] = _lines(days)
    if before.hours != after.hours:
        found["hours"] = [text_of_hours(spans) for spans in after.hours]
    if before.planned_years != after.planned_years:
        found["planned_years"] = sorted(after.planned_years)
    return found


def _lines(days: Iterable[OwnDay]) -> list[str]:
    return text_of_days(days).splitlines()
