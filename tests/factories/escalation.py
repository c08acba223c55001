"""The watching of deadlines, brought to an instant."""

from __future__ import annotations

from datetime import datetime

from gezhi.contexts.escalation.domain.rules import RuleRow
from gezhi.contexts.escalation.use_cases.fire_due import fire_due
from gezhi.contexts.escalation.use_cases.follow_deadlines import follow_deadlines
from gezhi.contexts.escalation.use_cases.install_escalation import install_escalation
from gezhi.platform.access.actor import system_actor
from tests.factories.cases import MONDAY, SYSTEM

WATCH = system_actor("escalation")


def install(*rows: RuleRow, now: datetime = MONDAY) -> int:
    """Put these rules in force; the number of their version."""
    return install_escalation(actor=SYSTEM, name="测试督办", rows=rows, now=now).number


def watch(now: datetime) -> int:
    """What the job does each minute; how many rules spoke."""
    follow_deadlines(actor=WATCH, now=now)
    return fire_due(actor=WATCH, now=now)
