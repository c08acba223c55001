"""Report in three steps: where, what, and (optional) pictures and contact. Nothing is kept until it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.domain.report import MAX_DESCRIPTION
from gezhi.contexts.cases.domain.states import Channel
from gezhi.contexts.cases.queries import (
    ClassName,
    Nearby,
    class_name,
    class_table,
    fallback_class,
    nearby_alike,
    nearby_open,
    suggest_classes_to_anybody,
)
from gezhi.contexts.cases.use_cases import Contact
from gezhi.interfaces import problem
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.photo_place import ANSWER, ASKED, USE, PhotoPlace, photo_place
from gezhi.interfaces.web.pictures import FormPictures, hold, pictures_of
from gezhi.interfaces.web.posted import posted_from
from gezhi.interfaces.web.reporting import SHOWN_AT, send_report
from gezhi.interfaces.web.resident.forms import (
    MOST_SOUGHT,
    NONE_OF_THESE,
    FinishForm,
    PlaceForm,
    SoughtPlaceForm,
    WordsForm,
)
from gezhi.interfaces.web.views.maps import areas_down_to, found_places, names_of, place_lists, point_words, start_box
from gezhi.kernel.clock import now
from gezhi.kernel.errors import Conflict, InvalidInput, Unavailable

# The second step's button that sends the report without the third.
STRAIGHT = "straight"


@require_safe
def where(request: HttpRequest) -> HttpResponse:
    """Step 1: where is it? Comes back with an error when the form was sent without a place."""
    # Without a script the lists are filled one after the other: a choice of the first is no mistake, but half the way.
    halfway = halfway_to_a_place(request.GET)
    # The button beside the search field asks for places, and sends the same form.
    searched = "find" in request.GET
    asked = "go" in request.GET and not halfway and not searched
    form = SoughtPlaceForm(request.GET) if asked else SoughtPlaceForm(initial=request.GET.dict())
    if asked and form.is_valid() and place_told(form.cleaned_data):
        query = request.GET.copy()
        query.pop("go")
        return redirect(f"/report/what?{query.urlencode()}")
    if asked and form.is_valid():
        form.add_error("lon", problem.words(InvalidInput("outside_city", "outside the city")))
        # The map begins with the city again.
        elsewhere = request.GET.copy()
        elsewhere["lon"] = elsewhere["lat"] = ""
        form.data = elsewhere
    lists = place_lists(request.GET.get("district"), request.GET.get("street"), request.GET.get("community"))
    # Whoever typed a name and chose none of what it finds is shown that, beside what is missing.
    sought = searched or (asked and bool(request.GET.get("q", "").strip()) and not form["lon"].value())
    found = found_places(request) if sought else {}
    context = {
        "form": form,
        "typed_before": request.GET.get("q", "")[:MOST_SOUGHT],
        "halfway": halfway and not searched,
        "start": start_box(actor_in(request)),
        # Without a map nothing else says which place was chosen among those found.
        "place_name": "" if asked or searched else _chosen(request.GET),
        **lists,
        **found,
    }
    return render(request, "web/resident/where.html", context, status=422 if asked else 200)


def _chosen(query: QueryDict) -> str:
    """The place that an address of this step names, in words; empty where it names none."""
    place = PlaceForm(query)
    return place_told(place.cleaned_data) if place.is_valid() else ""


def halfway_to_a_place(query: QueryDict) -> bool:
    """Whether a larger area was chosen from the lists, and nothing in it yet: without a script they are filled one by one."""
    has_point = query.get("lon") and query.get("lat")
    return bool(not has_point and not query.get("community") and (query.get("district") or query.get("street")))


@require_safe
def what(request: HttpRequest) -> HttpResponse:
    """Step 2: what is it? Tells first what is already open close by."""
    place = SoughtPlaceForm(request.GET)
    if not place.is_valid() or not place_told(place.cleaned_data):
        # The first step says what is wrong with the place, by the same questions; without one it asks for it.
        again = request.GET.copy()
        again["go"] = "1"
        return redirect(f"/report?{again.urlencode()}" if len(again) > 1 else "report")
    form = WordsForm(initial=place.cleaned_data)
    return render(request, "web/resident/what.html", _what_context(form, place.cleaned_data))


@posted_from("report")
def finish(request: HttpRequest) -> HttpResponse:
    """Step 3: pictures and contact, both optional. Nothing has been kept so far.

    The step may be asked for again with all that it holds, for another language: its key, the contact, and the pictures,
    which are held as after an error.
    """
    words = WordsForm(request.POST)
    if not words.is_valid():
        return render(request, "web/resident/what.html", _what_context(words, words.cleaned_data), status=422)
    data, post = words.cleaned_data, request.POST
    carried = {name: post.get(name, "") for name in ("name", "phone", "class_asked")}
    form = FinishForm(initial={**data, **carried, "key": _uuid(post.get("key", "")) or uuid4()})
    context, found = _finish_context(form, data, post), pictures_of(request, now=now())
    if found.pictures or found.fault:
        context["held"] = hold(request, found, now=now())
        context["photo_error"] = problem.words(found.fault) if found.fault else ""
    return render(request, "web/resident/finish.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@posted_from("report")
def send(request: HttpRequest) -> HttpResponse:
    """Send the report; its own page shows the follow code and what happens now. Asks once about the place of a picture.

    Whatever is wrong, the pictures that came with the form stay with it. The second step may send it straight away, with the
    key that its button has.
    """
    post = request.POST.copy()
    if straight := post.get(STRAIGHT):
        post["key"] = straight
        words = WordsForm(post)
        if not words.is_valid():
            return render(request, "web/resident/what.html", _what_context(words, words.cleaned_data), status=422)
    form, found = FinishForm(post), pictures_of(request, now=now())
    context: dict[str, Any] = {}
    status = 422 if found.fault is None else problem.status(found.fault)
    if form.is_valid() and found.fault is None:
        data = form.cleaned_data
        asked = _ask_place(request, data, found)
        if asked is not None:
            context, status = {"photo_place": asked}, 200
        else:
            try:
                return redirect(f"/follow/{_send(request, data, found)}?sent=1")
            except (InvalidInput, Conflict, Unavailable) as error:
                field = SHOWN_AT.get(error.field or "", error.field)
                form.add_error(field if field in form.fields else None, problem.words(error))
                status = problem.status(error)
    context["held"] = hold(request, found, now=now())
    if fault := found.fault:
        context["photo_error"] = problem.words(fault)
    return render(
        request,
        "web/resident/finish.html",
        _finish_context(form, form.cleaned_data, request.POST) | context,
        status=status,
    )


def _ask_place(request: HttpRequest, data: dict[str, Any], found: FormPictures) -> PhotoPlace | None:
    """What to ask about the place of a picture; None where it is settled. The answer to 'use it' moves the mark."""
    place = photo_place(found.pictures, lon=data["lon"], lat=data["lat"])
    if place is None or not (request.POST.get(ANSWER) or request.POST.get(ASKED)):
        return place
    if request.POST.get(ANSWER) == USE and place.name:
        data["lon"], data["lat"] = place.lon, place.lat
    return None


def _send(request: HttpRequest, data: Mapping[str, Any], found: FormPictures) -> str:
    """File the report; returns its code. Raises what ``report_case`` raises."""
    contact = Contact(name=data["name"], phone=data["phone"])
    # Whoever chose nothing is not guessed at: the hub classes it.
    code = data["class_code"] or fallback_class()
    return send_report(request, data, found, class_code=code, channel=Channel.WEB, contact=contact).follow_code


@require_GET
def nearby(request: HttpRequest) -> HttpResponse:
    """What is already open near the mark."""
    place = PlaceForm(request.GET)
    found = _similar(place.cleaned_data) if place.is_valid() else []
    return render(request, "web/resident/nearby.html", {"similar": found})


@require_GET
def classes(request: HttpRequest) -> HttpResponse:
    """The classes that the words so far speak of."""
    text = request.GET.get("description", "")[:MAX_DESCRIPTION]
    context = {
        "suggested": suggest_classes_to_anybody(text),
        "chosen": request.GET.get("class_code", ""),
        "none": NONE_OF_THESE,
    }
    return render(request, "web/resident/classes.html", context)


def place_told(data: Mapping[str, Any]) -> str:
    """The place in words; empty where it is none of this city."""
    if data.get("lon") is not None and data.get("lat") is not None:
        lon, lat = data["lon"], data["lat"]
        return point_words(lon, lat, areas.locate(lon, lat))
    if data.get("community") and areas.area(data["community"]) is not None:
        return names_of(areas_down_to(areas.ancestors_of(data["community"])))
    return ""


@dataclass(frozen=True, slots=True)
class _Similar:
    """An open case close by, with the name of its class."""

    case: Nearby
    class_name: ClassName


def _similar(data: Mapping[str, Any]) -> list[_Similar]:
    if data.get("lon") is None or data.get("lat") is None:
        return []
    found = nearby_open(lon=data["lon"], lat=data["lat"], now=now())
    return [_Similar(case, class_name(case.class_code)) for case in found]


def _alike(data: Mapping[str, Any], class_codes: list[str]) -> list[_Similar]:
    """What is open close by and may be what is about to be reported."""
    if data.get("lon") is None or data.get("lat") is None:
        return []
    found = nearby_alike(class_codes, lon=data["lon"], lat=data["lat"], now=now())
    return [_Similar(case, class_name(case.class_code)) for case in found]


def _what_context(form: WordsForm, data: Mapping[str, Any]) -> dict[str, Any]:
    posted = form.data
    text = data.get("description") or posted.get("description", "")[:MAX_DESCRIPTION]
    return {
        "form": form,
        "place_name": place_told(data),
        "similar": _similar(data),
        "suggested": suggest_classes_to_anybody(text) if text else [],
        "chosen": posted.get("class_code", ""),
        "listed": posted.get("class_from_list", ""),
        "page_address": _address("report-what", data),
        "place_address": _address("report", data),
        "none": NONE_OF_THESE,
        "class_table": class_table(),
        "key": uuid4(),
    }


def _finish_context(form: FinishForm, data: Mapping[str, Any], post: QueryDict) -> dict[str, Any]:
    """What the last step shows. Nobody may have been asked for the class: without a script the words are first read here."""
    code, text = data.get("class_code") or "", data.get("description") or ""
    asks = bool(post.get("class_asked")) or not code
    suggested = suggest_classes_to_anybody(text) if asks else []
    return {
        "form": form,
        "alike": _alike(data, [code] if code else [entry.code for entry in suggested]),
        "place_name": place_told(data),
        "mark": None if data.get("lon") is None or data.get("lat") is None else data,
        "class": class_name(code) if code and not suggested else None,
        "description": text,
        "suggested": suggested,
        "chosen": post.get("class_code", ""),
        "none": NONE_OF_THESE,
        "page_address": _address("report-what", data),
        "place_address": _address("report", data),
    }


def _address(step: str, data: Mapping[str, Any]) -> str:
    """A step's own address with the place, for whoever comes back to it, or asks for the page of a form that was sent."""
    names = ("lon", "lat", "community", "address", "q")
    known = {name: data[name] for name in names if data.get(name) is not None and (name != "q" or data[name])}
    return f"{reverse(step)}?{urlencode(known)}"
