"""A reporter has what is held about him destroyed (PIPL art. 47). The case itself goes on without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gezhi.contexts.cases.kind import SEE_PERSONAL_DATA
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.policy import follow_digest
from gezhi.kernel.errors import NotFound
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.policies import require
from gezhi.platform.vault.vault import erase


def erase_reporter(*, actor: Actor, code: str, now: datetime) -> bool:
    """Erase the personal data behind a follow code; False where nothing was held. Raises ``NotFound`` for a wrong code."""
    case = Case.objects.filter(follow_digest=follow_digest(code)).first()
    if case is None:
        raise NotFound("no_such_code", "no report has this code; check it letter by letter", field="code")
    require(replace(actor, follow_codes=frozenset({code})), SEE_PERSONAL_DATA, case)
    if case.personal_record is None:
        return False
    return erase(actor=actor, record_id=case.personal_record, reason="asked for by the reporter", now=now)
