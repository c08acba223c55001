"""The notices of a person, taking note of them, and the rules that speak of deadlines, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from gezhi.contexts.cases.domain.taken import TOPIC as TAKEN
from gezhi.contexts.cases.domain.taken import step_named
from gezhi.contexts.cases.queries import CaseRow, cases_named, class_name, reasons_of
from gezhi.contexts.escalation.queries import escalation_versions, table_in_force
from gezhi.interfaces.problem import in_words
from gezhi.interfaces.web.access import signed_in
from gezhi.interfaces.web.audiences import AUDIENCES, actor_in
from gezhi.interfaces.web.notices.rules import told_by_stage
from gezhi.interfaces.web.notices.words import with_day
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.words import local_name
from gezhi.kernel.clock import now
from gezhi.kernel.errors import NotAllowed
from gezhi.kernel.reading import row_id
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import may_in
from gezhi.platform.accounts.owners_told import TOPIC as OF_ACCOUNTS
from gezhi.platform.accounts.owners_told import maker_named
from gezhi.platform.notices.queries import NoticeRow, notices_of
from gezhi.platform.notices.use_cases.take_note import take_note

_HUB = next(audience for audience in AUDIENCES if audience.key == "hub")


@dataclass(frozen=True, slots=True)
class Told:
    """A notice in words. ``case``: the row of the case that it is about, ``address`` its page; none where the person sees the case
    no longer, or it is about no case. ``about``: what it is about in words. ``why``: the words of whoever took the case away."""

    notice: NoticeRow
    words: str
    case: CaseRow | None
    of_class: str
    address: str
    about: str
    why: str = ""


@require_safe
@signed_in
def page(request: HttpRequest) -> HttpResponse:
    """What waits for the person to take note of; all that was told in the last ninety days where that is asked for."""
    actor = actor_in(request)
    everything = request.GET.get("show") == "all"
    rows, older = notices_of(actor, unread=not everything, before=row_id(request.GET.get("before", "")))
    cases = cases_named(actor, {row.reference for row in rows if row.kind == "case"})
    why = reasons_of(actor, {step for row in rows if (step := _step_of(row)) is not None})
    context = {
        "told": [_told(actor, row, cases.get(row.reference), why) for row in rows],
        "everything": everything,
        "older": "" if older is None else _address(everything, older),
        "next": request.get_full_path(),
    }
    return render(request, "web/notices/page.html", context)


def _address(everything: bool, before: int | None = None) -> str:
    told = {"show": "all" if everything else "", "before": before or ""}
    query = urlencode({name: value for name, value in told.items() if value})
    return f"{reverse('notices')}?{query}" if query else reverse("notices")


def _step_of(notice: NoticeRow) -> tuple[str, int] | None:
    """The case and the version at which stands why it was taken away; None for what tells something else."""
    step = step_named(notice.words) if notice.topic == TAKEN else None
    return None if step is None else (notice.reference, step)


def _told(actor: Actor, notice: NoticeRow, case: CaseRow | None, why: Mapping[tuple[str, int], str]) -> Told:
    address = of_class = ""
    if case is not None:
        name = "hub-case" if _HUB.roles & actor.roles else "worker-task"
        address, of_class = reverse(name, args=[case["number"]]), local_name(class_name(case["class_code"]))
    if notice.topic == OF_ACCOUNTS:
        words = replace(notice.words, values={"who": maker_named(notice.reference)})
        return Told(notice, in_words(words), None, "", "", gettext("Your account"))
    step = _step_of(notice)
    reason = "" if step is None else why.get(step, "")
    return Told(notice, with_day(notice.words), case, of_class, address, notice.reference, reason)


@signed_in
@posted_from("notices")
def read(request: HttpRequest) -> HttpResponse:
    """Take note of one notice, or of all where none is named."""
    wanted = request.POST.get("notice", "")
    key = row_id(wanted)
    if not wanted:
        take_note(actor=actor_in(request), ids=None, now=now())
    elif key is not None:
        take_note(actor=actor_in(request), ids=[key], now=now())
    return redirect(_address(request.POST.get("show") == "all"))


@require_safe
@signed_in
def rules(request: HttpRequest) -> HttpResponse:
    """Which rules speak of which deadline, when, to whom; for those who work here. Raises ``NotAllowed`` for others."""
    actor = actor_in(request)
    if not actor.roles:
        raise NotAllowed("not_this_page", "the rules are for those who hold a role")
    found = table_in_force()
    may_install = bool(may_in(actor, "install_escalation"))
    context = {
        "number": found.number,
        "stages": told_by_stage(found.rules),
        "may_install": may_install,
        "versions": escalation_versions() if may_install else [],
    }
    return render(request, "web/notices/rules.html", context)
