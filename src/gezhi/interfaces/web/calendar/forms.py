"""The form by which a year of the calendar is kept."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from gezhi.interfaces.web.calendar.year import WEEKDAYS
from gezhi.interfaces.web.forms import PlainForm
from gezhi.interfaces.web.words import english
from gezhi.platform.worktime.plan import Plan, default_hours, read_days, read_hours, text_of_days, text_of_hours
from gezhi.platform.worktime.use_cases.change_calendar import MAX_NOTE

HOURS = tuple(f"hours_{place}" for place in range(7))


class YearForm(PlainForm):
    """The city's own days of a year, whether they are its plan as a whole, the office hours, and why."""

    days = forms.CharField(
        label=_("The city's own days"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_(
            "One a line: 2027-02-06..2027-02-12 off Spring Festival, or 2027-02-14 work. Off: a holiday; work: a make-up "
            "working day. They come on top of the national notices; a day taken out goes back to those."
        ),
    )
    planned = forms.BooleanField(
        label=_("These days are the whole plan of this year: deadlines in it are no longer provisional"), required=False
    )
    note = forms.CharField(label=_("Why, and on what basis"), max_length=MAX_NOTE)
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, weekday in zip(HOURS, WEEKDAYS, strict=True):
            self.fields[name] = forms.CharField(label=str(weekday), required=False, max_length=80)
        self.order_fields(["days", "planned", *HOURS, "note", "seen"])


def initial_of(plan: Plan, year: int, number: int) -> dict[str, object]:
    """What stands in the form at first."""
    week = plan.hours or default_hours()
    return {
        "days": text_of_days(plan.of_year(year), in_english=english()),
        "planned": year in plan.planned_years,
        "seen": number,
        **{name: text_of_hours(spans) for name, spans in zip(HOURS, week, strict=True)},
    }


def plan_from(form: YearForm, before: Plan, year: int) -> Plan:
    """The plan that a valid form means. Raises ``InvalidInput`` naming the field at fault."""
    given = form.cleaned_data
    days = read_days(given["days"], year)
    hours = read_hours(given[name] for name in HOURS)
    made = before.with_year(year, days, planned=given["planned"])
    # The national hours as a plan has them where it gives none.
    same = not before.hours and hours == default_hours()
    return Plan(made.days, () if same else hours, made.planned_years)
