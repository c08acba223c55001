"""The words for states, actions, outcomes and roles. Codes live in the domain, words live here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import english_name_of
from gezhi.contexts.cases.domain.states import (
    CHANNEL_WORDS,
    REQUEST_WORDS,
    STATUS_WORDS,
    CaseStatus,
    Channel,
    Outcome,
    Urgency,
)
from gezhi.contexts.cases.domain.transitions import TRANSITIONS
from gezhi.contexts.ground.domain.layers import RULES, Layer
from gezhi.contexts.ground.domain.words import found_as
from gezhi.contexts.powers.domain.states import STATUS_WORDS as POWER_STATUS_WORDS
from gezhi.contexts.powers.domain.transitions import TRANSITIONS as POWER_STEPS
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import Words
from gezhi.kernel.time_limits import LimitKind, parse_limit
from gezhi.platform.access.actor import HeldGrant
from gezhi.platform.access.policies import Reason
from gezhi.platform.steps.inputs import Choice
from gezhi.solvers.coverage import FindingKind

STATUS_TONE: dict[str, str] = {
    "reported": "warn",
    "verifying": "warn",
    "dispatched": "active",
    "handling": "active",
    "suspended": "plain",
    "handled": "active",
    "checked": "active",
    "closed": "good",
    "cancelled": "plain",
    "merged": "plain",
}
OUTCOME: dict[str, str | Promise] = {
    "resolved": _("Solved"),
    "partly_resolved": _("Solved in part"),
    "not_found_on_site": _("Not found on site"),
    "explained": _("Explained to the person"),
    "not_possible": _("Not possible"),
}


def said(words: Words) -> Promise:
    """Words of a table, in the reader's language when they are shown."""
    return pgettext_lazy(words.context, words.text) if words.context else gettext_lazy(words.text)


STATUS: dict[str, str | Promise] = {status.value: said(words) for status, words in STATUS_WORDS.items()}
# What waits for a second person.
REQUEST: dict[str, Promise] = {request.value: said(words) for request, words in REQUEST_WORDS.items()}
# What happened, as the history tells it.
HAPPENED: dict[str, Promise] = {action.value: said(row.happened) for action, row in TRANSITIONS.items()}
# What happened, as the reporter is told it: without the office's own words.
TOLD: dict[str, Promise] = {action.value: said(row.told_as or row.happened) for action, row in TRANSITIONS.items()}
# What is still to come, as the reporter's timeline says it.
AHEAD: dict[str, Promise] = {action.value: said(row.ahead) for action, row in TRANSITIONS.items() if row.ahead}
# What a person may do next, as a button says it.
ACTION: dict[str, Promise] = {action.value: said(row.does) for action, row in TRANSITIONS.items()}
URGENCY: dict[str, str | Promise] = {
    "urgent": _("Danger to people: act at once"),
    "serious": _("Serious"),
    "ordinary": _("Ordinary"),
}
CLOSING: dict[str, str | Promise] = {
    "forced": _("Closed by force, by decision of two"),
    "set_aside": _("Set aside as unreasonable"),
    "on_the_spot": _("Settled on the spot by whoever noticed it"),
    "with_main": _("Together with the report it goes with"),
}
VERIFIED: dict[str, str | Promise] = {
    "exists": _("The matter is there"),
    "absent": _("There is nothing of the kind"),
    "unclear": _("It can't be told"),
}
APPEAL: dict[str, str | Promise] = {
    "asked": _("asked for; the first review is due"),
    "supported": _("supported in the first review; the second is due"),
    "granted": _("granted: the delay does not count"),
    "refused": _("refused"),
}
CHANNEL: dict[str, str | Promise] = {channel.value: said(words) for channel, words in CHANNEL_WORDS.items()}
ROLE: dict[str, str | Promise] = {
    "resident": _("Resident"),
    "grid_worker": _("Grid worker"),
    "street_dispatcher": _("Street dispatcher"),
    "department_officer": _("Department officer"),
    "checker": _("Checker"),
    "operations": _("City operations"),
    "planner": _("Planner"),
    "system_admin": _("System administrator"),
    "security_admin": _("Security administrator"),
    "audit_admin": _("Audit administrator"),
    "system": _("The system"),
}
LEVEL: dict[str, str | Promise] = {
    "city": _("City"),
    "district": _("District"),
    "street": _("Street"),
    "community": _("Community"),
    "grid": _("Grid"),
}

