"""How a reporter is told of the steps: chosen on the page of the report, stopped by the link in each message."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from gezhi.contexts.telling.domain.messages import Which
from gezhi.contexts.telling.use_cases.choose_notices import (
    BrowserKeys,
    choice_of,
    choose_notices,
    stop_notices,
)
from gezhi.interfaces import problem
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.resident.follow import follow_page, reporter_with
from gezhi.interfaces.web.resident.notice_form import NoticesForm
from gezhi.kernel.clock import now
from gezhi.kernel.errors import GezhiError
from gezhi.platform.access.actor import system_actor
from gezhi.platform.messages.ways import Way


@posted_from("follow-case", "code")
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """Keep what was chosen."""
    form, status = NoticesForm(request.POST), 422
    if form.is_valid():
        data = form.cleaned_data
        try:
            told = choose_notices(
                actor=reporter_with(code),
                code=code,
                which=Which(data["which"]),
                way=Way(data["way"]) if data["way"] else None,
                address=data["endpoint"] if data["way"] == Way.PUSH else data["address"],
                keys=BrowserKeys(data["p256dh"], data["auth"]),
                language=get_language() or "",
                now=now(),
            )
        except GezhiError as error:
            form.add_error(error.field if error.field in form.fields else None, problem.words(error))
            status = problem.status(error)
        else:
            words = gettext("You will be told from now on.") if told else gettext("Nobody will write to you.")
            messages.success(request, words)
            return redirect("follow-case", code=code)
    return follow_page(request, code, status=status, notices=form)


@require_safe
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before stopping: programs that read mail open its links. Raises ``NotFound``."""
    choice = choice_of(token)
    context = {"token": token, "stopped": choice.ended_at is not None, "number": choice.case.number}
    return render(request, "web/resident/stop.html", context)


@posted_from("stop-notices", "token")
def stop_now(request: HttpRequest, token: str) -> HttpResponse:
    """Stop it. Raises ``NotFound``."""
    stop_notices(actor=system_actor("stop link"), token=token, now=now())
    return redirect("stop-notices", token=token)
