"""The city's own rules of the workflow, and their versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.rules import Rules, texts_of
from gezhi.contexts.cases.in_force import RULE_VERSIONS
from gezhi.contexts.cases.models import WorkflowRules
from gezhi.kernel.errors import NotFound

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


def rules_as_texts() -> dict[str, str]:
    """The rules in force as a table holds them: text by the name of the rule. No query."""
    return texts_of(rules_in_force())


def texts_of_version(number: int) -> dict[str, str]:
    """What a version says, likewise; what it left out has the program's default. Raises ``NotFound``."""
    found = WorkflowRules.objects.filter(number=number).first()
    if found is None:
        raise NotFound("no_rules_version", f"there is no version {number} of the rules")
    return texts_of(Rules()) | {name: str(text) for name, text in found.values.items()}
