"""To whom the personal data of cases are open now: whoever handles them, while they handle them."""

from __future__ import annotations

from collections.abc import Collection

from gezhi.contexts.cases.kind import decide_personal
from gezhi.contexts.cases.models import Case
from gezhi.platform.access.actor import Actor


def personal_open(actor: Actor, case_ids: Collection[int]) -> set[int]:
    """Those of the cases of which the actor may see what is personal. One query."""
    cases = Case.objects.select_related("merged_into").filter(pk__in=case_ids)
    return {case.pk for case in cases if decide_personal(actor, case)}
