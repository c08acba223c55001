"""What a moment, or a count, allows of a case: no condition of the table asks for these, so the verbs refuse by them and a page
offers nothing that they would refuse."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.platform.worktime.city_calendar import city_calendar

_OPENED = (Action.REOPEN.value, Action.NOT_SOLVED.value)


def is_offered(case: Case, action: Action, *, now: datetime) -> bool:
    """Whether the step could be taken now, as far as the time and the counts say. Up to two queries for a return, none
    for others."""
    if action == Action.ASK_EXTENSION:
        return asks_in_time(case, now=now)
    if action == Action.NOT_SOLVED:
        return is_heard_still(case, now=now) and not opened_too_often(case)
    if action == Action.RETURN:
        return returns_of(case) < catalogue().rules.max_returns
    return True


def asks_in_time(case: Case, *, now: datetime) -> bool:
    """Whether more time can still be asked for: before the time is up."""
    return case.handle_due is None or now < case.handle_due


def is_heard_still(case: Case, *, now: datetime) -> bool:
    """Whether it was closed so lately that the reporter's 'not solved' is still read."""
    return case.closed_at is not None and now <= catalogue().rules.open_again_until(case.closed_at, city_calendar())


def opened_too_often(case: Case) -> bool:
    """Whether 'not solved' has opened it as often as that goes by itself."""
    return case.unsolved_count >= catalogue().rules.reopen_times


def reminders_of(case: Case) -> Iterable[tuple[datetime, str]]:
    """When and in which role whoever works on the case was reminded: on it, or on the report that it goes with. One query."""
    together = case.merged_into_id if case.status == CaseStatus.MERGED else None
    steps = CaseStep.objects.filter(case_id__in=[case.pk, *filter(None, [together])], action=Action.REMIND.value)
    return steps.values_list("at", "actor_role")


def returns_of(case: Case) -> int:
    """How often it was returned to the hub since it was last opened again: what was pushed on before that was brought to an end."""
    if not case.return_count:
        return 0
    steps = CaseStep.objects.filter(case=case)
    opened = steps.filter(action__in=_OPENED).order_by("-version").values_list("version", flat=True).first()
    if opened is None:
        return case.return_count
    return steps.filter(action=Action.RETURN.value, version__gt=opened).count()
