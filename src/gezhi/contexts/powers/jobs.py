"""Streets that came after the register get its items too."""

from __future__ import annotations

from django_tasks import task

from gezhi.contexts.powers.use_cases.enter_holdings import enter_holdings
from gezhi.kernel import clock
from gezhi.platform.access.actor import system_actor


@task()
def enter_powers() -> int:
    """Enter the items of the register at the streets that lack them; how many there were."""
    return enter_holdings(actor=system_actor("powers"), now=clock.now())
