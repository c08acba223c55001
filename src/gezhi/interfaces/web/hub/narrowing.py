"""What the hub's list can be narrowed to, in one form, and how many cases it holds then."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.cases.domain.states import Channel
from gezhi.contexts.cases.queries import CASES, class_table, count_cases_up_to
from gezhi.contexts.organisations.queries import OrganisationRow, all_organisations
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.audiences import actor_in, cases_name
from gezhi.interfaces.web.casework.listing import FROM_MAP, read_address
from gezhi.interfaces.web.casework.queues import SORTED
from gezhi.interfaces.web.hub.views import first_queue
from gezhi.interfaces.web.partial import is_partial
from gezhi.interfaces.web.street_names import street_names
from gezhi.interfaces.web.words import CHANNEL, PERIOD, local_name
from gezhi.kernel.clock import now
from gezhi.kernel.reading import row_id
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.addresses import Pairs

# What is counted beyond this says only "more".
_COUNTED = 1_000
# What the form asks for: of an area the finest that was chosen counts.
_LISTS = ("community", "street")
_FIELDS = ("class_prefix", "organisation_id", "channel", "reported_in")
_FLAGS = ("overdue", "urgent", "needs_attention", "returned", "reworked", "unassigned")


@require_safe
@made_for("hub")
def panel(request: HttpRequest) -> HttpResponse:
    """The form; alone for the list that it is laid over, else as a page."""
    actor, moment = actor_in(request), now()
    asked = read_address(request.GET, actor, now=moment, default=first_queue(actor))
    beyond = asked.beyond
    area = areas.area(beyond.area[1]) if beyond.area else None
    chosen = {area.level: area.id} if area is not None else {}
    partial = is_partial(request)
    context = {
        "heading": cases_name(actor.roles),
        "queue": asked.queue,
        "kept": [pair for pair in _pairs(request) if CASES.names.get(pair[0]) not in _NARROWED],
        "mapped": FROM_MAP in request.GET,
        "groups": class_table().groups,
        "class_prefix": beyond.class_prefix,
        "places": _places(actor),
        "chosen_areas": chosen,
        "bodies": [(body.id, local_name(body)) for body in _bodies(actor)],
        "body": beyond.organisation_id,
        "channels": [(channel.value, CHANNEL[channel.value]) for channel in Channel],
        "channel": beyond.channels[0].value if beyond.channels else "",
        "periods": PERIOD.items(),
        "period": "" if beyond.reported_in is None else beyond.reported_in.period.value,
        "flags": [(name, words, _is_on(beyond, name)) for name, words in _flag_words().items()],
        "sort": asked.sort,
        "sorts": list(SORTED.items()),
        "partial": partial,
    }
    return render(request, "web/hub/panel_form.html" if partial else "web/hub/panel_page.html", context)


@require_safe
@made_for("hub")
def narrow(request: HttpRequest) -> HttpResponse:
    """To the address of the list that the form asks for, without what was left open."""
    asked = request.GET
    pairs: Pairs = [("queue", asked.get("queue", "all"))]
    if asked.get("sort"):
        pairs.append(("sort", asked["sort"]))
    pairs += [pair for pair in _pairs(request) if CASES.names.get(pair[0]) not in _NARROWED]
    pairs += [(name, asked[name].strip()) for name in (*_FIELDS, *_FLAGS) if asked.get(name, "").strip()]
    level = next((name for name in _LISTS if row_id(asked.get(name, "")) is not None), "")
    if level:
        pairs += [("area_level", level), ("area_id", asked[level].strip())]
    home = reverse("hub-map" if FROM_MAP in asked else "hub")
    return redirect(f"{home}?{urlencode(pairs)}")


@require_safe
@made_for("hub")
def total(request: HttpRequest) -> HttpResponse:
    """How many cases the list holds, in words; beyond a thousand it says so."""
    actor, moment = actor_in(request), now()
    asked = read_address(request.GET, actor, now=moment, default=first_queue(actor))
    count = count_cases_up_to(actor, filters=asked.filters, most=_COUNTED + 1)
    words = (
        _("more than %(count)s cases") % {"count": _COUNTED}
        if count > _COUNTED
        else ngettext("%(count)s case", "%(count)s cases", count) % {"count": count}
    )
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


def _pairs(request: HttpRequest) -> Pairs:
    return [
        (name, text) for name, texts in request.GET.lists() if name in CASES.names for text in texts if text.strip()
    ]


# The filters that the form shows: it says all of them, so that an empty field takes one away.
_NARROWED = frozenset(
    {CASES.names[name] for name in (*_FIELDS, *_FLAGS, *_LISTS)} | {CASES.names["area_level"], CASES.names["area_id"]}
)


def _is_on(beyond: object, name: str) -> bool:
    return bool(getattr(beyond, CASES.names[name]))


def _flag_words() -> dict[str, str]:
    return {
        "overdue": _("Overdue"),
        "urgent": _("Urgent"),
        "needs_attention": _("Needs attention"),
        "returned": _("Returned before"),
        "reworked": _("Done over before"),
        "unassigned": pgettext("filter", "With nobody yet"),
    }


def _places(actor: Actor) -> list[tuple[int, str, list[areas.AreaRow]]]:
    """The streets that the person works for, id and name, each with its communities. Four queries for each office that is held."""
    streets: dict[str, areas.AreaRow] = {}
    communities: dict[str, areas.AreaRow] = {}
    for area_id in dict.fromkeys(grant.area_id for grant in actor.grants):
        streets |= {area.path: area for area in areas.areas_of_level(AreaLevel.STREET, below=area_id)}
        communities |= {area.path: area for area in areas.areas_of_level(AreaLevel.COMMUNITY, below=area_id)}
    within: dict[str, list[areas.AreaRow]] = {path: [] for path in streets}
    for path, area in communities.items():
        # A community lies right below its street.
        for start in (path[:length] for length in {len(street) for street in streets}):
            if start in within:
                within[start].append(area)
    names = street_names({street.id: street for street in streets.values()})
    return [(street.id, names[street.id], within[path]) for path, street in sorted(streets.items())]


def _bodies(actor: Actor) -> list[OrganisationRow]:
    """The bodies whose cases the person may see: those of the areas above and below that they work for."""
    paths = [areas.path_of(area_id) or "" for area_id in dict.fromkeys(grant.area_id for grant in actor.grants)]
    bodies = all_organisations()
    there = areas.areas_by_id({body.area_id for body in bodies})
    return [
        body
        for body in bodies
        if any(_on_one_line(there[body.area_id].path, path) for path in paths if body.area_id in there)
    ]


def _on_one_line(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
