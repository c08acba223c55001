"""The calendar of a year for anybody, and its form for those who keep it: looked at first, put in force then."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from gezhi.contexts.cases.queries import moved_deadlines
from gezhi.interfaces import problem
from gezhi.interfaces.web.access import signed_in
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.calendar.forms import HOURS, YearForm, initial_of, plan_from
from gezhi.interfaces.web.calendar.year import hours_of, samples, weekday_heads, year_of
from gezhi.interfaces.web.posted import posted_from
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, InvalidInput
from gezhi.kernel.reading import whole_number
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import may_in, require_in
from gezhi.platform.worktime.plan import FIRST_YEAR, LAST_YEAR, Plan, calendar_of
from gezhi.platform.worktime.queries import calendar_versions, plan_in_force
from gezhi.platform.worktime.use_cases.change_calendar import VERB, change_calendar, restore_calendar


def _year(request: HttpRequest) -> int:
    """The year that is asked for; this one where that is none."""
    asked = whole_number(request.GET.get("year", ""), most=LAST_YEAR)
    return asked if asked is not None and asked >= FIRST_YEAR else timezone.localtime(now()).year


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The months of a year, what differs in it and where that comes from, the office hours, the versions."""
    number, today = _year(request), timezone.localtime(now()).date()
    found = plan_in_force()
    context: dict[str, Any] = {
        "year": year_of(number, found.plan, calendar_of(found.plan, _zone()), today=today),
        "before": number - 1 if number > FIRST_YEAR else None,
        "after": number + 1 if number < LAST_YEAR else None,
        "heads": weekday_heads(),
        "hours": hours_of(found.plan),
        "own_hours": bool(found.plan.hours),
        "in_force": found,
        "may_edit": _may_edit(actor_in(request)),
    }
    if context["may_edit"]:
        context["versions"] = calendar_versions()
    return render(request, "web/calendar/page.html", context)


def _may_edit(actor: Actor) -> bool:
    return actor.user_id is not None and bool(may_in(actor, VERB))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: HttpRequest) -> HttpResponse:
    """The form of a year. Sent, it shows what would change; sent as sure, it is put in force."""
    actor, year = actor_in(request), _year(request)
    require_in(actor, VERB)
    found = plan_in_force()
    if request.method != "POST":
        return _asked(request, YearForm(initial=initial_of(found.plan, year, found.number)), year)
    form = YearForm(request.POST)
    if not form.is_valid():
        return _asked(request, form, year, status=422)
    try:
        plan = plan_from(form, found.plan, year)
        if "sure" not in request.POST:
            return _looked_at(request, form, found.plan, plan, year)
        given = form.cleaned_data
        change_calendar(actor=actor, plan=plan, note=given["note"], seen=given["seen"], now=now())
    except (InvalidInput, Conflict) as error:
        words = problem.words(error) if error.said is None else problem.in_words(error.said)
        form.add_error(error.field if error.field in form.fields else None, words)
        return _asked(request, form, year, status=problem.status(error))
    return redirect(f"{reverse('calendar')}?year={year}")


def _asked(request: HttpRequest, form: YearForm, year: int, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "number": year, "hours": [form[name] for name in HOURS]}
    return render(request, "web/calendar/edit.html", context, status=status)


def _looked_at(request: HttpRequest, form: YearForm, before: Plan, after: Plan, year: int) -> HttpResponse:
    """What another plan changes, before it is put in force."""
    if after == before:
        raise InvalidInput("nothing_to_change", "the calendar in force says just that")
    moment = now()
    was, becomes = (calendar_of(plan, _zone()) for plan in (before, after))
    context = {
        "form": form,
        "number": year,
        "year": year_of(year, after, becomes, today=timezone.localtime(moment).date()),
        "days_before": year_of(year, before, was, today=timezone.localtime(moment).date()).working_days,
        "hours": hours_of(after),
        "heads": weekday_heads(),
        "moved": moved_deadlines(was, becomes, now=moment),
        "samples": samples(was, becomes, now=moment),
    }
    return render(request, "web/calendar/checked.html", context)


@signed_in
@posted_from("calendar")
def restore(request: HttpRequest) -> HttpResponse:
    """Put what an earlier version said in force again, as a new version. Raises ``NotFound``, ``InvalidInput``."""
    actor = actor_in(request)
    number = whole_number(request.POST.get("number", ""), most=2**31 - 1) or 0
    note = gettext("Back to version %(number)s") % {"number": number}
    restore_calendar(actor=actor, number=number, note=note, now=now())
    return redirect("calendar")
