"""The ways by which a message leaves, behind one door: each says whether it is surely not on its way, or nobody knows."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Callable
from enum import StrEnum

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from gezhi.platform.messages.message import MaybeSent, Message, NotSent
from gezhi.platform.messages.posting import post
from gezhi.platform.messages.push import push_is_set_up, send_push

log = structlog.get_logger(__name__)


class Way(StrEnum):
    """How somebody is reached."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    """On a device, by the push service of its browser."""


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
    if push_is_set_up():
        found.append(Way.PUSH)
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
    headers = {"Content-Type": "application/json"}
    if settings.GEZHI_SMS_KEY:
        headers["Authorization"] = f"Bearer {settings.GEZHI_SMS_KEY}"
    post(url, body=body, headers=headers)


_SENDERS: dict[Way, Callable[[Message], None]] = {Way.EMAIL: _send_mail, Way.SMS: _send_sms, Way.PUSH: send_push}
