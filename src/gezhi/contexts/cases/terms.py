"""The terms of a case, read from its columns."""

from __future__ import annotations

from dataclasses import replace

from gezhi.contexts.cases.domain.terms import Terms
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.filing import filed_again
from gezhi.contexts.cases.models import Case, CaseStep


def terms_of(case: Case) -> Terms:
    """The terms on which a case runs.

    A case from before terms were kept has those of the tables in force, from its report or its last reopening on. Of one that was
    given to somebody before the start of its handling was kept, that clock runs from there too.
    """
    if case.clock_start is not None:
        handling_start = case.handling_start or (case.clock_start if case.dispatched_at is not None else None)
        limits = (case.dispatch_limit, case.handle_limit, case.check_limit)
        return Terms(
            case.clock_start,
            *limits,
            case.duty_rule_id,
            handling_start,
            case.extension,
            case.dispatch_start,
            case.total_limit or "",
        )
    reopened = CaseStep.objects.filter(case=case, action=Action.REOPEN.value).order_by("-version")
    start = reopened.values_list("at", flat=True).first() or case.reported_at
    terms = filed_again(case, start=start).terms
    return replace(terms, handling_start=start if case.dispatched_at is not None else None)
