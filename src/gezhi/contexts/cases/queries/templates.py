"""Answer templates: those that fit somebody's case and step, and all of them for those who keep them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from gezhi.contexts.areas.queries import areas_by_id
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action
from gezhi.contexts.cases.models import AnswerTemplate
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import lineage_of

# The steps at which somebody writes words.
TEMPLATE_STEPS: tuple[Action, ...] = tuple(action for action, row in TRANSITIONS.items() if row.button is not None)
_MOST_FITTING, _MOST_VERSIONS = 50, 50


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A version of a template. ``class_prefix``, ``step`` empty and ``area_id`` None: for all."""

    number: int
    version: int
    current: bool
    title: str
    words: str
    class_prefix: str
    step: str
    area_id: int | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """Templates by number, and the number after which the next page begins; None at the end."""

    rows: list[TemplateRow]
    next: int | None


_FIELDS = ("number", "version", "current", "title", "words", "class_prefix", "step", "area_id", "made_at")


def _rows(found: QuerySet[AnswerTemplate, Any]) -> list[TemplateRow]:
    return [TemplateRow(*values) for values in found.values_list(*_FIELDS)]


def templates_for(actor: Actor, case_class: str, step: str) -> list[TemplateRow]:
    """The templates that fit a case of this class at this step, where the actor serves: those of the smallest area first, then
    of the longest class prefix, then those for this very step. Two queries and one for each area of the actor's roles."""
    around: set[int] = set()
    for area_id in {grant.area_id for grant in actor.grants}:
        around |= lineage_of(area_id)
    prefixes = [case_class[:end] for end in range(len(case_class) + 1)]
    found = _rows(
        AnswerTemplate.objects.filter(
            Q(area__isnull=True) | Q(area_id__in=around), current=True, class_prefix__in=prefixes, step__in=["", step]
        )
    )
    depth = {pk: len(row.path) for pk, row in areas_by_id({row.area_id for row in found if row.area_id}).items()}

    def closeness(row: TemplateRow) -> tuple[int, int, bool, int]:
        return -depth.get(row.area_id or 0, 0), -len(row.class_prefix), row.step == "", row.number

    return sorted(found, key=closeness)[:_MOST_FITTING]


def templates(*, text: str = "", after: int = 0, limit: int, within: Collection[int] | None = None) -> TemplatePage:
    """A page of the templates in use; ``within``: of these areas and what lies below. One query, with ``within`` two."""
    found = AnswerTemplate.objects.filter(current=True, number__gt=after)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(words__icontains=text) | Q(class_prefix__istartswith=text))
    if within is not None:
        below = [Q(area__path__startswith=row.path) for row in areas_by_id(set(within)).values()]
        found = found.filter(reduce(or_, below, Q(pk__in=[])))
    rows = _rows(found.order_by("number")[: limit + 1])
    return TemplatePage(rows[:limit], rows[limit - 1].number if len(rows) > limit else None)


def template(number: int) -> TemplateRow | None:
    """A template as it stands: its current version, or the last one where it is withdrawn. One query."""
    found = AnswerTemplate.objects.filter(number=number).order_by("-current", "-version")
    return next(iter(_rows(found[:1])), None)


def template_versions(number: int) -> list[TemplateRow]:
    """The versions of a template, the newest first; the latest fifty. One query."""
    return _rows(AnswerTemplate.objects.filter(number=number).order_by("-version")[:_MOST_VERSIONS])


def count_templates() -> int:
    """How many templates are in use. One query."""
    return AnswerTemplate.objects.filter(current=True).count()
