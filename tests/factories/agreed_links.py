"""A new link into an account in use, asked for and agreed to."""

from __future__ import annotations

from datetime import datetime

from gezhi.platform.accounts.models import AskedLink
from gezhi.platform.accounts.use_cases.ask_link import answer_link, ask_link
from tests.factories.cases import Town


def agreed(town: Town, user_id: int, *, now: datetime) -> None:
    """Have a link asked for, where none waits, and agreed to."""
    waiting = AskedLink.objects.filter(user_id=user_id, decided_at__isnull=True).values_list("pk", flat=True).first()
    asked = waiting or ask_link(actor=town.actor("system_admin"), user_id=user_id, now=now)
    answer_link(actor=town.actor("security_admin"), user_id=user_id, asked_id=asked, grant=True, now=now)
