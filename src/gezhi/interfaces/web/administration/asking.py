"""What every form of administration does alike: asked, looked at, done; errors stand at their field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.areas.queries import AreaRow, area_written, areas_by_id, areas_called, areas_offered
from gezhi.contexts.organisations.queries import OrganisationRow, all_organisations
from gezhi.interfaces import problem
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.words import in_language, local_name, other_name
from gezhi.kernel.errors import GezhiError, InvalidInput
from gezhi.kernel.reading import row_id, without_controls

Words = str | Promise
# So many areas with a like name are told to whoever wrote one that there is not.
_MOST_LIKE = 5


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do, before it is done. ``facts``: what and how; ``warnings``: what hangs on it; ``rows``: some of
    what is touched; ``button``: says it in two words."""

    title: Words
    button: Words
    facts: Sequence[tuple[Words, Words]] = ()
    warnings: Sequence[Words] = ()
    rows: Sequence[tuple[str, str, str]] = ()
    rows_title: Words = ""
    danger: bool = False


@dataclass(frozen=True)
class Page:
    """A page that asks: its heading, what stands below it, where its back link leads."""

    title: Words
    back: str
    back_words: Words
    lead: Words = ""
    extra: dict[str, Any] = field(default_factory=dict)


def ask(
    request: HttpRequest,
    page: Page,
    form: PlainForm,
    *,
    preview: Callable[[], Preview],
    change: Callable[[], HttpResponse],
) -> HttpResponse:
    """Show the form; sent, what would change; sent as sure, do it. Both may raise a ``GezhiError``: it stands in the form."""
    if request.method != "POST":
        return _form(request, page, form)
    if not form.is_valid():
        return _form(request, page, form, status=422)
    try:
        if "sure" in request.POST:
            return change()
        looked = preview()
    except GezhiError as error:
        words = problem.words(error)
        form.add_error(error.field if error.field in form.fields else None, words)
        return _form(request, page, form, status=problem.status(error))
    context = {"page": page, "form": form, "preview": looked, **page.extra}
    return render(request, "web/administration/preview.html", context)


def _form(request: HttpRequest, page: Page, form: PlainForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"page": page, "form": form, **page.extra}
    if any(isinstance(one, AreaField) for one in form.fields.values()):
        context["areas"] = areas_to_choose()
    return render(request, "web/administration/form.html", context, status=status)


class AreaField(forms.CharField):
    """An area by its code or name; a valid form holds the ``AreaRow`` (None: left empty)."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("The code or the name of an area; a list opens while you type."))
        options.setdefault("max_length", 130)
        super().__init__(**options)
        self.widget.attrs["list"] = "areas"

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return area_written(text)
        except InvalidInput as error:
            raise forms.ValidationError(_not_found(text, error)) from error


def _not_found(text: str, error: InvalidInput) -> str:
    """Why a text names no area, with the text, and what is called like it."""
    words = gettext("“%(text)s”: %(why)s") % {"text": text, "why": problem.words(error)}
    like = areas_by_id(areas_called(text)[:_MOST_LIKE]).values()
    if not like:
        return words
    return f"{words} " + gettext("Perhaps: %(areas)s.") % {"areas": " · ".join(area_text(row) for row in like)}


class BodyField(forms.TypedChoiceField):
    """An organisation in use; a valid form holds its id (None: none)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=body_choices, coerce=row_id, empty_value=None, required=False, **options)


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        options.setdefault("input_formats", ["%Y-%m-%d"])
        super().__init__(**options)


def end_of(day: Any) -> datetime | None:
    """The instant at which a day ends here; None for no day."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def start_of(day: Any) -> datetime | None:
    """The instant at which a day begins here; None for no day."""
    return None if day is None else timezone.make_aware(datetime.combine(day, time.min))


def areas_to_choose() -> list[tuple[str, str, str]]:
    """The areas that a list offers: code, name, and the name in the other language."""
    return [(row.code, local_name(row), other_name(row)) for row in areas_offered()]


def area_text(row: AreaRow | None) -> str:
    """An area as a form shows it, and reads it back."""
    return "" if row is None else f"{row.code} {local_name(row)}"


def body_choices() -> list[tuple[str, str]]:
    """The organisations in use, and none."""
    return [("", "—"), *((str(row.id), local_name(row)) for row in all_organisations())]


def body_called(rows: Iterable[OrganisationRow], organisation_id: int | None) -> str:
    """What a body is called in the reader's language."""
    found = next((row for row in rows if row.id == organisation_id), None)
    return "" if found is None else in_language(found.name, found.name_en)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form; None where the page was only opened."""
    return request.POST if request.method == "POST" else None


def named_in(request: HttpRequest, *names: str) -> dict[str, str]:
    """What a link that leads to a form has filled in."""
    return {name: without_controls(request.GET[name])[:130] for name in names if name in request.GET}
