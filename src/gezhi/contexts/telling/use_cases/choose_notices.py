"""A reporter chooses of which steps to be told and by which way, and stops it: by the code, or by the link in each message."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from gezhi.contexts.cases.domain.actions import Action
from gezhi.contexts.cases.queries import followed_case
from gezhi.contexts.cases.use_cases import CASE
from gezhi.contexts.telling.domain.messages import State, Which, is_told
from gezhi.contexts.telling.models import Choice, Delivery, Stopped
from gezhi.kernel.errors import Conflict, InvalidInput, NotFound
from gezhi.kernel.ids import code_from, normalise_code
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.messages.push import check_subscription
from gezhi.platform.messages.push_services import one_spelling
from gezhi.platform.messages.ways import Way, ways_offered
from gezhi.platform.retention.in_force import days_of
from gezhi.platform.steps.policy import find
from gezhi.platform.vault.vault import erase, keep

PURPOSE = "notices"
# Kept as long as the reporter's name and number: the city decides.
_KEPT_AS, _KEEP_DAYS = "personal.case", 180
# So long an address that was stopped by the link of a message is not written to again, whoever asks for it.
LEFT_ALONE = timedelta(days=180)
# So many reports may write to one address at a time.
MOST_OF_AN_ADDRESS = 5
# Whoever changes it more often tries addresses.
MOST_CHOICES = 12
# An address that anybody can type in. A browser's own comes from nobody but who sits before it: it need not be guarded from others.
_TYPED = frozenset({Way.EMAIL, Way.SMS})
_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_MAX_EMAIL = 120


@dataclass(frozen=True, slots=True)
class BrowserKeys:
    """The two keys of a browser's subscription, as it gives them (base64url)."""

    p256dh: str = ""
    auth: str = ""


def choose_notices(
    *,
    actor: Actor,
    code: str,
    which: Which,
    way: Way | None,
    address: str,
    language: str,
    now: datetime,
    keys: BrowserKeys = BrowserKeys(),
) -> bool:
    """Keep what the reporter chose in place of what was chosen before; False where nobody is written to any more.

    The address (of a browser: its subscription, with ``keys``) goes to the vault with a purpose and an end. Raises ``NotFound``
    (no such code), ``InvalidInput`` (``way_not_set_up``, ``bad_email``, ``bad_mobile``, ``bad_subscription``,
    ``unknown_push_service``, ``unknown_language``), ``Conflict`` (``too_many_choices``, ``address_left_alone``,
    ``too_many_for_address``).
    """
    case_id, number = followed_case(code)
    actor = replace(actor, follow_codes=frozenset({code}))
    find(CASE, actor, number)
    to = {} if which is Which.NONE or way is None else _checked(way, address, keys)
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput("unknown_language", f"there is no language '{language[:20]}'", field="language")
    with transaction.atomic():
        # One after the other for a case: the row of the case is the lock.
        CASE.model.objects.select_for_update().get(pk=case_id)
        before = list(Choice.objects.filter(case_id=case_id, ended_at__isnull=True))
        waiting = list(Delivery.objects.filter(choice__in=before, state=State.WAITING))
        end_choices(actor=actor, number=number, reason="chosen anew", now=now)
        if not to or way is None:
            return False
        digest = digest_of(way, to["address"])
        _check_address(digest, now)
        if Choice.objects.filter(case_id=case_id).count() >= MOST_CHOICES:
            raise Conflict("too_many_choices", f"this was changed {MOST_CHOICES} times; that is the most")
        kept = keep(
            data=to,
            purpose=PURPOSE,
            subject_type="case",
            subject_id=number,
            expires_at=now + timedelta(days=days_of(_KEPT_AS, otherwise=_KEEP_DAYS)),
            now=now,
        )
        choice = Choice.objects.create(
            case_id=case_id,
            way=way.value,
            which=which.value,
            language=language,
            address=kept.pk,
            address_digest=digest,
            created_at=now,
            since=min((one.since or one.created_at for one in before), default=now),
        )
        _take_over(waiting, choice, now)
    return True


def _take_over(waiting: list[Delivery], choice: Choice, now: datetime) -> None:
    """What waited to be sent under the choice before, and surely was not, goes by the new one."""
    Delivery.objects.bulk_create(
        [
            Delivery(
                choice=choice, event_id=one.event_id, action=one.action, at=one.at, state=State.WAITING, next_at=now
            )
            for one in waiting
            if is_told(choice.which, Action(one.action))
        ],
        ignore_conflicts=True,
    )


