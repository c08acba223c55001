"""The ways by which a message leaves, behind one door: each says whether it is surely not on its way, or nobody knows."""

from __future__ import annotations

import json
import smtplib
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPException
from urllib.error import HTTPError, URLError

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection

log = structlog.get_logger(__name__)
_SECONDS = 10


class Way(StrEnum):
    """How somebody is reached."""

    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one address. ``subject`` is for mail alone."""

    to: str
    subject: str
    text: str


class NotSent(Exception):
    """The message is surely not on its way. ``again``: it may be tried again; ``fault``: why, in one word."""

    def __init__(self, fault: str, *, again: bool) -> None:
        super().__init__(fault)
        self.fault, self.again = fault, again


class MaybeSent(Exception):
    """The line broke where the message may have been taken already: sending it again could tell the same twice."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


# What the gateway ``outbox:`` has taken: for tests and trials.
OUTBOX: list[Message] = []


def ways_offered() -> tuple[Way, ...]:
    """The ways that this city has set up. None without a public address, which each message must name to be stopped."""
    if not settings.GEZHI_PUBLIC_URL:
        return ()
    found = []
    if settings.MAIL_IS_SET_UP:
        found.append(Way.EMAIL)
    if settings.GEZHI_SMS_URL:
        found.append(Way.SMS)
    return tuple(found)


def send(way: Way, message: Message) -> None:
    """Send one message. Raises ``NotSent``, ``MaybeSent``."""
    _SENDERS[way](message)


def letter_of(message: Message) -> EmailMessage:
    """The message as a letter that can be written down. Raises ``NotSent`` for an address of which none can be made."""
    letter = EmailMessage(message.subject, message.text, to=[message.to])
    try:
        letter.message().as_bytes()
    # Of an address that passes as one by its form a header may still not be made.
    except (ValueError, UnicodeError, IndexError) as error:
        raise NotSent("bad_address", again=False) from error
    return letter


def _send_mail(message: Message) -> None:
    letter_of(message)
    server = get_connection()
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        # Nothing was handed over yet, whatever went wrong.
        raise NotSent("no_server", again=True) from error
    try:
        EmailMessage(message.subject, message.text, to=[message.to], connection=server).send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        raise NotSent("refused", again=all(code < 500 for code in codes)) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise NotSent("refused", again=error.smtp_code < 500) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MaybeSent("line_broke") from error
    finally:
        server.close()


def _send_sms(message: Message) -> None:
    url = settings.GEZHI_SMS_URL
    if url == "outbox:":
        OUTBOX.append(message)
        return
    if url == "console:":
        log.info("messages.sms", to=f"{message.to[:3]}****{message.to[-4:]}", text=message.text)
        return
    body = json.dumps({"to": message.to, "text": message.text}).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Gezhi"}
    if settings.GEZHI_SMS_KEY:
        headers["Authorization"] = f"Bearer {settings.GEZHI_SMS_KEY}"
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - set by the city
    try:
        with _OPENER.open(request, timeout=_SECONDS):
            return
    except HTTPError as error:
        _refused_by_gateway(error, told_when=bool(error.headers and error.headers.get("Retry-After")))
    except URLError as error:
        # The library says so of what fails before the gateway has the whole request.
        raise NotSent("no_server", again=True) from error
    except (OSError, HTTPException) as error:
        raise MaybeSent("line_broke") from error


def _refused_by_gateway(error: HTTPError, *, told_when: bool) -> None:
    """An answer that says no. What stands before a gateway answers 502 or 504 for it, and leaves open what it did before; so
    does a fault inside. Surely not taken is what it is too busy for, where it says when to come again."""
    if error.code == 429 or (error.code == 503 and told_when):
        raise NotSent("busy", again=True) from error
    if error.code >= 500:
        raise MaybeSent("gateway_failed") from error
    raise NotSent("refused", again=False) from error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The words and the number go to the address that was set, and to no other."""

    def redirect_request(self, *_args: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)
_SENDERS: dict[Way, Callable[[Message], None]] = {Way.EMAIL: _send_mail, Way.SMS: _send_sms}
