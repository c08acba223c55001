"""What ``gezhi doctor`` looks at for the city's safety: keys, modes, clock, room, proxies, mail, messages, signing, debugging."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from gezhi.interfaces.cli.findings import Finding

MIB = 2**20
# With less than this the day is foreseeable on which nothing can be stored any more.
_ROOM_FOR_A_WHILE_MIB = 500
# A clock this far off makes deadlines and one-time passwords wrong.
_CLOCK_SLACK = timedelta(seconds=5)
_SHORTEST_SECRET = 32
_DISTINCT_SIGNS = 10
_MAIL_SECONDS = 3.0


def disk() -> Iterator[Finding]:
    """Free room on the disk of the data folder, against the reserve with which uploads end."""
    from django.conf import settings

    free = shutil.disk_usage(settings.GEZHI_HOME).free // MIB
    reserve = settings.GEZHI_INTAKE.reserve // MIB
    if free < reserve:
        yield Finding(
            "disk", "stops", f"{free:,} MiB free: no photos are taken in", "make room on the data folder's disk"
        )
    elif free < max(_ROOM_FOR_A_WHILE_MIB, 2 * reserve):
        yield Finding("disk", "note", f"{free:,} MiB free", "make room: files and logs will fill it")
    else:
        yield Finding("disk", "ok", f"{free:,} MiB free")


def keys() -> Iterator[Finding]:
    """Whether every key is there and is the one of this database."""
    from django.db.utils import OperationalError

    from gezhi.platform.keys.proof import key_faults, recorded

    try:
        faults = key_faults()
        known = recorded()
    except OperationalError:
        # The database's own finding says so.
        return
    for fault in faults:
        yield Finding("keys", "stops", fault.found, fault.remedy)
    if not faults:
        proven = "those of this database" if known else "there; `gezhi init` puts their fingerprints on record"
        yield Finding("keys", "ok" if known else "note", proven, "" if known else "run `gezhi init`")


def modes() -> Iterator[Finding]:
    """Whether others on this machine could read the data folder. Each start narrows what it may."""
    from django.conf import settings

    from gezhi.platform.files.private_home import wide_open

    open_to_others = wide_open(settings.GEZHI_HOME)
    if open_to_others:
        names = ", ".join(str(path) for path in open_to_others[:5])
        yield Finding("modes", "stops", f"open to other accounts: {names}", "chmod go= on them")
    else:
        yield Finding("modes", "ok", "the data folder is this account's alone")


def clock() -> Iterator[Finding]:
    """Whether the clock agrees with the file system, and does not lie before what was recorded already."""
    from django.conf import settings
    from django.db import DatabaseError

    from gezhi.platform.audit.newest import newest_record

    now = datetime.now(UTC)
    shown = f"{now:%Y-%m-%d %H:%M} UTC, shown in {settings.TIME_ZONE}"
    try:
        with tempfile.NamedTemporaryFile(dir=settings.GEZHI_HOME) as probe:
            drift = datetime.now(UTC) - datetime.fromtimestamp(os.stat(probe.name).st_mtime, UTC)
        newest = newest_record()
    except (OSError, DatabaseError):
        # Neither can be asked; their own findings say so.
        yield Finding("clock", "ok", shown)
        return
    if abs(drift) > _CLOCK_SLACK:
        found = f"{drift.total_seconds():+.0f} s against the data folder's file system"
        yield Finding("clock", "note", found, "set the clock (NTP)")
    elif newest is not None and newest - now > _CLOCK_SLACK:
        found = f"{shown}, but the newest record is of {newest:%Y-%m-%d %H:%M} UTC"
        yield Finding("clock", "stops", found, "set the clock (NTP); deadlines and the record's order depend on it")
    else:
        yield Finding("clock", "ok", shown)


def debugging() -> Iterator[Finding]:
    """Whether faults are shown to everybody."""
    from django.conf import settings

    if settings.DEBUG:
        yield Finding("debugging", "stops", "on: faults show settings and data to everybody", "unset GEZHI_DEBUG")
    else:
        yield Finding("debugging", "ok", "off")


def signing_key() -> Iterator[Finding]:
    """Whether the key that signs sessions could be guessed."""
    from django.conf import settings

    secret: str = settings.SECRET_KEY
    if len(secret) < _SHORTEST_SECRET or len(set(secret)) < _DISTINCT_SIGNS or secret.startswith("django-insecure"):
        remedy = "unset GEZHI_SECRET_KEY (a strong one is then made), or set 50 random signs"
        yield Finding("signing key", "stops", "short or easily guessed: sessions can be forged", remedy)
    else:
        yield Finding("signing key", "ok", f"{len(secret)} signs")


def proxies() -> Iterator[Finding]:
    """Whether the count of proxies and HTTPS fit together: else limits count everybody as one, or anybody as he likes."""
    from django.conf import settings

    https, count = settings.SESSION_COOKIE_SECURE, settings.GEZHI_PROXIES
    if https and count == 0:
        remedy = "set GEZHI_PROXIES to the number of proxies in front"
        yield Finding("proxies", "stops", "HTTPS without a proxy: all residents share one limit", remedy)
    elif count and not https:
        remedy = "set GEZHI_HTTPS=1 if the proxy speaks HTTPS; GEZHI_PROXIES=0 if there is none"
        yield Finding(
            "proxies", "note", f"{count}, but no HTTPS: whoever reaches this port names his own address", remedy
        )
    else:
        yield Finding("proxies", "ok", f"{count}, {'HTTPS' if https else 'no HTTPS'}")


def mail() -> Iterator[Finding]:
    """Whether the mail server answers."""
    from django.conf import settings

    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield Finding("mail", "note", "not sent from here", "set a mail server if accounts are to confirm addresses")
        return
    host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
    try:
        with socket.create_connection((host, port), _MAIL_SECONDS):
            yield Finding("mail", "ok", f"{host}:{port} answers")
    except OSError as error:
        found = f"{host}:{port} does not answer ({error.strerror or error})"
        yield Finding("mail", "note", found, "nothing is mailed until a mail server is set up")


def messages() -> Iterator[Finding]:
    """By which ways reporters can be told of the steps of their reports."""
    from django.conf import settings

    from gezhi.platform.messages.push import KEY
    from gezhi.platform.messages.ways import Way, ways_offered

    offered = ways_offered()
    ways = (
        f"reporters are told by {', '.join(offered)}" if offered else "reporters look at their page: no message leaves"
    )
    if Way.PUSH in offered:
        yield Finding("messages", "ok", ways)
    elif not settings.GEZHI_PUBLIC_URL:
        yield Finding("messages", "note", ways, "set GEZHI_PUBLIC_URL, which each message names")
    elif not settings.ENV.has_key(KEY):
        yield Finding("messages", "note", f"{ways}; no key for messages to browsers", "run `gezhi init`")
    elif settings.GEZHI_PUSH_SERVICES:
        yield Finding(
            "messages", "note", f"{ways}; browsers take none without HTTPS", "let GEZHI_PUBLIC_URL be of https"
        )
    else:
        yield Finding("messages", "ok", ways)
