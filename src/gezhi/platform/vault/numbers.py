"""Find records by the whole telephone number in them, which is sealed: by its keyed digest, which lies beside and goes with it.

The digest has a key of its own, made from the vault's: a stolen table tells no number to whoever has no key. Equal numbers have
equal digests, though: the table alone tells which records share a number, and not which number. Only equality can be asked, and
each answer is a look that the person concerned reads.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import QuerySet

from gezhi.kernel.telephone import number_in
from gezhi.platform.vault.models import PersonalRecord

# Under this name a record holds a telephone number.
FIELD = "phone"


@lru_cache(maxsize=1)
def _key() -> bytes:
    return hmac.digest(settings.ENV.data_key("vault"), b"digests of telephone numbers", "sha256")


def digest_of(number: str) -> str:
    """The digest of a whole number in its one spelling (``kernel.telephone``); empty of none."""
    return hmac.digest(_key(), number.encode(), "sha256").hex() if number else ""


def digest_in(data: Mapping[str, str]) -> str:
    """The digest of the number in what a record holds; empty where it holds none."""
    return digest_of(number_in(data.get(FIELD, "")))


def subjects_of_number(number: str, *, subject_type: str, purpose: str, now: datetime) -> QuerySet[PersonalRecord, str]:
    """The ids of the subjects about which a record with this number is still kept, as a query to narrow another by; of none for
    no number. Who may ask is for the caller to say."""
    kept = PersonalRecord.objects.filter(
        number_digest=digest_of(number), subject_type=subject_type, purpose=purpose, expires_at__gt=now
    )
    return (kept if number else kept.none()).filter(sealed__isnull=False).values_list("subject_id", flat=True)
