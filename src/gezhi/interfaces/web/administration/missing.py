"""What is missing for the city to run, in words, each with the page that mends it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import AreaRow, areas_of_level, root
from gezhi.contexts.cases.queries import class_table, duty_versions
from gezhi.contexts.escalation.queries import escalation_versions
from gezhi.contexts.organisations.queries import all_organisations
from gezhi.contexts.workforce.queries import areas_with_workers
from gezhi.interfaces.web.words import ROLE, local_name
from gezhi.kernel.roles import SEPARATE_ADMINS, Role
from gezhi.platform.access.necessary import lasting_holders
from gezhi.platform.access.queries import count_asked, places_of_role
from gezhi.platform.accounts.queries import count_asked_links
from gezhi.platform.worktime.plan import calendar_of
from gezhi.platform.worktime.queries import plan_in_force

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is missing. ``address``: where it is mended; ``link``: what the link says; ``stops``: without it nothing
    runs there; ``mender``: who mends it."""

    words: str
    address: str
    link: str
    stops: bool = True
    mender: Role = Role.SYSTEM_ADMIN


def missing_in_city(now: datetime) -> list[Missing]:
    """All that is missing, what stops work first. A dozen queries, however large the city is."""
    found = [*_areas(), *_tables(), *_calendar(now), *_people(now)]
    return sorted(found, key=lambda one: not one.stops)


def names(rows: Iterable[AreaRow]) -> str:
    """The first three names, and that there are more."""
    all_rows = list(rows)
    told = gettext(", ").join(local_name(row) for row in all_rows[:_NAMED])
    rest = len(all_rows) - _NAMED
    return told if rest <= 0 else gettext("%(names)s and %(count)s more") % {"names": told, "count": rest}


def uncovered(rows: Iterable[AreaRow], held: set[str]) -> list[AreaRow]:
    """The areas in which nobody holds a role, neither there nor above. ``held``: the paths where somebody does."""
    return [row for row in rows if not any(row.path[:end] in held for end in range(4, len(row.path) + 1, 4))]


def _areas() -> Iterator[Missing]:
    street = reverse("administration-street")
    if root() is None:
        yield Missing(gettext("The instance has no city yet."), street, gettext("Set up areas"))
        return
    for level, words in (
        (AreaLevel.STREET, gettext("The city has no streets yet.")),
        (AreaLevel.COMMUNITY, gettext("The city has no communities yet.")),
        (AreaLevel.GRID, gettext("The city has no grids yet: reports reach no grid worker.")),
    ):
        if not areas_of_level(level):
            yield Missing(words, street, gettext("Set up areas"))


def _tables() -> Iterator[Missing]:
    if not class_table().groups:
        yield Missing(
            gettext("No class table is in force: nothing can be reported."),
            reverse("work-new", args=["check_class_file"]),
            gettext("Import a class table"),
        )
    if not any(one.in_force for one in duty_versions()):
        yield Missing(
            gettext("No duty table is in force: every case waits at the hub."),
            reverse("work-new", args=["check_duty_file"]),
            gettext("Import a duty table"),
        )
    if not any(one.in_force for one in escalation_versions()):
        yield Missing(
            gettext("No rules of reminding are in force: nobody is told of a deadline."),
            reverse("notices-rules"),
            gettext("See the rules"),
            stops=False,
        )


def _calendar(now: datetime) -> Iterator[Missing]:
    known = calendar_of(plan_in_force().plan, ZoneInfo(settings.TIME_ZONE)).known_years
    local = timezone.localtime(now)
    # A plan of the next year comes out in November.
    years = (local.year, local.year + 1) if local.month >= 11 else (local.year,)
    for year in years:
        if year not in known:
            words = gettext("The calendar of %(year)s has no plan: deadlines in it are provisional.")
            address = f"{reverse('calendar')}?year={year}"
            yield Missing(words % {"year": year}, address, gettext("See the calendar"), stops=False)


def _people(now: datetime) -> Iterator[Missing]:
    accounts = reverse("administration-accounts")
    for role in sorted(SEPARATE_ADMINS):
        if not lasting_holders(role):
            words = gettext("Nobody holds “%(role)s” for the whole city without an end.") % {"role": ROLE[role]}
            yield Missing(words, accounts, gettext("Accounts"), mender=Role.SECURITY_ADMIN)
    asked = count_asked()
    if asked:
        words = ngettext("%(count)s role waits for an answer.", "%(count)s roles wait for an answer.", asked)
        yield Missing(
            words % {"count": asked}, f"{accounts}?asked=on", gettext("Answer"), stops=False, mender=Role.SECURITY_ADMIN
        )
    links = count_asked_links()
    if links:
        words = ngettext("%(count)s new link waits for an answer.", "%(count)s new links wait for an answer.", links)
        yield Missing(
            words % {"count": links}, f"{accounts}?asked=on", gettext("Answer"), stops=False, mender=Role.SECURITY_ADMIN
        )
    streets = areas_of_level(AreaLevel.STREET)
    new = reverse("administration-account-new")
    for role in (Role.STREET_DISPATCHER, Role.CHECKER):
        bare = uncovered(streets, places_of_role(role, now=now))
        if bare:
            words = gettext("Nobody holds “%(role)s” at: %(names)s.") % {"role": ROLE[role], "names": names(bare)}
            yield Missing(words, new, gettext("Invite somebody"))
    seats = {body.area_id for body in all_organisations() if body.kind == "street_office"}
    homeless = [row for row in streets if row.id not in seats]
    if homeless:
        words = gettext("No street office is registered for: %(names)s.") % {"names": names(homeless)}
        yield Missing(words, reverse("administration-organisation-new"), gettext("Add an organisation"))
    staffed = areas_with_workers(on=timezone.localtime(now).date())
    bare_grids = [row for row in areas_of_level(AreaLevel.GRID) if row.id not in staffed]
    if bare_grids:
        words = ngettext(
            "%(count)s grid has no grid worker: %(names)s.",
            "%(count)s grids have no grid worker: %(names)s.",
            len(bare_grids),
        )
        told = words % {"count": len(bare_grids), "names": names(bare_grids)}
        yield Missing(told, reverse("administration-worker-new"), gettext("Add a worker"), stops=False)
