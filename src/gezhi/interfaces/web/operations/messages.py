"""Messages to reporters, as those who run the city see them: how many left, which did not, and sending them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages as said_once
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gezhi.contexts.telling.domain.messages import State
from gezhi.contexts.telling.queries import Trouble, in_trouble, message_counts
from gezhi.contexts.telling.use_cases.try_again import try_again
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.words import HAPPENED
from gezhi.kernel.clock import now
from gezhi.platform.messages.ways import Way, ways_offered

DAYS = 7
WAY: dict[str, Promise] = {"email": _("E-mail"), "sms": _("SMS"), "push": pgettext_lazy("way of messages", "Browser")}
STATE: dict[str, Promise] = {
    "waiting": pgettext_lazy("message", "Waiting"),
    "sending": pgettext_lazy("message", "Being sent"),
    "sent": pgettext_lazy("message", "Sent"),
    "failed": pgettext_lazy("message", "Failed"),
    "unclear": pgettext_lazy("message", "Unclear: it may have arrived"),
    "dropped": pgettext_lazy("message", "Stopped by the reporter"),
}
FAULT: dict[str, Promise] = {
    "refused": _("the address was refused"),
    "no_server": _("the server was not reached"),
    "not_set_up": _("this way is not set up any more"),
    "line_broke": _("the line broke while it was sent"),
    "gateway_failed": _("the gateway failed inside"),
    "busy": _("the gateway was busy"),
    "not_listed": _("the browser's push service is not on the city's list"),
    "bad_address": _("the address cannot be used"),
    "stopped": _("the program was stopped while it was sent"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A state of messages and how many of each way are in it."""

    name: Promise
    counts: list[int]
    troubling: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A message in trouble, in words."""

    message: Trouble
    way: Promise | str
    step: Promise | str
    state: Promise | str
    fault: Promise | str
    may_go_again: bool


@made_for("operations")
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """The last seven days by way and state, and what did not arrive."""
    counts, moment = message_counts(since=now() - timedelta(days=DAYS)), now()
    lines = [
        Line(
            STATE[state],
            [counts.get((way.value, state.value), 0) for way in Way],
            state in {State.FAILED, State.UNCLEAR},
        )
        for state in State
    ]
    troubles = [_told(one) for one in in_trouble()]
    context = {
        "moment": moment,
        "ways": [WAY[way] for way in Way],
        "offered": [WAY[way] for way in ways_offered()],
        "lines": lines,
        "troubles": troubles,
    }
    return render(request, "web/operations/messages.html", context)


def _told(one: Trouble) -> Told:
    return Told(
        one,
        WAY.get(one.way, one.way),
        HAPPENED.get(one.action, one.action),
        STATE[one.state],
        FAULT.get(one.fault, one.fault),
        one.state != State.WAITING,
    )


@posted_from("operations-messages")
@made_for("operations")
def again(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send one again. Raises ``NotFound``, ``NotAllowed``, ``Conflict``."""
    try_again(actor=actor_in(request), delivery_id=message_id, now=now())
    said_once.success(request, gettext("It is sent again within a minute."))
    return redirect("operations-messages")
