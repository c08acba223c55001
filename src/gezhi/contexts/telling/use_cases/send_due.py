"""Send what is to be sent: at most once each. What surely did not leave is tried again, later each time; what may have is not."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, pgettext

from gezhi.contexts.cases.domain.actions import Action
from gezhi.contexts.cases.domain.transitions import TRANSITIONS
from gezhi.contexts.telling.domain.messages import ASKS, LONGEST_SENDING, State, next_try
from gezhi.contexts.telling.models import Delivery
from gezhi.contexts.telling.use_cases.choose_notices import end_address, token_of
from gezhi.kernel.errors import NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in
from gezhi.platform.messages.message import AddressGone, MaybeSent, Message, NotSent, PushDetails
from gezhi.platform.messages.ways import Way, send, ways_offered
from gezhi.platform.vault.vault import read

# Why the program reads an address, in the record of looks.
TO_TELL = "to tell of a step"

log = structlog.get_logger(__name__)
# As base64 the 32 signs that a topic may have; the push service can tell no case by it.
_TOPIC_BYTES = 24


def send_due(*, actor: Actor, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Send the messages that are due, as long as ``go_on`` says; how many left."""
    require_in(actor, "tell_reporters")
    begun_long_ago = Delivery.objects.filter(state=State.SENDING, next_at__lt=now - LONGEST_SENDING)
    begun_long_ago.update(state=State.UNCLEAR, next_at=None, ended_at=now, fault="stopped")
    sent = 0
    while go_on():
        due = Delivery.objects.filter(state=State.WAITING, next_at__lte=now).select_related("choice__case")
        delivery = due.order_by("next_at", "pk").first()
        if delivery is None:
            break
        sent += _send_one(delivery, actor=actor, now=now)
    return sent


def _send_one(delivery: Delivery, *, actor: Actor, now: datetime) -> bool:
    # Begun before it is sent: a process that is killed in between leaves it unclear, and it is not told twice.
    taken = Delivery.objects.filter(pk=delivery.pk, state=State.WAITING).update(
        state=State.SENDING, next_at=now, tries=delivery.tries + 1
    )
    if not taken:
        return False
    delivery.tries += 1
    choice, way = delivery.choice, Way(delivery.choice.way)
    try:
        if way not in ways_offered():
            raise NotSent("not_set_up", again=True)
        kept = read(actor=actor, record_id=choice.address, reason=TO_TELL, now=now)
        send(way, push_of(delivery, kept) if way is Way.PUSH else message_of(delivery, to=kept["address"]))
    except NotFound:
        _leave(delivery, State.DROPPED, now)
    except AddressGone as error:
        end_address(actor=actor, choice=choice, now=now)
        _leave(delivery, State.DROPPED, now, fault=error.fault)
    except NotSent as error:
        again = next_try(delivery.tries, now) if error.again else None
        _leave(delivery, State.FAILED if again is None else State.WAITING, now, fault=error.fault, again=again)
    except MaybeSent as error:
        _leave(delivery, State.UNCLEAR, now, fault=error.fault)
    except Exception:
        # Those behind it are told all the same; what it was stands in the log, and operations see the message.
        log.exception("telling.fault", delivery=delivery.pk)
        _leave(delivery, State.UNCLEAR, now, fault="fault")
    else:
        _leave(delivery, State.SENT, now)
        return True
    return False


def _leave(delivery: Delivery, state: State, now: datetime, *, fault: str = "", again: datetime | None = None) -> None:
    # Stopped meanwhile, it is not tried again.
    if state is State.WAITING and Delivery.objects.filter(pk=delivery.pk, choice__ended_at__isnull=False).exists():
        state, again = State.DROPPED, None
    ended = None if state is State.WAITING else now
    Delivery.objects.filter(pk=delivery.pk).update(state=state, next_at=again, ended_at=ended, fault=fault)


def message_of(delivery: Delivery, *, to: str) -> Message:
    """The message in the reporter's language: the number, the step, and how to stop. Nobody's words and nobody's name.

    The follow code is kept nowhere, so no message can hold it: the reporter has it.
    """
    choice, action, site = delivery.choice, Action(delivery.action), settings.GEZHI_PUBLIC_URL
    with translation.override(choice.language):
        values = {
            "number": choice.case.number,
            "step": _step_words(action),
            "page": f"{site}/follow",
            "stop": f"{site}/stop/{token_of(choice)}",
        }
        asks = gettext("Tell us whether it is solved.") + " " if action in ASKS else ""
        if choice.way == Way.SMS:
            text = gettext("Your report %(number)s: %(step)s.") % values + " " + asks
            text += gettext("Look it up with your code: %(page)s Stop: %(stop)s") % values
            return Message(to, "", text)
        lines = (
            gettext("Your report %(number)s: %(step)s.") % values,
            asks.strip(),
            gettext("Look it up with your follow code: %(page)s") % values,
            gettext("You asked to be told of this. To stop these messages: %(stop)s") % values,
        )
        subject = gettext("Your report %(number)s: %(step)s") % values
        return Message(to, subject, "\n\n".join(line for line in lines if line) + "\n")


def push_of(delivery: Delivery, kept: Mapping[str, str]) -> Message:
    """The same for a browser, whose worker shows it: what it shows, the number by which it finds the report's page where the device
    knows it, and what stops it. ``kept``: the browser's subscription as the vault holds it."""
    choice, action = delivery.choice, Action(delivery.action)
    with translation.override(choice.language):
        values = {"number": choice.case.number, "step": _step_words(action)}
        told = {
            "number": choice.case.number,
            "title": gettext("Your report %(number)s: %(step)s") % values,
            "body": gettext("Tell us whether it is solved.") if action in ASKS else "",
            "language": choice.language,
            "stop": token_of(choice),
            "stop_words": gettext("Stop these messages"),
        }
    topic = hmac.digest(settings.ENV.data_key("follow"), f"push topic\n{choice.case_id}".encode(), "sha256")
    details = PushDetails(kept["p256dh"], kept["auth"], base64.urlsafe_b64encode(topic[:_TOPIC_BYTES]).decode())
    return Message(kept["address"], "", json.dumps(told, ensure_ascii=False), details)


def _step_words(action: Action) -> str:
    row = TRANSITIONS[action]
    told = row.told_as or row.happened
    return pgettext(told.context, told.text) if told.context else gettext(told.text)
