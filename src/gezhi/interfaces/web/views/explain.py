"""Why may someone do something, or not: the same answer as ``gezhi access explain``."""

from __future__ import annotations

from django import forms
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gezhi.interfaces import problem
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.verb_words import kind_words, verb_choices
from gezhi.interfaces.web.words import english
from gezhi.kernel.clock import now
from gezhi.kernel.errors import GezhiError
from gezhi.platform.access.actor import actor_of
from gezhi.platform.access.explaining import Question, explained
from gezhi.platform.access.policies import verbs


class ExplainForm(PlainForm):
    """Who, what, on which object."""

    user = forms.CharField(label=_("Account"), max_length=150)
    verb = forms.ChoiceField(label=_("Action"), choices=verb_choices)
    object = forms.CharField(
        label=_("Object"),
        max_length=80,
        help_text=_(
            "For a step of a case: case:20261122000001. For administration: area:420602 (the code of the area), or area:city "
            "(the whole city)."
        ),
    )


# How an object of a kind is written.
_EXAMPLE = {"case": "case:20261122000001", "area": "area:420602"}


def _of_what(verb: str) -> str:
    """On which kind of object an action is carried out, and how one is written."""
    found = [kind for kind, known in verbs().items() if verb in known]
    words = gettext("This action needs another kind of object: %(kinds)s.")
    told = (f"{kind_words(kind)} ({_EXAMPLE.get(kind, f'{kind}:…')})" for kind in found)
    return words % {"kinds": (", " if english() else "、").join(told)}


@require_safe
@made_for("access")
def explain(request: HttpRequest) -> HttpResponse:
    """The decision with each step of the way to it. A question about somebody else is on record."""
    form = ExplainForm(request.GET or None)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        data = form.cleaned_data
        user = get_user_model().objects.filter(username=data["user"]).first()
        if user is None:
            form.add_error("user", _("There is no such account."))
        else:
            try:
                about = actor_of(user, now=now())
                question = Question(about, data["verb"], data["object"])
                context |= {"asked": about, "decision": explained(actor_in(request), question, now=now())}
            except GezhiError as error:
                form.add_error(
                    "object", _of_what(data["verb"]) if error.code == "unknown_verb" else problem.words(error)
                )
    return render(request, "web/access/explain.html", context, status=422 if form.errors else 200)
