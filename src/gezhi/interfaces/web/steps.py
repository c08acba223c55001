"""The page of one step of any kind: a form made of what its verb needs. Kinds with pages of their own need none of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from gezhi.interfaces import problem
from gezhi.interfaces.actors import actor_behind
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.words import names_of, of_member, said
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, InvalidInput, NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.kind import Kind
from gezhi.platform.steps.perform import MAX_NOTE
from gezhi.platform.steps.policy import find
from gezhi.platform.steps.verb import Command, Input, Verb


class _StepForm(PlainForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def form_of(verb: Verb[Any], actor: Actor) -> type[_StepForm]:
    """The form of a verb as somebody fills it in: its inputs, and words where the step asks for a reason."""
    made: dict[str, forms.Field] = {one.name: _field(one, actor) for one in verb.inputs}
    needed = verb.kind.table[verb.action].needs_reason
    made["note"] = forms.CharField(
        label=_("Reason") if needed else _("Note"),
        required=needed,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    return type("StepForm", (_StepForm,), made)


def _field(one: Input, actor: Actor) -> forms.Field:  # noqa: PLR0911  (one a type)
    label = said(one.label) if one.label is not None else one.name.replace("_", " ").capitalize()
    told: dict[str, Any] = {"label": label, "required": one.required}
    if one.offered is not None:
        return forms.ChoiceField(choices=names_of(one.offered(actor)), **told)
    if issubclass(one.type, Enum):
        return forms.ChoiceField(choices=[(member.value, of_member(member)) for member in one.type], **told)
    if one.type is bool:
        return forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], **told)
    if one.type is int:
        return forms.IntegerField(min_value=one.limits.get("ge"), max_value=one.limits.get("le"), **told)
    if one.type is float:
        return forms.FloatField(**told)
    if one.type is date:
        # The browser's own calendar, which sends and takes ISO days whatever the language.
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(widget=day, input_formats=["%Y-%m-%d"], **told)
    return forms.CharField(max_length=one.limits.get("max_length"), **told)


def step_page(
    kind: Kind[Any], *, then: Callable[[str], str], called: Callable[[Actor, str], str] | None = None
) -> Callable[..., HttpResponse]:
    """A view of ``number`` and ``action``: shows the form, takes the step, and goes to ``then(number)``. ``called``: what people
    call the object; its number where none is given.

    Raises ``NotFound`` for an object that the actor may not know of and for a step without a button.
    """

    def page(request: HttpRequest, number: str, action: str) -> HttpResponse:
        actor = actor_behind(request)
        obj, verb = find(kind, actor, number), kind.verbs.get(action)
        if verb is None or kind.table[verb.action].button is None:
            raise NotFound("no_action", f"there is no action '{action[:40]}' here")
        form = form_of(verb, actor)(request.POST or None, initial={"key": uuid4(), "version": obj.version})
        if form.is_valid():
            data = form.cleaned_data
            command = Command(
                actor=actor,
                number=number,
                now=now(),
                expected_version=data["version"],
                key=str(data["key"]),
                note=data["note"],
            )
            try:
                verb.perform(command, verb.read({name: str(request.POST.get(name, "")) for name in verb.names}))
            except (InvalidInput, Conflict) as error:
                form.add_error(error.field if error.field in form.fields else None, problem.words(error))
            else:
                return redirect(then(number))
        row, name = kind.table[verb.action], number if called is None else called(actor, number)
        context = {"form": form, "title": said(row.does), "button": row.button, "number": name}
        return render(request, "web/steps/form.html", context, status=422 if form.errors else 200)

    return page
