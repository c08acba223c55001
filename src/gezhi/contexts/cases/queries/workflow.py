"""The city's own rules of the workflow."""

from __future__ import annotations

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.domain.rules import Rules


def rules_in_force() -> Rules:
    """The rules in force, or the program's own where a city has set none. No query."""
    return catalogue().rules
