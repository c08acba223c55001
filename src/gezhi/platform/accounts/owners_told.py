"""An owner is told when somebody else makes a link to the account: where notices stand, at the next sign-in, and by mail."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from gezhi.kernel.filled import filled
from gezhi.platform.access.actor import Actor
from gezhi.platform.accounts.queries import names_of_accounts
from gezhi.platform.notices.queries import unread_of_topic
from gezhi.platform.notices.tell import tell

TOPIC, KIND = "accounts", "link"


def maker_named(reference: str) -> str:
    """Who made a link, in words: the account that a notice refers to, or whoever runs the server. At most one query."""
    if not reference:
        return gettext("Whoever runs the server")
    name, _active = names_of_accounts([int(reference)]).get(int(reference), ("", False))
    return name or gettext("An administrator")


def tell_of_link(actor: Actor, user_id: int, *, now: datetime) -> None:
    """Tell the owner of an account in use. Call inside the transaction that makes the link."""
    # A notice holds no name: the page looks it up.
    reference = "" if actor.user_id is None else str(actor.user_id)
    words = filled(
        "%(who)s made a new link to your account. If you did not ask for it, tell a security administrator.", who=""
    )
    tell([user_id], topic=TOPIC, kind=KIND, reference=reference, words=words, now=now)
    if settings.MAIL_IS_SET_UP:
        confirmed = EmailAddress.objects.filter(user_id=user_id, verified=True).values_list("email", flat=True)
        for address in list(confirmed):
            transaction.on_commit(partial(_mail, address, reference, now))


def _mail(address: str, reference: str, made_at: datetime) -> None:
    with override(settings.LANGUAGE_CODE):
        send_mail(
            gettext("A new link to your account"), _words(reference, made_at), None, [address], fail_silently=True
        )


def _words(reference: str, made_at: datetime) -> str:
    words = gettext(
        "On %(day)s %(who)s made a new link to your account. If you did not ask for it, tell a security administrator."
    )
    day = date_format(timezone.localtime(made_at), "DATETIME_FORMAT")
    return words % {"day": day, "who": maker_named(reference)}


def links_made_for(user_id: int) -> list[str]:
    """What the owner is told at signing in: who made which link when, as long as no note was taken of it."""
    return [_words(row.reference, row.at) for row in unread_of_topic(user_id, TOPIC)]
