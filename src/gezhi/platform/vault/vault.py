"""Keep, read and erase personal data. AES-256-GCM under a key outside the database; each look leaves a row.

PIPL art. 6, 19, 44–47, 51: a purpose, the shortest retention, access classes, a log, and erasure on request.
"""

from __future__ import annotations

import os
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from gezhi.kernel.errors import NotFound
from gezhi.kernel.ids import uuid7
from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.evidence import seal_new
from gezhi.platform.bulk import insert_row
from gezhi.platform.vault.evidence import RECORD
from gezhi.platform.vault.models import PersonalDataAccess, PersonalRecord
from gezhi.platform.vault.numbers import digest_in, digest_of

_NONCE_BYTES = 12


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    return AESGCM(settings.ENV.data_key("vault"))


def keep(
    *,
    data: dict[str, str],
    purpose: str,
    subject_type: str,
    subject_id: object,
    expires_at: datetime,
    now: datetime,
    record_id: UUID | None = None,
) -> PersonalRecord:
    """Seal ``data`` and store it. The record's id is bound into the seal, so sealed columns cannot be swapped."""
    key = record_id or uuid7()
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + _cipher().encrypt(nonce, msgspec.json.encode(data), key.bytes)
    row = PersonalRecord(
        id=key,
        purpose=purpose,
        subject_type=subject_type,
        subject_id=str(subject_id),
        sealed=sealed,
        created_at=now,
        expires_at=expires_at,
        number_digest=digest_in(data),
    )
    row.mac = RECORD.digest_of(row)
    insert_row(PersonalRecord, {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
    return row


def read(*, actor: Actor, record_id: UUID, reason: str, now: datetime) -> dict[str, str]:
    """Open a record and log the look. The caller has asked ``require`` before. Raises ``NotFound`` if it is erased."""
    with transaction.atomic():
        row = PersonalRecord.objects.filter(pk=record_id).first()
        if row is None or row.sealed is None or row.expires_at <= now:
            raise NotFound("personal_data_gone", "these personal data have been erased or have expired")
        _log(row, actor=actor, action="read", reason=reason, now=now)
    return _opened(row)


def look_by_number(*, actor: Actor, record_id: UUID, number: str, reason: str, now: datetime) -> bool:
    """Whether a record holds a whole number, in its one spelling; that it does is a look, and logged. False also where it is
    erased or has expired. The caller has asked ``require`` before."""
    with transaction.atomic():
        row = PersonalRecord.objects.filter(pk=record_id, sealed__isnull=False, expires_at__gt=now).first()
        if row is None or digest_in(_opened(row)) != digest_of(number):
            return False
        _log(row, actor=actor, action="found", reason=reason, now=now)
    return True


def work_out_numbers(*, batch: int = 500) -> int:
    """Work the digests of numbers out for up to ``batch`` records from before there were any; returns how many. Run it until it
    returns 0: it goes on where it was broken off."""
    waiting = PersonalRecord.objects.filter(number_digest__isnull=True)
    rows = list(waiting.order_by("pk")[:batch])
    for row in rows:
        try:
            digest = "" if row.sealed is None else digest_in(_opened(row))
        except InvalidTag:
            # What was changed from outside opens no more; ``gezhi audit verify`` names it.
            digest = ""
        # Erased meanwhile, it has one already, and keeps that.
        waiting.filter(pk=row.pk).update(number_digest=digest)
    return len(rows)


def holds(record_id: UUID, data: dict[str, str]) -> bool:
    """Whether a record holds these data, as whoever sends them again asks: nobody is shown what it holds, and no look is
    logged. True also where it was erased or is gone: nothing is known to differ."""
    row = PersonalRecord.objects.filter(pk=record_id, sealed__isnull=False).first()
    return row is None or _opened(row) == data


def _opened(row: PersonalRecord) -> dict[str, str]:
    sealed = bytes(row.sealed or b"")
    plain = _cipher().decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], row.id.bytes)
    return msgspec.json.decode(plain, type=dict[str, str])


def opens_what_it_holds() -> bool:
    """Whether the key at hand opens the newest record; True where there is none."""
    row = PersonalRecord.objects.filter(sealed__isnull=False).order_by("-created_at").first()
    if row is None or row.sealed is None:
        return True
    try:
        _opened(row)
    except InvalidTag:
        return False
    return True


def erase(*, actor: Actor, record_id: UUID, reason: str, now: datetime) -> bool:
    """Destroy the content of a record, keep the fact that it existed. False where it was gone already."""
    with transaction.atomic():
        row = PersonalRecord.objects.select_for_update().filter(pk=record_id, sealed__isnull=False).first()
        if row is None:
            return False
        sound = row.mac == RECORD.digest_of(row)
        row.sealed, row.erased_at, row.number_digest = None, now, ""
        # What was changed from outside keeps its digest that does not fit: the program must not vouch for it.
        row.mac = RECORD.digest_of(row) if sound else row.mac
        row.save(update_fields=["sealed", "erased_at", "number_digest", "mac"])
        _log(row, actor=actor, action="erase", reason=reason, now=now)
    return True


def erase_expired(*, actor: Actor, now: datetime, batch: int = 500) -> int:
    """Erase up to ``batch`` records whose time is over; returns how many. Run it until it returns 0."""
    due = PersonalRecord.objects.filter(expires_at__lte=now, sealed__isnull=False).order_by("expires_at")
    ids = list(due.values_list("pk", flat=True)[:batch])
    return sum(erase(actor=actor, record_id=key, reason="retention ended", now=now) for key in ids)


def _log(row: PersonalRecord, *, actor: Actor, action: str, reason: str, now: datetime) -> None:
    look = PersonalDataAccess.objects.create(
        record=row, at=now, actor_id=actor.user_id, actor_label=actor.label, action=action, reason=reason
    )
    seal_new([look])
