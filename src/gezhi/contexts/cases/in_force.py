"""The versions of the class table, of the duty table and of the rules of the workflow (ADR 0025)."""

from __future__ import annotations

from gezhi.contexts.cases.catalogue import catalogue
from gezhi.contexts.cases.models import ClassScheme, DutyTable, WorkflowRules
from gezhi.platform.dated_versions import Versions

CLASS_VERSIONS = Versions(ClassScheme, "cases.classes", "class_scheme", "code", catalogue.forget)
DUTY_VERSIONS = Versions(DutyTable, "cases.duties", "duty_table", "number", catalogue.forget)
RULE_VERSIONS = Versions(WorkflowRules, "cases.rules", "workflow_rules", "number", catalogue.forget)