def digest_of(way: Way, address: str) -> str:
    """A keyed digest of an address, of a browser's in its one spelling."""
    counted = one_spelling(address) if way is Way.PUSH else address
    content = f"address\n{way.value}\n{counted.lower()}".encode()
    return hmac.digest(settings.ENV.data_key("follow"), content, "sha256").hex()


def _check_address(digest: str, now: datetime) -> None:
    if Stopped.objects.filter(digest=digest, at__gt=now - LEFT_ALONE).exists():
        raise Conflict("address_left_alone", "messages to this address were stopped by whoever has it", field="address")
    if Choice.objects.filter(address_digest=digest, ended_at__isnull=True).count() >= MOST_OF_AN_ADDRESS:
        raise Conflict(
            "too_many_for_address", f"{MOST_OF_AN_ADDRESS} reports write to this address already", field="address"
        )


def end_choices(*, actor: Actor, number: str, reason: str, now: datetime) -> int:
    """Nobody is told of this case any more, inside the caller's transaction; the addresses are erased. How many there were.

    Raises ``NotFound`` for a case that the actor may not know of."""
    case = find(CASE, actor, number)
    found = list(Choice.objects.filter(case=case, ended_at__isnull=True))
    for choice in found:
        _end(choice, actor=actor, reason=reason, now=now)
    return len(found)


def _end(choice: Choice, *, actor: Actor, reason: str, now: datetime) -> None:
    erase(actor=actor, record_id=choice.address, reason=reason, now=now)
    choice.ended_at = now
    choice.save(update_fields=["ended_at"])
    waiting = Delivery.objects.filter(choice=choice, state=State.WAITING)
    waiting.update(state=State.DROPPED, next_at=None, ended_at=now)


def stop_notices(*, actor: Actor, token: str, now: datetime) -> bool:
    """Stop what a message's own link names, by the system for whoever has the link.

    False where it was stopped already. Raises ``NotFound`` for no such link."""
    require_in(actor, "tell_reporters")
    choice = choice_of(token)
    with transaction.atomic():
        locked = Choice.objects.select_for_update().get(pk=choice.pk)
        if locked.ended_at is not None:
            return False
        _end(locked, actor=actor, reason="stopped by the link in a message", now=now)
        if locked.way in _TYPED:
            Stopped.objects.update_or_create(digest=locked.address_digest, defaults={"at": now})
    return True


def end_address(*, actor: Actor, choice: Choice, now: datetime) -> None:
    """Nobody is at the address of a choice any more: no report writes to it again, and it is erased wherever it is held."""
    require_in(actor, "tell_reporters")
    with transaction.atomic():
        same = Choice.objects.filter(way=choice.way, address_digest=choice.address_digest, ended_at__isnull=True)
        for one in same.order_by("pk"):
            _end(one, actor=actor, reason="the address is gone", now=now)


def choice_of(token: str) -> Choice:
    """The choice that a link to stop names. Raises ``NotFound``."""
    key, _, proof = token.partition("-")
    choice = Choice.objects.filter(pk=int(key)).first() if re.fullmatch(r"[0-9]{1,18}", key) else None
    if choice is None or not hmac.compare_digest(token_of(choice).partition("-")[2], normalise_code(proof)):
        raise NotFound("no_such_link", "this link stops nothing; perhaps it was cut off")
    return choice


def token_of(choice: Choice) -> str:
    """What the link to stop names: made from the key for codes, and kept nowhere."""
    digest = hmac.digest(settings.ENV.data_key("follow"), f"stop\n{choice.pk}\n{choice.address.hex}".encode(), "sha256")
    return f"{choice.pk}-{code_from(digest, 16)}"


def _checked(way: Way, address: str, keys: BrowserKeys) -> dict[str, str]:
    """What the vault keeps of an address."""
    if way not in ways_offered():
        raise InvalidInput("way_not_set_up", f"this city sends nothing by {way.value}", field="way")
    if way is Way.PUSH:
        check_subscription(address, p256dh=keys.p256dh, auth=keys.auth)
        return {"address": address, "p256dh": keys.p256dh, "auth": keys.auth}
    return {"address": _mobile(address.strip()) if way is Way.SMS else _email(address.strip())}


def _mobile(text: str) -> str:
    found = _PHONE.fullmatch(re.sub(r"[\s\-]", "", text))
    if found is None:
        raise InvalidInput("bad_mobile", "a mobile number has 11 digits", field="address")
    return found[1]


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise InvalidInput("bad_email", "this is no e-mail address", field="address") from error
    if len(text) > _MAX_EMAIL or "=?" in text or not text.isascii():
        raise InvalidInput("bad_email", "this is no e-mail address", field="address")
    return text