# Kinds of places that are found by name.
PLACE_KIND: dict[str, str | Promise] = {
    **LEVEL,
    "compound": _("Residential compound"),
    "road": _("Road"),
    "river": _("River"),
    "crossing": _("Crossing"),
    "building": _("Building"),
    "entrance": _("Entrance"),
    "address": _("Address"),
    "park": _("Park"),
    "water": _("Water"),
    "station": _("Railway station"),
    "coach_station": _("Coach station"),
    "subway": _("Metro station"),
    "tram_stop": _("Tram stop"),
    "bus_stop": _("Bus stop"),
    "hospital": _("Hospital"),
    "clinic": _("Clinic"),
    "pharmacy": _("Pharmacy"),
    "government": _("Public office"),
    "police": _("Police station"),
    "fire": _("Fire station"),
    "university": _("University"),
    "school": _("School"),
    "kindergarten": _("Kindergarten"),
    "museum": _("Museum"),
    "library": _("Library"),
    "theatre": _("Theatre"),
    "worship": _("Place of worship"),
    "sports": _("Sports ground"),
    "square": _("Square"),
    "market": _("Market"),
    "mall": _("Shopping centre"),
    "shop": _("Shop"),
    "restaurant": _("Restaurant"),
    "hotel": _("Hotel"),
    "bank": _("Bank"),
    "post": _("Post office"),
    "community_centre": _("Community centre"),
    "elderly": _("Home for the elderly"),
    "toilet": _("Public toilet"),
    "parking": _("Car park"),
    "fuel": _("Filling station"),
    "other": _("Landmark"),
}

# Green and water without a name, as what one is in.
LAND_KIND: dict[str, str | Promise] = {
    "park": _("a park"),
    "wood": _("a wood"),
    "grass": _("a green"),
    "farmland": _("a field"),
    "cemetery": _("a cemetery"),
    "sports": _("a sports ground"),
    **dict.fromkeys(("river", "lake", "pool"), _("open water")),
}


def kinds_of_landmarks() -> dict[str, str]:
    """What a kind of landmark is called, in English and in Chinese → the kind."""
    found: dict[str, str] = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found |= {str(PLACE_KIND[found_as(kind)]): kind for kind in RULES[Layer.LANDMARK].kinds}
    return found


# Where something lies from something else, clockwise from the north.
TOWARDS: tuple[str | Promise, ...] = (
    _("north"),
    _("north-east"),
    _("east"),
    _("south-east"),
    _("south"),
    _("south-west"),
    _("west"),
    _("north-west"),
)

# What a check of borders finds.
FINDING: dict[str, str | Promise] = {
    FindingKind.DUPLICATE_ID: _("Code that occurs twice"),
    FindingKind.NOT_A_POLYGON: _("Not a polygon"),
    FindingKind.INVALID_RING: _("Invalid ring"),
    FindingKind.OVERLAP: _("Overlap"),
    FindingKind.GAP: _("Gap"),
    FindingKind.VANISHED: _("Nothing would be left of the area"),
    FindingKind.HOLE: _("Hole (no fault)"),
    FindingKind.MULTIPART: _("Several parts (no fault)"),
    FindingKind.UNCOVERED: _("Parent not covered (no fault)"),
}
# Some days, after what happened in them: "Reported" + …
PERIOD: dict[str, str | Promise] = {
    "today": pgettext_lazy("filter", "today"),
    "yesterday": pgettext_lazy("filter", "yesterday"),
    "last_7_days": pgettext_lazy("filter", "in the last 7 days"),
    "last_30_days": pgettext_lazy("filter", "in the last 30 days"),
    "this_week": pgettext_lazy("filter", "this week"),
    "last_week": pgettext_lazy("filter", "last week"),
    "this_month": pgettext_lazy("filter", "this month"),
    "last_month": pgettext_lazy("filter", "last month"),
    "over_7_days": pgettext_lazy("filter", "over 7 days ago"),
    "over_30_days": pgettext_lazy("filter", "over 30 days ago"),
}

# What a deadline is for, by where the case stands: words when it is past, and before.
_TO_HANDLE = (_("%(span)s overdue for handling"), _("%(span)s left to handle"))
DUE: dict[str, tuple[Promise, Promise]] = {
    "": (_("%(span)s overdue"), _("%(span)s left")),
    "reported": (_("%(span)s overdue for dispatch"), _("%(span)s left to dispatch")),
    "verifying": (_("%(span)s overdue for verification"), _("%(span)s left to verify")),
    "dispatched": _TO_HANDLE,
    "handling": _TO_HANDLE,
    "handled": (_("%(span)s overdue for the check"), _("%(span)s left to check")),
    "checked": (_("%(span)s overdue for closing"), _("%(span)s left to close")),
}

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
STAGE: dict[str, str | Promise] = {
    "before": _("Before"),
    "after": _("After"),
    "check": _("At the check"),
    "added": _("Added later"),
}


def english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "").startswith("en")


def in_a_row(names: Sequence[str]) -> str:
    """Names one after the other, as an address has them in the reader's language."""
    return (", " if english() else " ").join(names)


def in_language(name: str, name_en: str) -> str:
    """The one of two names that the reader reads; what has no English name keeps its Chinese one."""
    return (name_en if english() else "") or name


