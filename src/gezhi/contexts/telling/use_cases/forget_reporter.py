"""All that is held about a reporter goes at the reporter's word (PIPL art. 47), with a certificate: a record of the audit chain.

The report stays, without a person: its words, place and pictures are what is handled.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from gezhi.contexts.cases.queries import followed_case
from gezhi.contexts.cases.use_cases.erase_reporter import erase_reporter
from gezhi.contexts.telling.queries import FORGOTTEN
from gezhi.contexts.telling.use_cases.choose_notices import end_choices
from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.record import record


def forget_reporter(*, actor: Actor, code: str, now: datetime) -> bool:
    """Erase name, number and addresses behind a follow code; False where nothing was held.

    Raises ``NotFound`` (no such code), ``NotAllowed``.
    """
    number = followed_case(code)[1]
    reporter = replace(actor, follow_codes=frozenset({code}))
    with transaction.atomic():
        contact = erase_reporter(actor=actor, code=code, now=now)
        addresses = end_choices(actor=reporter, number=number, reason="asked for by the reporter", now=now)
        if contact or addresses:
            data = {"contact": int(contact), "addresses": addresses}
            record(actor=actor, action=FORGOTTEN, object_type="case", object_id=number, data=data, now=now)
    return contact or addresses > 0
