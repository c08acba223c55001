"""The city's own rules of the workflow, and their versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.rules import Rules
from gezhi.contexts.cases.in_force import RULE_VERSIONS
from gezhi.contexts.cases.models import WorkflowRules

_MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """A version of the rules. ``effective_from`` is aware UTC; ``withdrawn``: taken back before its time."""

    number: int
    name: str
    in_force: bool
    waiting: bool
    withdrawn: bool
    effective_from: datetime


def rules_in_force() -> Rules:
    """The rules in force, or the program's own where a city has set none. No query."""
    return catalogue().rules


def rules_versions() -> list[RulesVersion]:
    """The versions, the newest first; the latest fifty."""
    gone = RULE_VERSIONS.taken_back()
    return [
        RulesVersion(one.number, one.name, one.in_force, one.waiting, one.pk in gone, one.effective_from)
        for one in WorkflowRules.objects.order_by("-pk")[:_MOST_VERSIONS]
    ]
