"""Cases in the hands of somebody who has left or is away: which, and to whom they can go."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from gezhi.contexts.cases.queries import (
    CaseRow,
    Successor,
    cases_in_hand,
    class_name,
    colleagues_of,
    hand_over_of,
    holders,
)
from gezhi.contexts.cases.use_cases.hand_over import hand_over
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.administration.asking import Page, Preview, ask, posted
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.casework.listing import decorated
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.words import local_name, said
from gezhi.kernel.clock import now
from gezhi.kernel.errors import NotFound
from gezhi.kernel.reading import whole_number
from gezhi.platform.steps.perform import MAX_NOTE

PER_PAGE = 25


class HandOverForm(PlainForm):
    """To whom, and why."""

    to = forms.TypedChoiceField(label=_("To whom"), coerce=int)
    note = forms.CharField(
        label=_("Why"),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the history of each case."),
    )


def _offered(one: Successor, count: int) -> str:
    """A colleague as the list offers them, with how many of the cases they can take."""
    if one.takes >= count:
        return one.name
    return gettext("%(name)s (can take %(takes)s of %(count)s)") % {
        "name": one.name,
        "takes": one.takes,
        "count": count,
    }


def _case_words(row: CaseRow) -> str:
    return f"{local_name(class_name(row['class_code']))} · {row['excerpt']}"


@require_safe
@made_for("hub")
def page(request: HttpRequest) -> HttpResponse:
    """Who has cases in hand that the person who asks sees; whoever has left comes first."""
    return render(request, "web/administration/holders.html", {"holders": holders(actor_in(request))})


@made_for("hub")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, account_id: int) -> HttpResponse:
    """Hand over what this person has in hand. Raises ``NotFound`` where that is nothing that the actor sees."""
    actor = actor_in(request)
    holder = next((one for one in holders(actor) if one.user_id == account_id), None)
    if holder is None:
        raise NotFound("no_user", f"account {account_id} has no case in hand")
    form = HandOverForm(posted(request))
    people = colleagues_of(actor, account_id, now=now())
    names = {one.user_id: one.name for one in people}
    form.fields["to"].choices = [("", "—"), *((one.user_id, _offered(one, holder.count)) for one in people)]  # type: ignore[attr-defined]
    skip = whole_number(request.GET.get("skip", ""), most=10**6) or 0
    rows = cases_in_hand(actor, account_id, skip=skip, limit=PER_PAGE + 1)
    extra = {
        "cases": decorated(rows[:PER_PAGE]),
        "nobody": not people,
        "next": f"?skip={skip + PER_PAGE}" if len(rows) > PER_PAGE else None,
        "first": skip == 0,
    }

    def preview() -> Preview:
        to_id = form.cleaned_data["to"]
        found = hand_over_of(actor, from_id=account_id, to_id=to_id, now=now())
        words = ngettext("%(count)s case goes over", "%(count)s cases go over", len(found.going))
        stays = ngettext("%(count)s case stays", "%(count)s cases stay", len(found.staying))
        facts = [
            (_("From"), holder.name),
            (_("To"), names[to_id]),
            (_("What goes"), words % {"count": len(found.going)}),
            (_("What stays"), stays % {"count": len(found.staying)}),
        ]
        named = [(row, "") for row in found.going] + [(row, str(said(why))) for row, why in found.staying]
        rows = [(row["number"], _case_words(row), why) for row, why in named]
        warnings = [_("Whoever gets them signs for each anew; the clocks keep running.")]
        if found.more:
            warnings.append(_("There are more: hand over the next ones afterwards."))
        return Preview(
            _("Hand over these cases?"), _("Hand them over"), facts, warnings, rows=rows, rows_title=_("Cases")
        )

    def change() -> HttpResponse:
        given = form.cleaned_data
        count = hand_over(actor=actor, from_id=account_id, to_id=given["to"], note=given["note"], now=now())
        words = ngettext("%(count)s case was handed over.", "%(count)s cases were handed over.", count)
        messages.info(request, words % {"count": count})
        return redirect("administration-hand-over")

    back = reverse("administration-hand-over")
    asked = Page(_("Hand over cases"), back, _("Cases in hand"), lead=holder.name, extra=extra)
    return ask(request, asked, form, preview=preview, change=change)
