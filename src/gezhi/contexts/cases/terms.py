"""The terms of a case, read from its columns."""

from __future__ import annotations

from gezhi.contexts.cases.domain.terms import Terms
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.filing import filed_again
from gezhi.contexts.cases.models import Case, CaseStep


def terms_of(case: Case) -> Terms:
    """The terms on which a case runs.

    A case from before terms were kept has those of the tables in force, from its report or its last reopening on.
    """
    if case.clock_start is not None:
        return Terms(case.clock_start, case.dispatch_limit, case.handle_limit, case.check_limit, case.duty_rule_id)
    reopened = CaseStep.objects.filter(case=case, action=Action.REOPEN.value).order_by("-version")
    start = reopened.values_list("at", flat=True).first() or case.reported_at
    return filed_again(case, start=start).terms
