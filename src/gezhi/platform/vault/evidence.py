"""Personal records under seal: each carries its own digest, since a report that leaves a name must not cost more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from gezhi.platform.audit.evidence import under_seal
from gezhi.platform.audit.keyed import same
from gezhi.platform.audit.plain_rows import plain_rows
from gezhi.platform.audit.verify import CHECKS
from gezhi.platform.audit.walk import Finding
from gezhi.platform.vault.models import PersonalDataAccess, PersonalRecord


def _waiting() -> QuerySet[PersonalRecord]:
    return PersonalRecord.objects.filter(mac="")


def _store(digests: dict[Any, str]) -> None:
    key = PersonalRecord._meta.pk
    rows = [(digest, key.get_db_prep_value(key.to_python(record), connection)) for record, digest in digests.items()]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE vault_personalrecord SET mac = %s WHERE id = %s", rows)


# The digest of a number proves nothing: whoever finds by it opens the record and compares.
RECORD = under_seal(PersonalRecord, but=("mac", "number_digest"), carried=True, waiting=_waiting, store=_store)
LOOK = under_seal(PersonalDataAccess)


def _check() -> Iterator[Finding]:
    """Records whose columns are not what the program wrote, and records that came back after their erasure."""
    table = PersonalRecord._meta.db_table
    for key, mac, *values in plain_rows(PersonalRecord.objects.order_by("pk"), ["pk", "mac", *RECORD.columns]):
        if not same(mac, RECORD.digest(key, values)):
            yield Finding(table, "", 0, key, "was changed or added outside the program")
    erased = PersonalDataAccess.objects.filter(record=OuterRef("pk"), action="erase")
    for key in PersonalRecord.objects.filter(Exists(erased), sealed__isnull=False).values_list("pk", flat=True):
        yield Finding(table, "", 0, key.hex, "was erased and has been put back outside the program")


CHECKS.add("vault", _check)
