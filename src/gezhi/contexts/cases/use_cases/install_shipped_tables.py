"""Give a new city tables to start with: the class table and the duty table that ship, where none are in force."""

from __future__ import annotations

from datetime import datetime

from gezhi.contexts.cases.models import ClassScheme, DutyTable
from gezhi.contexts.cases.use_cases.install_classes import install_classes, shipped_classes
from gezhi.contexts.cases.use_cases.install_duties import install_duties, shipped_duties
from gezhi.platform.access.actor import Actor
from gezhi.platform.access.territory import require_in


def install_shipped_tables(*, actor: Actor, now: datetime) -> list[str]:
    """Install what is missing; returns which ('classes', 'duties'). Tables in force are left alone."""
    for verb in ("install_classes", "install_duties"):
        require_in(actor, verb)
    installed = []
    if not ClassScheme.objects.filter(in_force=True).exists():
        install_classes(actor=actor, code="shipped", name="随软件提供的分类", rows=shipped_classes(), now=now)
        installed.append("classes")
    if not DutyTable.objects.filter(in_force=True).exists():
        install_duties(actor=actor, name="随软件提供的权责清单", rows=shipped_duties(), now=now)
        installed.append("duties")
    return installed
