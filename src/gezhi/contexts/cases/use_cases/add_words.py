"""The reporter adds words (and pictures) to a report: at any time while it lives, and while it may still be called unsolved."""

from __future__ import annotations

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.adding import A_DAY, MOST_A_DAY, MOST_A_DAY_TOGETHER, told_along
from gezhi.contexts.cases.domain.states import CaseStatus
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.kernel.errors import Conflict
from gezhi.platform.steps.verb import Also, Changes, Moment, along, step
from gezhi.platform.worktime.city_calendar import city_calendar


@step(CASE, Action.ADD)
def add_words(case: Case, at: Moment) -> Changes:
    """Add to a report. Whoever has it sees that it needs a look.

    Raises ``Conflict``: ``added_too_late`` (closed so long ago that nobody reads it), ``added_too_often`` (five times in a day).
    """
    if case.status == CaseStatus.CLOSED and (
        case.closed_at is None or at.now > catalogue().rules.open_again_until(case.closed_at, city_calendar())
    ):
        raise Conflict("added_too_late", "the case was closed too long ago; report it anew")
    lately = CaseStep.objects.filter(case=case, action=Action.ADD, at__gt=at.now - A_DAY)
    if lately.count() >= MOST_A_DAY:
        raise Conflict("added_too_often", f"something was added {MOST_A_DAY} times within a day; add more tomorrow")
    return {"needs_attention": True}


@along(CASE, Action.ADD)
def add_to_main(case: Case, at: Moment, changes: Changes) -> list[Also]:
    """Whoever works on the report that it goes with reads it there."""
    if case.status != CaseStatus.MERGED or case.merged_into_id is None:
        return []
    main = Case.objects.select_for_update(nowait=True).get(pk=case.merged_into_id)
    lately = CaseStep.objects.filter(case=main, action__in=(Action.ADD, Action.ADDED_ALONG), at__gt=at.now - A_DAY)
    if lately.count() >= MOST_A_DAY_TOGETHER:
        raise Conflict("added_too_often", f"{MOST_A_DAY_TOGETHER} things were added to this matter within a day")
    return [Also(main, Action.ADDED_ALONG, {"needs_attention": True}, told_along(case.number, at.note))]
