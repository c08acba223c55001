"""What is kept how long and why: the table in force, other times tried out and put in force, versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.administration.asking import DayField, Page, Preview, Words, ask, posted, start_of
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.words import day_of, english, said
from gezhi.kernel.clock import now
from gezhi.kernel.reading import whole_number
from gezhi.platform.access.territory import may_in, require_in
from gezhi.platform.retention.in_force import days_in_force
from gezhi.platform.retention.queries import retention_versions, would_go
from gezhi.platform.retention.retained import RETAINED, Retained
from gezhi.platform.retention.use_cases.install_retention import (
    MAX_NAME,
    VERB,
    checked_days,
    install_retention,
    withdraw_retention,
)


def days_words(days: int) -> str:
    """A number of days in words."""
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


@dataclass(frozen=True, slots=True)
class ToldKept:
    """What is kept, in words. ``long``: for how long; ``goes``: how much of it goes next, None: it does not go by its age."""

    what: Words
    why: Words
    basis: Words
    long: Words
    by_city: bool
    goes: int | None


def _long(name: str, one: Retained, days: dict[str, int]) -> Words:
    if name in days:
        return days_words(days[name])
    if one.days is None:
        return _("for good")
    return days_words(one.days) if one.days else _("within a day")


@require_safe
@made_for("administration")
def page(request: HttpRequest) -> HttpResponse:
    """The table in force, how much goes next, the versions."""
    days, moment = days_in_force(), now()
    gone = would_go({}, now=moment)
    context = {
        "kept": [
            ToldKept(
                said(one.what), said(one.why), said(one.basis), _long(name, one, days), name in days, gone.get(name)
            )
            for name, one in RETAINED.items()
        ],
        "versions": retention_versions(),
        "may_install": bool(may_in(actor_in(request), VERB)),
    }
    return render(request, "web/administration/retention.html", context)


class RetentionForm(PlainForm):
    """The days of what the city decides on, why, from when."""

    name = forms.CharField(label=_("Why, and on what basis"), max_length=MAX_NAME)
    start = DayField(label=_("In force from"), required=False, help_text=_("Left empty: at once."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, one in RETAINED.items():
            if one.chosen_by_city:
                hint = _("Days, from %(least)s to %(most)s.") % {"least": one.least, "most": one.most}
                self.fields[name] = forms.IntegerField(
                    label=str(said(one.what)), min_value=one.least, max_value=one.most, help_text=hint
                )
        self.order_fields([*(name for name in self.fields if name not in {"name", "start"}), "start", "name"])


@made_for("administration")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Other times: what would go is counted first, then a new version."""
    actor, before = actor_in(request), days_in_force()
    require_in(actor, VERB)
    form = RetentionForm(posted(request), initial=before)

    def changes() -> dict[str, int]:
        changed = {name: form.cleaned_data[name] for name in before if form.cleaned_data[name] != before[name]}
        checked_days(changed)
        return changed

    def preview() -> Preview:
        changed, moment = changes(), now()
        gone, gone_now, rows = would_go(changed, now=moment), would_go({}, now=moment), []
        for name, days in changed.items():
            one = RETAINED.get(name)
            if one is None:
                continue
            words = f"{days_words(before[name])} → {days_words(days)}"
            more = gone.get(name, 0) - gone_now.get(name, 0)
            if one.from_then:
                told = str(_("Holds for what comes in from then on; what is there keeps the end that it was given."))
            elif more > 0:
                told = ngettext("%(count)s more would go at once.", "%(count)s more would go at once.", more)
                told %= {"count": more}
            else:
                told = str(_("Nothing more would go at once."))
            rows.append((str(said(one.what)), words, told))
        given = form.cleaned_data
        facts = [
            (_("Why, and on what basis"), given["name"]),
            (_("In force from"), day_of(given["start"], english=english()) if given["start"] else _("at once")),
        ]
        return Preview(
            _("Put these times in force?"),
            _("Put them in force"),
            facts,
            [_("What has gone does not come back by another version.")],
            rows=rows,
            rows_title=_("What changes"),
        )

    def change() -> HttpResponse:
        given = form.cleaned_data
        start = start_of(given["start"])
        install_retention(actor=actor, name=given["name"], days=changes(), effective_from=start, now=now())
        return redirect("administration-retention")

    asked = Page(_("Change how long things are kept"), reverse("administration-retention"), _("What is kept how long"))
    return ask(request, asked, form, preview=preview, change=change)


@made_for("administration")
@posted_from("administration-retention")
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take back a version that waits. Raises ``NotFound``."""
    number = whole_number(request.POST.get("number", ""), most=2**31 - 1) or 0
    withdraw_retention(actor=actor_in(request), number=number, now=now())
    return redirect("administration-retention")
