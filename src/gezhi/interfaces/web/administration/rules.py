"""The city's own rules of the workflow: what is in force, other values looked at beside it, versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from gezhi.contexts.cases.domain.rules import LEARNED, WORDS, rules_of, texts_of
from gezhi.contexts.cases.queries import rules_as_texts, rules_versions, texts_of_version
from gezhi.contexts.cases.use_cases.install_rules import install_rules, withdraw_rules
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.administration.asking import DayField, Page, Preview, Words, ask, posted, start_of
from gezhi.interfaces.web.administration.limit_field import LimitField
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.words import ROLE, day_of, english, limit_words
from gezhi.kernel.clock import now
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.reading import whole_number
from gezhi.kernel.roles import Role
from gezhi.platform.access.territory import may_in, require_in

# What each rule is called, and what it decides.
RULES: dict[str, tuple[Words, Words]] = {
    "max_returns": (
        _("Returns to the hub, at most"),
        _("So often a case may be sent back; then the hub decides and its word holds."),
    ),
    "verify_limit": (_("Time for verification"), _("In which a report is verified before it is filed.")),
    "answer_limit": (_("Time to sign for a part"), _("In which a body that is called in signs for its part.")),
    "reopen_within": (
        _("Time for “not solved”"),
        _("After closing, in which the reporter's word opens a case again by itself."),
    ),
    "reopen_times": (_("“Not solved”, at most"), _("How often it opens a case by itself; after that the hub decides.")),
    "longest_extension": (_("Longest extension"), _("No more time than this is granted beyond a limit.")),
    "extension_by": (_("Who grants more time"), _("As the second person: whoever asked does not decide.")),
    "forced_close_by": (_("Who decides on closing by force"), _("As the second person.")),
    "setting_aside_by": (_("Who decides on setting a demand aside"), _("As the second person.")),
    "class_guess": (
        _("By what the class is guessed"),
        _("What is learnt each night from closed cases is used only where it is no worse than what was used before."),
    ),
    "guess_most_of_one": (
        _("Cases of one source to learn from, at most"),
        _("From no more cases of one grid, nor of one account, the guess learns of each class."),
    ),
}
_DECIDERS = (Role.STREET_DISPATCHER, Role.OPERATIONS)
_LIMITS = frozenset({"verify_limit", "answer_limit", "reopen_within", "longest_extension"})
_GUESS = {
    LEARNED: _("By confirmed cases and the words of the class table"),
    WORDS: _("By the words of the class table alone"),
}
_BY = frozenset(name for name in RULES if name.endswith("_by"))


def value_words(name: str, text: str) -> str:
    """A value of a rule in words."""
    if name in _LIMITS:
        return limit_words(text)
    if name == "class_guess":
        return str(_GUESS[text])
    if name in _BY:
        return " / ".join(str(ROLE.get(role, role)) for role in text.split())
    return text


class RulesForm(PlainForm):
    """All rules with their values, what the version is called, from when it holds."""

    name = forms.CharField(label=_("Why, and on what basis"), max_length=100)
    start = DayField(label=_("In force from"), required=False, help_text=_("Left empty: at once."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, hint) in RULES.items():
            self.fields[name] = _field(name, str(label), str(hint))
        self.order_fields([*RULES, "start", "name"])


def _field(name: str, label: str, hint: str) -> forms.Field:
    if name in _BY:
        choices = [(role.value, ROLE[role]) for role in _DECIDERS]
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(label=label, help_text=hint, choices=choices, widget=widget)
    if name == "class_guess":
        return forms.ChoiceField(label=label, help_text=hint, choices=list(_GUESS.items()))
    if name in _LIMITS:
        return LimitField(label=label, help_text=hint)
    return forms.IntegerField(label=label, help_text=hint, min_value=0, max_value=20)


@dataclass(frozen=True, slots=True)
class ToldRule:
    """A rule in words: its value, and that of another version where it differs."""

    name: Words
    about: Words
    value: str
    other: str = ""


def told(values: Mapping[str, str], other: Mapping[str, str] | None = None) -> list[ToldRule]:
    """All rules in words, compared with those of another version."""
    return [
        ToldRule(
            label,
            about,
            value_words(name, values[name]),
            value_words(name, other[name]) if other is not None and other[name] != values[name] else "",
        )
        for name, (label, about) in RULES.items()
    ]


@require_safe
@made_for("administration")
def page(request: HttpRequest) -> HttpResponse:
    """The rules in force, compared with a version where one is named, and the versions. Raises ``NotFound``."""
    number = whole_number(request.GET.get("compare", ""), most=2**31 - 1)
    other = None if number is None else texts_of_version(number)
    context = {
        "rules": told(rules_as_texts(), other),
        "compared": number,
        "same": other is not None and other == rules_as_texts(),
        "versions": rules_versions(),
        "may_install": bool(may_in(actor_in(request), "install_rules")),
    }
    return render(request, "web/administration/rules.html", context)


def _given(form: RulesForm) -> dict[str, str]:
    """The values of a valid form as a table holds them. Raises ``InvalidInput`` naming the rule."""
    data = form.cleaned_data
    texts = {name: " ".join(data[name]) if name in _BY else str(data[name]).strip() for name in RULES}
    return texts_of(rules_of(texts))


@made_for("administration")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Other values: looked at beside those in force, then a new version. ``from``: begin with an earlier version's."""
    actor = actor_in(request)
    require_in(actor, "install_rules")
    number = whole_number(request.GET.get("from", ""), most=2**31 - 1)
    before = rules_as_texts()
    first = before if number is None else texts_of_version(number)
    shown = {name: text.split() if name in _BY else text for name, text in first.items()}
    form = RulesForm(posted(request), initial=shown)

    def changes() -> dict[str, str]:
        given = _given(form)
        changed = {name: text for name, text in given.items() if text != before[name]}
        if not changed:
            raise InvalidInput("nothing_to_change", "the rules in force say just that")
        return changed

    def preview() -> Preview:
        changed, given = changes(), form.cleaned_data
        rows = [
            (str(RULES[name][0]), f"{value_words(name, before[name])} → {value_words(name, text)}", "")
            for name, text in changed.items()
        ]
        facts = [
            (_("Why, and on what basis"), given["name"]),
            (_("In force from"), day_of(given["start"], english=english()) if given["start"] else _("at once")),
        ]
        words = _("Running cases keep the time limits that they were given; the next step follows the new rules.")
        return Preview(
            _("Put these rules in force?"),
            _("Put them in force"),
            facts,
            [words],
            rows=rows,
            rows_title=_("What changes"),
        )

    def change() -> HttpResponse:
        given = form.cleaned_data
        start = start_of(given["start"])
        install_rules(actor=actor, name=given["name"], changes=changes(), effective_from=start, now=now())
        return redirect("administration-rules")

    asked = Page(_("Change the rules of the workflow"), reverse("administration-rules"), _("Rules of the workflow"))
    return ask(request, asked, form, preview=preview, change=change)


@made_for("administration")
@posted_from("administration-rules")
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take back a version that waits. Raises ``NotFound``."""
    number = whole_number(request.POST.get("number", ""), most=2**31 - 1) or 0
    withdraw_rules(actor=actor_in(request), number=number, now=now())
    return redirect("administration-rules")