def local_name(thing: Any) -> str:
    """The name of a body, a class or an area in the reader's language where it has one (``name``, ``name_en``)."""
    return "" if thing is None else in_language(thing.name, getattr(thing, "name_en", ""))


def other_name(thing: Any) -> str:
    """The name that ``local_name`` does not take; empty where a thing has one alone."""
    other = thing.name if english() else thing.name_en
    return "" if other == local_name(thing) else other


def place_of_grant(grant: HeldGrant) -> str:
    """The area of an office, in the reader's language."""
    return in_language(grant.area_name, english_name_of(grant.area_id)) if english() else grant.area_name


def day_of_month(local: date, *, english: bool) -> str:
    """11月22日, 22 Nov."""
    return f"{local.day} {MONTHS[local.month - 1][:3]}" if english else f"{local.month}月{local.day}日"


def day_of(local: date, *, english: bool) -> str:
    """2026年11月22日, or 22 November 2026."""
    if english:
        return f"{local.day} {MONTHS[local.month - 1]} {local.year}"
    return f"{local.year}年{local.month}月{local.day}日"


def date_words(moment: datetime) -> str:
    """2026年11月22日, or 22 November 2026, local."""
    return day_of(timezone.localtime(moment), english=english())


def of_stage(stage: Any) -> str:
    """When a picture was taken, in words."""
    return str(STAGE.get(str(stage), stage))


def of_status(status: Any) -> str:
    """A state in words."""
    return str(STATUS.get(str(status), status))


def of_outcome(outcome: Any) -> str:
    """An outcome in words."""
    return str(OUTCOME.get(str(outcome), outcome))


_OF_A_MEMBER: dict[type[Enum], Mapping[str, str | Promise]] = {
    AreaLevel: LEVEL,
    CaseStatus: STATUS,
    Channel: CHANNEL,
    Outcome: OUTCOME,
    Role: ROLE,
    Urgency: URGENCY,
}


def of_member(member: Enum) -> str:
    """A member of an enumeration in words; one without words is a name of its own (``WGS84``)."""
    value = str(member.value)
    return str(_OF_A_MEMBER.get(type(member), {}).get(value, value.upper()))


def names_of(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    """Choices as a form has them."""
    return [(one.value, str(said(one.label)) if isinstance(one.label, Words) else one.label) for one in choices]


_OF_A_REASON: dict[str, Mapping[str, str | Promise]] = {
    "role": ROLE,
    "status": {**STATUS, **{status.value: said(words) for status, words in POWER_STATUS_WORDS.items()}},
    "action": {**{action.value: said(row.does) for action, row in POWER_STEPS.items()}, **ACTION},
}


def of_reason(reason: Reason) -> str:
    """A step of the way to a decision, in the reader's language, with the values' own words."""
    values = {name: _OF_A_REASON.get(name, {}).get(value, value) for name, value in reason.values.items()}
    words = gettext(reason.words) % values
    return words.replace("、", ", ") if english() else words


# What a duty row may name instead of one organisation.
ORGANISATION_KIND: dict[str, Promise] = {
    "urban_management": _("Urban management and law enforcement"),
    "housing": _("Housing and construction"),
    "public_security": _("Public security"),
    "market_regulation": _("Market regulation"),
    "civil_affairs": _("Civil affairs"),
    "emergency": _("Emergency management"),
    "water": _("Water affairs"),
    "landscape": _("Parks and greenery"),
    "sanitation": _("Sanitation"),
    "transport": _("Transport"),
    "ecology": _("Environment"),
    "justice": _("Justice"),
    "agriculture": _("Agriculture"),
    "utility": _("Water, power, gas, heat and telecom companies"),
    "street_office": _("Street office or town government"),
    "community_committee": _("Community or village committee"),
    "law_firm": _("Law firms and legal services"),
    "other": pgettext_lazy("organisation", "Other"),
}
POWER_STATUS: dict[str, Promise] = {status.value: said(words) for status, words in POWER_STATUS_WORDS.items()}
_LIMIT: dict[LimitKind, Promise] = {
    LimitKind.URGENT_HOUR: ngettext_lazy("%(count)s hour, at night too", "%(count)s hours, at night too", "plural"),
    LimitKind.WORK_HOUR: ngettext_lazy("%(count)s working hour", "%(count)s working hours", "plural"),
    LimitKind.WORK_DAY: ngettext_lazy("%(count)s working day", "%(count)s working days", "plural"),
    LimitKind.NATURAL_DAY: ngettext_lazy("%(count)s day, holidays too", "%(count)s days, holidays too", "plural"),
}


def limit_words(text: str) -> str:
    """A time limit of a table (``4WH``) in words; one that cannot be read as it stands."""
    try:
        limit = parse_limit(text)
    except ValueError:
        return text
    # Languages count by whole numbers: of a part of one, by the next.
    return str(_LIMIT[limit.kind] % {"count": f"{limit.amount:g}", "plural": math.ceil(limit.amount)})
