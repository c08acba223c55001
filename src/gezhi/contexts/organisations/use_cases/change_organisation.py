"""Rename an organisation, end it on a day, take it into use again. A system administrator does this."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from gezhi.contexts.organisations.models import Organisation
from gezhi.kernel.errors import Conflict, InvalidInput, NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.audit.evidence import seal_changes
from gezhi.platform.audit.record import record

_VERB = "change_organisations"
MAX_NAME = 120


def rename_organisation(*, actor: Actor, organisation_id: int, name: str, name_en: str, now: datetime) -> None:
    """Give an organisation other names; the record keeps the ones before.

    Raises ``NotAllowed`` for anyone but a system administrator of its area, ``NotFound``, ``InvalidInput`` for an empty or long
    name or where nothing changes.
    """
    name, name_en = name.strip(), name_en.strip()
    with transaction.atomic():
        row = _locked(actor, organisation_id)
        if not name or max(len(name), len(name_en)) > MAX_NAME:
            raise InvalidInput("organisation_name_missing", "a name has 1 to 120 characters", field="name")
        if (name, name_en) == (row.name, row.name_en):
            raise InvalidInput("same_as_before", "these are the names that it has", field="name")
        before = {"name": row.name, "name_en": row.name_en}
        _change(row, now, name=name, name_en=name_en)
        _record(actor, "renamed", row, {"before": before, "after": {"name": name, "name_en": name_en}}, now)


def end_organisation(*, actor: Actor, organisation_id: int, last_day: date, now: datetime) -> None:
    """Set the last day of an organisation; from the day after it is given nothing any more. What it has stays with it.

    Raises ``NotAllowed``, ``NotFound``, ``Conflict`` (``organisation_has_ended``), ``InvalidInput`` for a day that lies before
    yesterday: yesterday ends it at once.
    """
    with transaction.atomic():
        row = _locked(actor, organisation_id)
        if not row.active:
            raise Conflict("organisation_has_ended", "this organisation is in use no more")
        days = (last_day - timezone.localdate(now)).days
        if days < -1:
            raise InvalidInput("day_has_passed", "the last day is yesterday, today or later", field="last_day")
        _change(row, now, active=days >= 0, active_to=last_day)
        _record(actor, "ended", row, {"last_day": last_day.isoformat()}, now)


def restore_organisation(*, actor: Actor, organisation_id: int, now: datetime) -> None:
    """Take an organisation into use again, or take the day back on which it was to end.

    Raises ``NotAllowed``, ``NotFound``, ``Conflict`` (``organisation_in_use``).
    """
    with transaction.atomic():
        row = _locked(actor, organisation_id)
        if row.active and row.active_to is None:
            raise Conflict("organisation_in_use", "this organisation is in use without an end")
        _change(row, now, active=True, active_to=None)
        _record(actor, "restored", row, {}, now)


def end_due_organisations(*, actor: Actor, now: datetime) -> int:
    """Put the organisations out of use whose last day has passed; how many."""
    require_in(actor, "end_due_organisations")
    with transaction.atomic():
        due = Organisation.objects.filter(active=True, active_to__lt=timezone.localdate(now))
        rows = list(due.select_for_update().order_by("pk"))
        for row in rows:
            _change(row, now, active=False)
            _record(actor, "out_of_use", row, {}, now)
    return len(rows)


def _locked(actor: Actor, organisation_id: int) -> Organisation:
    row = Organisation.objects.select_for_update().filter(pk=organisation_id).first()
    require_in(actor, _VERB, None if row is None else [row.area_id])
    if row is None:
        raise NotFound("no_organisation", f"there is no organisation {organisation_id}")
    return row


def _change(row: Organisation, now: datetime, **columns: object) -> None:
    chosen = Organisation.objects.filter(pk=row.pk)
    with seal_changes(chosen):
        chosen.update(**columns, changed_at=now)


def _record(actor: Actor, what: str, row: Organisation, data: dict[str, object], now: datetime) -> None:
    record(
        actor=actor,
        action=f"organisations.{what}",
        object_type="organisation",
        object_id=row.pk,
        data={"code": row.code, **data},
        now=now,
    )
