"""What went wrong with a case, as conditions of a query: one wording for lists, counts and figures."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q

from gezhi.contexts.cases.domain.states import CaseStatus

_UNHANDLED = (CaseStatus.REPORTED, CaseStatus.VERIFYING, CaseStatus.DISPATCHED, CaseStatus.HANDLING)

RETURNED = Q(return_count__gt=0)
REWORKED = Q(rework_count__gt=0)
# The duty table gave it to a body that sits at the street itself.
OF_A_STREET_BODY = Q(suggested_organisation__area_id=F("street_id"))


def timed_out(at: datetime) -> Q:
    """Handled after its deadline, or past it and not handled at ``at``; a suspended case has no clock that runs, and what two
    people took out of the score judges nobody."""
    waits = Q(handled_at__isnull=True, status__in=[status.value for status in _UNHANDLED], handle_due__lt=at)
    return (Q(handled_at__gt=F("handle_due")) | waits) & Q(unscored="")


def failed(at: datetime) -> Q:
    """Any of the three."""
    return RETURNED | REWORKED | timed_out(at)
