"""Reads of the workforce context."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth import get_user_model
from django.db.models import Count, Q, QuerySet

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.workforce.models import Worker
from gezhi.platform.kept import KeptByKey
from gezhi.platform.prepared import Prepared


@dataclass(frozen=True)
class WorkerRow:
    """A worker as other contexts see one."""

    id: int
    code: str
    name: str
    post: str
    user_id: int | None
    organisation_id: int | None
    area_id: int
    phone: str


GRID_WORKER = Worker.Post.GRID_WORKER.value
_FIELDS = ("id", "code", "name", "post", "user_id", "organisation_id", "area_id", "phone")


def _active(on: date | None) -> QuerySet[Worker]:
    """Workers in post on a day (the last day counts); without a day, those whose post has no end."""
    if on is None:
        return Worker.objects.filter(active_to__isnull=True)
    return Worker.objects.filter(Q(active_to__isnull=True) | Q(active_to__gte=on), active_from__lte=on)


def _rows(workers: QuerySet[Worker]) -> list[WorkerRow]:
    return [WorkerRow(*values) for values in workers.values_list(*_FIELDS)]


def responsible_worker(grid_id: int, *, on: date | None = None) -> WorkerRow | None:
    """The grid worker who answers for a grid: of several, the one longest in the post."""
    workers = _active(on).filter(area_id=grid_id, post=Worker.Post.GRID_WORKER).order_by("active_from", "id")
    return next(iter(_rows(workers[:1])), None)


def responsible_workers(grid_ids: Iterable[int], *, on: date | None = None) -> dict[int, WorkerRow]:
    """``responsible_worker`` of many grids in one query; a grid without one is left out."""
    workers = _active(on).filter(area_id__in=set(grid_ids), post=Worker.Post.GRID_WORKER)
    found: dict[int, WorkerRow] = {}
    for row in _rows(workers.order_by("active_from", "id")):
        found.setdefault(row.area_id, row)
    return found


def worker(worker_id: int) -> WorkerRow | None:
    """The worker with this id."""
    return next(iter(_rows(Worker.objects.filter(pk=worker_id))), None)


def worker_of_user(user_id: int, *, on: date | None = None) -> WorkerRow | None:
    """The post that a signed-in person holds."""
    return next(iter(_rows(_active(on).filter(user_id=user_id)[:1])), None)


def _names_of_people(wanted: set[int]) -> dict[int, str]:
    """What the people behind accounts are called: by their post, or else by their account. Two queries, or from memory."""
    names = {user.pk: str(user) for user in get_user_model().objects.filter(pk__in=wanted)}
    return names | dict(Worker.objects.filter(user_id__in=wanted).values_list("user_id", "name"))


names_of_people = KeptByKey(_names_of_people, seconds=10.0)


def workers_in(area_id: int, *, post: str | None = None, on: date | None = None) -> list[WorkerRow]:
    """Workers whose area is this one or lies below it, by area code and name. Empty for an unknown area."""
    path = areas.path_of(area_id)
    if path is None:
        return []
    if post is None and on is None:
        return [WorkerRow(*values) for values in _IN_POST.rows(path=path, last=areas.last_below(path))]
    workers = _in_span(_active(on), path, areas.last_below(path))
    return _rows(workers if post is None else workers.filter(post=post))


def _in_span(workers: QuerySet[Worker], path: str, last: str) -> QuerySet[Worker]:
    return workers.filter(area__path__gte=path, area__path__lte=last).order_by("area__code", "name", "id")


# Who stands in the form of every case that can be given to somebody.
_IN_POST = Prepared(lambda path, last: _in_span(_active(None), path, last).values_list(*_FIELDS), path=str, last=str)


def count_workers(area_id: int, *, on: date | None = None) -> dict[str, int]:
    """Number of workers of each post in an area and below it."""
    path = areas.path_of(area_id)
    counts = dict.fromkeys(Worker.Post.values, 0)
    if path is not None:
        held = _active(on).filter(area__path__startswith=path).values_list("post").annotate(Count("id"))
        counts.update(dict(held))
    return counts


def areas_with_workers(*, on: date) -> set[int]:
    """The areas in which a grid worker is in post on a day. One query."""
    return set(_active(on).filter(post=Worker.Post.GRID_WORKER).values_list("area_id", flat=True))


def count_in_post(*, on: date) -> int:
    """How many people are in a post on a day. One query."""
    return _active(on).count()


def count_of_body(organisation_id: int, *, on: date) -> int:
    """How many people in post belong to a body on a day. One query."""
    return _active(on).filter(organisation_id=organisation_id).count()


@dataclass(frozen=True, slots=True)
class KeptWorker:
    """A worker as those who keep them see one. ``active_to``: the last day, where there is one."""

    row: WorkerRow
    active_from: date
    active_to: date | None
    area_name: str
    area_name_en: str
    body_name: str | None
    body_name_en: str | None
    username: str | None


@dataclass(frozen=True, slots=True)
class KeptPage:
    """Workers by code, and the code after which the next page begins; None at the end."""

    rows: list[KeptWorker]
    next: str | None


POSTS: tuple[str, ...] = tuple(Worker.Post.values)
_KEPT = (
    "active_from",
    "active_to",
    "area__name",
    "area__name_en",
    "organisation__name",
    "organisation__name_en",
    "user__username",
)


def kept_workers(
    *, text: str = "", post: str = "", area_path: str = "", ended: bool = False, on: date, after: str = "", limit: int
) -> KeptPage:
    """A page of workers by code: those who are or will be in post, or those whose last day has passed. One query."""
    found = Worker.objects.filter(code__gt=after)
    found = found.filter(active_to__lt=on) if ended else found.filter(Q(active_to__isnull=True) | Q(active_to__gte=on))
    if text:
        found = found.filter(Q(name__icontains=text) | Q(code__istartswith=text))
    if post:
        found = found.filter(post=post)
    if area_path:
        found = found.filter(area__path__startswith=area_path)
    rows = _kept(found.order_by("code")[: limit + 1])
    return KeptPage(rows[:limit], rows[limit - 1].row.code if len(rows) > limit else None)


def kept_worker(worker_id: int) -> KeptWorker | None:
    """One worker. One query."""
    return next(iter(_kept(Worker.objects.filter(pk=worker_id))), None)


def _kept(found: QuerySet[Worker]) -> list[KeptWorker]:
    return [
        KeptWorker(WorkerRow(*values[: len(_FIELDS)]), *values[len(_FIELDS) :])
        for values in found.values_list(*_FIELDS, *_KEPT)
    ]
