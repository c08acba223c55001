"""Where administration begins: what is missing, and what each of the administrators and city operations keep here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gezhi.contexts.areas.queries import count_areas
from gezhi.contexts.cases.queries import (
    class_versions,
    count_templates,
    duty_versions,
    rules_versions,
)
from gezhi.contexts.escalation.queries import escalation_versions
from gezhi.contexts.organisations.queries import count_organisations
from gezhi.contexts.workforce.queries import count_in_post
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.administration.asking import Words
from gezhi.interfaces.web.administration.missing import Missing, missing_in_city
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.words import ROLE
from gezhi.kernel.clock import now
from gezhi.kernel.roles import SEPARATE_ADMINS, Role
from gezhi.platform.accounts.queries import AccountState, count_by_state
from gezhi.platform.worktime.queries import plan_in_force

_SYSTEM, _SECURITY = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN
_ALL = frozenset({*SEPARATE_ADMINS, Role.OPERATIONS})


@dataclass(frozen=True, slots=True)
class Tile:
    """Something that is kept here. ``state``: how it stands; ``keeps``: the roles that change it; ``sees``: those that it is
    shown to."""

    name: Words
    state: str
    address: str
    keeps: frozenset[Role]
    sees: frozenset[Role] = _ALL


@dataclass(frozen=True, slots=True)
class Shown:
    """A tile as somebody sees it: ``mine``: whether that person changes it."""

    tile: Tile
    mine: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Something that is missing as somebody sees it: ``mine``: whether that person mends it, else who does."""

    one: Missing
    mine: bool
    mender: str


@require_safe
@made_for("administration")
def page(request: HttpRequest) -> HttpResponse:
    """The list of what is missing, and the tiles of the person's roles, those that the person changes first."""
    roles, moment = actor_in(request).roles, now()
    shown = [Shown(tile, bool(tile.keeps & roles)) for tile in _tiles(timezone.localdate(moment)) if tile.sees & roles]
    context = {
        "missing": [Told(one, one.mender in roles, str(ROLE[one.mender])) for one in missing_in_city(moment)],
        "own": [one.tile for one in shown if one.mine],
        "others": [one.tile for one in shown if not one.mine],
    }
    return render(request, "web/administration/start.html", context)


def _tiles(today: date) -> Iterator[Tile]:
    yield from _people(today)
    yield from _tables()


def _people(today: date) -> Iterator[Tile]:
    counts = count_by_state()
    open_ones = counts[AccountState.ACTIVE] + counts[AccountState.NEVER]
    words = ngettext("%(count)s account", "%(count)s accounts", open_ones) % {"count": open_ones}
    if counts[AccountState.NEVER]:
        words = gettext("%(accounts)s, %(never)s never signed in") % {
            "accounts": words,
            "never": counts[AccountState.NEVER],
        }
    # A grant asks for an account, and an account for a grant: both see the list.
    yield Tile(
        _("Accounts and roles"),
        words,
        reverse("administration-accounts"),
        frozenset({_SYSTEM, _SECURITY}),
        SEPARATE_ADMINS,
    )
    bodies = count_organisations()
    words = ngettext("%(count)s organisation", "%(count)s organisations", bodies) % {"count": bodies}
    yield Tile(_("Organisations"), words, reverse("administration-organisations"), frozenset({_SYSTEM}))
    workers = count_in_post(on=today)
    words = ngettext("%(count)s person in post", "%(count)s people in post", workers) % {"count": workers}
    yield Tile(_("Workers"), words, reverse("administration-workers"), frozenset({_SYSTEM}))
    areas = count_areas()
    words = gettext("%(streets)s streets, %(communities)s communities, %(grids)s grids") % {
        "streets": areas["street"],
        "communities": areas["community"],
        "grids": areas["grid"],
    }
    yield Tile(_("A new street"), words, reverse("administration-street"), frozenset({_SYSTEM}))
    yield Tile(
        _("Hand over cases"),
        gettext("of people who have left or are away"),
        reverse("administration-hand-over"),
        frozenset({Role.OPERATIONS}),
        frozenset({Role.OPERATIONS}),
    )
    yield Tile(
        _("Permission check"),
        gettext("why somebody may or may not"),
        reverse("access-explain"),
        SEPARATE_ADMINS,
        SEPARATE_ADMINS,
    )
    yield Tile(
        _("Record of changes"),
        gettext("who changed what, and when"),
        reverse("administration-record"),
        frozenset({Role.AUDIT_ADMIN}),
        frozenset({Role.AUDIT_ADMIN}),
    )


def _tables() -> Iterator[Tile]:
    system, classes = frozenset({_SYSTEM}), class_versions()
    yield Tile(
        _("Class table"),
        _state([one.name for one in classes if one.in_force]),
        reverse("administration-tables"),
        system,
    )
    duties = [_version(one.number, one.name) for one in duty_versions() if one.in_force]
    yield Tile(_("Duty table"), _state(duties), reverse("administration-tables"), system)
    number = plan_in_force().number
    words = _version(number, "") if number else gettext("the national notices alone")
    yield Tile(_("Calendar"), words, reverse("calendar"), system)
    rules = [_version(one.number, one.name) for one in escalation_versions() if one.in_force]
    yield Tile(_("Reminders and escalation"), _state(rules), reverse("notices-rules"), system)
    flow = [_version(one.number, one.name) for one in rules_versions() if one.in_force]
    words = flow[0] if flow else gettext("the program's own values")
    yield Tile(_("Rules of the workflow"), words, reverse("administration-rules"), system)
    count = count_templates()
    words = ngettext("%(count)s template", "%(count)s templates", count) % {"count": count}
    yield Tile(_("Answer templates"), words, reverse("administration-templates"), frozenset({Role.OPERATIONS}))
    yield Tile(
        _("What is kept how long"), gettext("with the reason of each"), reverse("administration-retention"), system
    )


def _version(number: int, name: str) -> str:
    words = gettext("version %(number)s") % {"number": number}
    return f"{words} · {name}" if name else words


def _state(in_force: list[str]) -> str:
    return in_force[0] if in_force else gettext("none in force")
