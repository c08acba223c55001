"""Who settles matters of a class at a place, and why: what the duty table says, for anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import AreaRow
from gezhi.contexts.cases.domain.class_table import MAX_CODE
from gezhi.contexts.cases.domain.duty_table import MAX_ORDINAL
from gezhi.contexts.cases.domain.routing import Duty
from gezhi.contexts.cases.queries import Answer, class_name, class_table, who_settles
from gezhi.contexts.organisations.queries import OrganisationRow, organisation, organisations_by_id
from gezhi.contexts.powers.domain.states import Lie
from gezhi.contexts.powers.queries import PowerOfClass, powers_of_class, standing_at
from gezhi.interfaces import problem
from gezhi.interfaces.web.resident.forms import PlaceForm
from gezhi.interfaces.web.resident.report import halfway_to_a_place, place_told
from gezhi.interfaces.web.views.maps import place_lists
from gezhi.interfaces.web.words import LEVEL, ORGANISATION_KIND, POWER_STATUS, limit_words, local_name
from gezhi.kernel import clock
from gezhi.kernel.errors import InvalidInput
from gezhi.kernel.reading import MOST

# Smaller areas with rows of their own: what more there is, the table itself tells.
MOST_INSIDE = 50


class WhoForm(PlaceForm):
    """A class of matter, the condition that it is filed under, and where."""

    class_code = forms.CharField(label=_("What it is about"), max_length=MAX_CODE)
    condition = forms.IntegerField(required=False, min_value=1, max_value=MAX_ORDINAL)
    grid = forms.IntegerField(required=False, min_value=1, max_value=MOST)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the duty table in words."""

    number: int
    classes: str
    area: str
    body: str
    condition: int | None
    note: str
    when: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A filing condition of the class, and the address that asks for it."""

    ordinal: int
    text: str
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PowerHere:
    """A power over the class, with the word for where it stands at the street of the place; ``lost``: the street has it no more."""

    power: PowerOfClass
    status: str | Promise
    lost: bool


@require_safe
def who(request: HttpRequest) -> HttpResponse:
    """The form, and the answer where a class and a place are told."""
    halfway = halfway_to_a_place(request.GET)
    asked = "class_code" in request.GET and not halfway
    form = WhoForm(request.GET) if asked else WhoForm()
    context: dict[str, object] = {}
    if asked and form.is_valid():
        try:
            context = _answered(form.cleaned_data)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, problem.words(error))
    lists = place_lists(request.GET.get("district"), request.GET.get("street"), request.GET.get("community"))
    context |= {
        "form": form,
        "class_table": class_table(),
        "chosen": request.GET.get("class_code", ""),
        "halfway": halfway,
        **lists,
    }
    return render(request, "web/resident/who.html", context, status=422 if form.errors else 200)


def _answered(data: Mapping[str, Any]) -> dict[str, object]:
    """The answer as the page shows it. Raises ``InvalidInput``: no such class, a place that is none of this city."""
    place = _located(data)
    if place is None:
        raise InvalidInput("outside_city", "the place lies outside the city", field="lon")
    code = data["class_code"]
    answer = who_settles(class_code=code, place=place, condition=data["condition"], now=clock.now())
    found = answer.route.organisation_id
    over = answer.route.passed_over
    return {
        "answer": answer,
        "body": None if found is None else organisation(found),
        "passed_over": None if over is None else organisation(over[0]),
        "class_name": class_name(code),
        "place_name": place_told(data),
        **_rows_of(answer),
        "conditions": _conditions(data, answer),
        "limits": _limits(answer),
        "together": list(organisations_by_id(key for key, _name in answer.route.together).values()),
        "powers": _powers(code, place.street_id),
    }


def _powers(code: str, street_id: int | None) -> list[PowerHere]:
    """The powers over a class as they stand at a street; those that were delegated to another level as the register has them."""
    standing = standing_at(code, street_id)
    here = {} if standing is None else {one.code: one for one in standing.powers}
    told = []
    for power in powers_of_class(code, on=timezone.localdate(clock.now())):
        at = here.get(power.code)
        status = str(power.status if at is None else at.status)
        lost = at is not None and at.lie in {Lie.ENDED, Lie.NOT_YET}
        told.append(PowerHere(power, POWER_STATUS.get(status, status), lost))
    return told


def _located(data: Mapping[str, Any]) -> areas.Located | None:
    if data.get("lon") is not None and data.get("lat") is not None:
        return areas.locate(data["lon"], data["lat"])
    known = areas.area(data["community"]) if data.get("community") else None
    if known is None or known.level != AreaLevel.COMMUNITY:
        return None
    # A case knows its grid, of which the lists know nothing.
    grid = areas.area(data["grid"]) if data.get("grid") else None
    inside = grid is not None and known.id in areas.ancestors_of(grid.id).lineage
    return areas.ancestors_of(grid.id if grid and inside else known.id)


def _conditions(data: Mapping[str, Any], answer: Answer) -> list[Condition]:
    """The filing conditions to choose from, where the class has several."""
    if len(answer.conditions) < 2:
        return []
    chosen = data["condition"] or 1
    asked = {name: data[name] for name in ("class_code", "lon", "lat", "community", "grid") if data.get(name)}
    return [
        # Where the table has no words for it, its limit tells it from the others.
        Condition(
            ordinal,
            one.text or gettext("handled within %(limit)s") % {"limit": limit_words(one.limit)},
            "?" + urlencode({**asked, "condition": ordinal}),
            ordinal == chosen,
        )
        for ordinal, one in enumerate(answer.conditions, start=1)
    ]


def _rows_of(answer: Answer) -> dict[str, object]:
    """The rows of an answer in words; two queries, however many there are."""
    inside = answer.inside[:MOST_INSIDE]
    told = [*([answer.decided] if answer.decided else []), *answer.others, *inside]
    lie = areas.areas_by_id({duty.area_id for duty in told if duty.area_id is not None})
    bodies = organisations_by_id({duty.organisation_id for duty in told if duty.organisation_id is not None})
    rows = {duty.id: _row(duty, answer.numbers[duty.id], lie, bodies) for duty in told}
    return {
        "decided": None if answer.decided is None else rows[answer.decided.id],
        "others": [rows[duty.id] for duty in answer.others],
        "inside": [rows[duty.id] for duty in inside],
    }


def _row(duty: Duty, number: int, lie: Mapping[int, AreaRow], bodies: Mapping[int, OrganisationRow]) -> Row:
    meant = bodies.get(duty.organisation_id or 0)
    if meant is not None:
        body = local_name(meant)
    else:
        kind = ORGANISATION_KIND.get(duty.organisation_kind, duty.organisation_kind)
        level = LEVEL.get(duty.organisation_level, duty.organisation_level)
        body = gettext("%(kind)s (%(level)s)") % {"kind": kind, "level": level}
    named = local_name(class_name(duty.class_prefix))
    classes = duty.class_prefix if named == duty.class_prefix else f"{duty.class_prefix} {named}"
    return Row(number, classes, local_name(lie.get(duty.area_id or 0)), body, duty.condition, duty.note, _when(duty))


def _when(duty: Duty) -> str:
    """When a row holds, in words; empty: always."""
    told = {"months": duty.months.replace("-", "–").replace(",", gettext(", ")), "hours": duty.hours.replace("-", "–")}
    if not duty.hours:
        return gettext("in the months %(months)s") % told if duty.months else ""
    if not duty.months:
        return gettext("at the hours %(hours)s") % told
    return gettext("in the months %(months)s, at the hours %(hours)s") % told


def _limits(answer: Answer) -> list[tuple[Promise, str]]:
    """What the case would be given: the steps and how long each may take."""
    route = answer.route
    told = (
        (_("Dispatched within"), route.dispatch_limit),
        (_("Handled within"), route.handle_limit),
        (_("Checked within"), route.check_limit),
        (_("Closed within, from the report on"), route.total_limit),
    )
    return [(label, limit_words(limit)) for label, limit in told if limit]
