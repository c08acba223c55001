"""Are the keys there, and are they those with which this database was sealed?"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction

from gezhi.platform.keys.models import KeyFingerprint

Fault = Literal["lost", "other", "not made", "unreadable"]
_FROM_THE_BACKUP = "put back the folder keys/ of the backup that belongs to this database (or GEZHI_KEY_{NAME})"
_REMEDIES: dict[Fault, str] = {
    "lost": f"{_FROM_THE_BACKUP}; a new key could not read what is there",
    "other": f"{_FROM_THE_BACKUP}; with this one nothing that is there can be read or proven",
    "not made": "run `gezhi init`",
    "unreadable": "64 hexadecimal digits are wanted, in a file that may be read",
}
_FOUND: dict[Fault, str] = {
    "lost": "is missing, but this database holds what was sealed with it",
    "other": "is not the one with which this database was sealed",
    "not made": "is not there yet",
    "unreadable": "cannot be read",
}


@dataclass(frozen=True, slots=True)
class KeyFault:
    """What is wrong with one key."""

    name: str
    fault: Fault

    @property
    def found(self) -> str:
        """What was found, in a few words."""
        return f"the key '{self.name}' {_FOUND[self.fault]}"

    @property
    def remedy(self) -> str:
        """What a person can do."""
        return _REMEDIES[self.fault].format(NAME=self.name.upper())


class KeysRefused(ImproperlyConfigured):
    """A key is missing or is another one: nothing may be written, and hardly anything read."""

    def __init__(self, faults: list[KeyFault]) -> None:
        super().__init__("; ".join(f"{fault.found}: {fault.remedy}" for fault in faults))
        self.faults = faults


def fingerprint(key: bytes, *, name: str) -> str:
    """64 hexadecimal digits that tell two keys apart and nothing about either."""
    return hmac.digest(key, f"fingerprint of the key {name}".encode(), "sha256").hex()


def recorded() -> dict[str, str]:
    """The fingerprints on record, by key name; none where the database has no tables yet.

    Raises ``OperationalError`` when the database does not answer.
    """
    connection.ensure_connection()
    try:
        with transaction.atomic():
            return dict(KeyFingerprint.objects.values_list("name", "fingerprint"))
    except DatabaseError:
        if KeyFingerprint._meta.db_table in connection.introspection.table_names():
            raise
        return {}


def key_faults() -> list[KeyFault]:
    """The keys that are missing or not those of this database, in order of their names."""
    known = recorded()
    found = []
    for name in settings.ENV.DATA_KEYS:
        try:
            key = settings.ENV.data_key(name) if settings.ENV.has_key(name) else None
        except (ImproperlyConfigured, OSError):
            found.append(KeyFault(name, "unreadable"))
            continue
        if key is None:
            found.append(KeyFault(name, "lost" if name in known else "not made"))
        elif name in known and not hmac.compare_digest(known[name], fingerprint(key, name=name)):
            found.append(KeyFault(name, "other"))
    return found


def require_keys() -> None:
    """Raises ``KeysRefused`` unless every key is there and the right one."""
    faults = key_faults()
    if faults:
        raise KeysRefused(faults)


def record_keys(*, now: datetime) -> None:
    """Put the fingerprints of keys on record that have none there. Raises ``KeysRefused``."""
    require_keys()
    for name in settings.ENV.DATA_KEYS:
        KeyFingerprint.objects.get_or_create(
            name=name,
            defaults={"fingerprint": fingerprint(settings.ENV.data_key(name), name=name), "recorded_at": now},
        )
