"""A new street without a command line: what it needs, step by step, with ticks from what is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from gezhi.contexts.areas.domain.levels import AreaLevel
from gezhi.contexts.areas.queries import AreaRow, ancestors_of, area_by_code, areas_of_level, newest_street, root
from gezhi.contexts.cases.queries import settled_at
from gezhi.contexts.organisations.queries import organisations_at
from gezhi.contexts.workforce.queries import areas_with_workers
from gezhi.interfaces.web.access import made_for
from gezhi.interfaces.web.administration.missing import names, uncovered
from gezhi.interfaces.web.audiences import actor_in
from gezhi.interfaces.web.words import ROLE, local_name
from gezhi.kernel.clock import now
from gezhi.kernel.roles import Role
from gezhi.platform.access.queries import places_of_role


@dataclass(frozen=True, slots=True)
class Task:
    """A step: ``done`` from what is there; ``words``: how it stands; ``links``: address and words of where it is done."""

    name: str
    done: bool
    words: str
    links: tuple[tuple[str, str], ...]


@require_safe
@made_for("administration")
def page(request: HttpRequest) -> HttpResponse:
    """The steps for the street that is named; for the one that was planted last where none is."""
    code = request.GET.get("street", "")[:20]
    asked = area_by_code(code) if code else None
    street = asked if asked is not None and asked.level is AreaLevel.STREET else newest_street()
    tasks = list(_tasks(street, now()))
    context = {
        "street": None if street is None else local_name(street),
        "code": "" if street is None else street.code,
        "streets": [(row.code, local_name(row)) for row in areas_of_level(AreaLevel.STREET)],
        "tasks": tasks,
        "may_change": Role.SYSTEM_ADMIN in actor_in(request).roles,
        "done": sum(task.done for task in tasks),
    }
    return render(request, "web/administration/street.html", context)


def _upload() -> tuple[str, str]:
    return reverse("work-new", args=["check_area_file"]), gettext("Upload a file of areas")


def _tasks(street: AreaRow | None, moment: datetime) -> Iterator[Task]:
    if street is None:
        city = root()
        words = gettext("None yet. Upload the districts first, then the streets, each level as a file of its own.")
        if city is None:
            words = gettext("The instance has no city yet.")
        yield Task(gettext("The street itself"), False, words, (_upload(),))
        return
    yield Task(gettext("The street itself"), True, f"{street.code} · {local_name(street)}", (_upload(),))
    yield from _parts(street, moment)
    yield from _office(street)
    yield from _people(street, moment)
    yield _duties(street, moment)


def _parts(street: AreaRow, moment: datetime) -> Iterator[Task]:
    communities = areas_of_level(AreaLevel.COMMUNITY, below=street.id)
    count = len(communities)
    words = ngettext("%(count)s community", "%(count)s communities", count) % {"count": count}
    yield Task(gettext("Its communities"), bool(communities), words, (_upload(),))
    grids = areas_of_level(AreaLevel.GRID, below=street.id)
    covered = {row.path[: len(row.path) - 4] for row in grids}
    bare = [row for row in communities if row.path not in covered]
    words = ngettext("%(count)s grid", "%(count)s grids", len(grids)) % {"count": len(grids)}
    if bare:
        words = gettext("%(grids)s; none in %(names)s") % {"grids": words, "names": names(bare)}
    cut = (reverse("work-new", args=["cut_grids"]), gettext("Have grids drawn"))
    yield Task(gettext("Its grids"), bool(grids) and not bare, words, (_upload(), cut))
    staffed = areas_with_workers(on=timezone.localdate(moment))
    without = [row for row in grids if row.id not in staffed]
    if not grids:
        words = gettext("Grids come first.")
    elif without:
        words = gettext("Without one: %(names)s") % {"names": names(without)}
    else:
        words = gettext("Each grid has one.")
    first = without[0].code if without else ""
    add = (
        f"{reverse('administration-worker-new')}?{urlencode({'area': first})}"
        if first
        else reverse("administration-workers")
    )
    link = (add, gettext("Add a worker") if first else gettext("Workers"))
    yield Task(gettext("A grid worker for each grid"), bool(grids) and not without, words, (link,))


def _office(street: AreaRow) -> Iterator[Task]:
    offices = organisations_at([street.id], kind="street_office")
    if offices:
        found = gettext(", ").join(local_name(one) for one in offices)
        link = (reverse("administration-organisation", args=[offices[0].id]), gettext("Look at it"))
        yield Task(gettext("The street office"), True, found, (link,))
        return
    query = urlencode({"area": street.code, "kind": "street_office"})
    link = (f"{reverse('administration-organisation-new')}?{query}", gettext("Add an organisation"))
    yield Task(gettext("The street office"), False, gettext("None is registered."), (link,))


def _people(street: AreaRow, moment: datetime) -> Iterator[Task]:
    for role, name in (
        (Role.STREET_DISPATCHER, gettext("Somebody who dispatches")),
        (Role.CHECKER, gettext("Somebody who checks")),
    ):
        done = not uncovered([street], places_of_role(role, now=moment))
        words = gettext("Somebody holds “%(role)s” there.") if done else gettext("Nobody holds “%(role)s” there.")
        query = urlencode({"role": role.value, "area": street.code})
        link = (f"{reverse('administration-account-new')}?{query}", gettext("Invite somebody"))
        yield Task(name, done, words % {"role": ROLE[role]}, (link,))


def _duties(street: AreaRow, moment: datetime) -> Task:
    found = settled_at(ancestors_of(street.id), now=moment)
    words = gettext("Of %(classes)s kinds of matters, %(settled)s find a body here; the others wait at the street hub.")
    links = (
        (reverse("work-new", args=["export_duty_table"]), gettext("The duty table as a workbook")),
        (reverse("work-new", args=["check_duty_file"]), gettext("Check a workbook and put it in force")),
    )
    told = words % {"classes": found.classes, "settled": found.settled}
    return Task(gettext("Who settles what"), found.settled > 0, told, links)
