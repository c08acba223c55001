"""Look at what the reporter left: only who handles the case, only while it is handled, and each look is on record."""

from __future__ import annotations

from datetime import datetime

from gezhi.contexts.cases.kind import CASE, SEE_PERSONAL_DATA
from gezhi.kernel.errors import InvalidInput, NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import require
from gezhi.platform.steps.policy import find
from gezhi.platform.vault.vault import read


def read_reporter(*, actor: Actor, number: str, reason: str, now: datetime) -> dict[str, str]:
    """The reporter's name and number. Raises ``NotFound``, ``NotAllowed``, ``InvalidInput`` (no reason given)."""
    if not reason.strip():
        raise InvalidInput("reason_missing", "say why you need to see it; the look is logged", field="reason")
    case = find(CASE, actor, number)
    require(actor, SEE_PERSONAL_DATA, case)
    if case.personal_record is None:
        raise NotFound("no_personal_data", "the reporter left no name or number")
    return read(actor=actor, record_id=case.personal_record, reason=reason.strip()[:200], now=now)
