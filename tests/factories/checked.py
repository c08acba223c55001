"""Cases that somebody has checked, by hundreds: only what is read of that step is there."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case, CaseStep
from tests.factories.cases import MONDAY

CHECKER_ID = 900_001


def checked(numbers: Iterable[str], *, by: int = CHECKER_ID) -> None:
    """A step of checking at the end of each case."""
    cases = Case.objects.filter(number__in=list(numbers)).annotate(last=Max("steps__version"))
    CaseStep.objects.bulk_create(
        CaseStep(
            case=case,
            chain="checked",
            seq=case.pk,
            version=case.last + 1,
            at=MONDAY,
            actor_id=by,
            actor_label="checker",
            actor_role="checker",
            action=Action.CHECK.value,
            to_status="checked",
        )
        for case in cases
    )
