"""Take what is personal of a case onto a form: only whoever handles it, for a reason, and each printing is on record."""

from __future__ import annotations

from datetime import datetime

from gezhi.contexts.cases.kind import CASE, SEE_PERSONAL_DATA
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.kernel.personal import masked
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import require
from gezhi.platform.audit.record import record
from gezhi.platform.steps.policy import find


def reveal_on_paper(*, actor: Actor, number: str, reason: str, now: datetime) -> dict[str, str]:
    """The reporter's name and number, empty where none was left. Raises what ``read_reporter`` raises, but for data that were
    never there: the words of the report may be personal too, and printing them is put on record."""
    case = find(CASE, actor, number)
    require(actor, SEE_PERSONAL_DATA, case)
    if case.personal_record is not None:
        return read_reporter(actor=actor, number=number, reason=reason, now=now)
    record(
        actor=actor,
        action="cases.words_printed",
        object_type="case",
        object_id=number,
        data={"reason": masked(reason)},
        now=now,
    )
    return {}
