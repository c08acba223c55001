"""The rules of reminding and escalation in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from gezhi.contexts.areas.queries import areas_by_id
from gezhi.contexts.cases.queries import class_name
from gezhi.contexts.escalation.domain.rules import ClockStage, Mark, Rule, Told
from gezhi.contexts.escalation.domain.words import moment_in_words
from gezhi.interfaces.problem import in_words
from gezhi.interfaces.web.shipped_words import as_shipped
from gezhi.interfaces.web.words import local_name

STAGE: dict[str, str | Promise] = {
    ClockStage.VERIFY: pgettext_lazy("deadline", "Verification before filing"),
    ClockStage.ANSWER: pgettext_lazy("deadline", "Time to sign for a part"),
    ClockStage.DISPATCH: pgettext_lazy("deadline", "Dispatch"),
    ClockStage.HANDLE: pgettext_lazy("deadline", "Handling"),
    ClockStage.CHECK: pgettext_lazy("deadline", "Check and closing"),
    ClockStage.TOTAL: pgettext_lazy("deadline", "The whole case, from the report to the closing"),
}
TOLD: dict[str, str | Promise] = {
    Told.HANDLER: _("whoever has the case"),
    Told.BODY: _("the officers of the body in charge"),
    Told.DISPATCHERS: _("the dispatchers of the place"),
    Told.CHECKERS: _("the checkers of the place"),
    Told.OPERATIONS: _("city operations"),
}
MARK: dict[str, str | Promise] = {
    Mark.NONE: "",
    Mark.NOTE: _("a note in the history"),
    Mark.ATTENTION: _("a reminder in the history; the case is marked as needing attention"),
}


@dataclass(frozen=True, slots=True)
class ToldRule:
    """A rule in words. ``holds``: for which matters and where; empty: for all."""

    line: int
    moment: str
    told: str | Promise
    mark: str | Promise
    holds: str
    note: str


@dataclass(frozen=True, slots=True)
class ToldStage:
    """The rules of one deadline."""

    name: str | Promise
    rules: list[ToldRule]


def told_by_stage(rules: Iterable[Rule]) -> list[ToldStage]:
    """All rules, deadline by deadline, in the order of their table."""
    table = list(rules)
    areas = areas_by_id({rule.row.area_id for rule in table if rule.row.area_id is not None})
    names = {area_id: local_name(area) for area_id, area in areas.items()}
    return [
        ToldStage(STAGE[stage], [_told(rule, names) for rule in table if rule.row.stage == stage])
        for stage in ClockStage
    ]


def _told(rule: Rule, areas: dict[int, str]) -> ToldRule:
    row = rule.row
    return ToldRule(
        rule.line,
        in_words(moment_in_words(row)),
        TOLD[row.told],
        MARK[row.mark],
        _holds(rule, areas),
        as_shipped(row.note),
    )


def _holds(rule: Rule, areas: dict[int, str]) -> str:
    row, parts = rule.row, []
    if row.class_prefix:
        parts.append(" ".join(filter(None, (row.class_prefix, local_name(class_name(row.class_prefix))))))
    if row.condition is not None:
        parts.append(gettext("filing condition %(ordinal)s") % {"ordinal": row.condition})
    if row.area_id is not None:
        parts.append(areas.get(row.area_id, ""))
    return " · ".join(parts)
