"""What of the cases context is under seal: the tables that routing rests on, and what a report fixes for good."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from gezhi.contexts.cases.models import (
    AnswerTemplate,
    Case,
    CaseClass,
    CaseStep,
    ClassScheme,
    DutyRule,
    DutyTable,
    FilingCondition,
    HandlingAttribute,
    WorkflowRules,
)
from gezhi.platform.audit.evidence import under_seal

# Columns of a case that its history does not fold. A test holds that every column is in one of the two.
UNFOLDED = (
    "number",
    "follow_digest",
    "reporter_user_id",
    "registered_by_id",
    "personal_record",
    "external_source",
    "external_id",
)


def _without_digest() -> QuerySet[Case]:
    """Cases whose history holds no digest of these columns: those from before it did."""
    sealed = CaseStep.objects.filter(case=OuterRef("pk")).exclude(evidence="")
    return Case.objects.filter(~Exists(sealed))


for _model in (
    ClassScheme,
    CaseClass,
    FilingCondition,
    HandlingAttribute,
    DutyTable,
    DutyRule,
    WorkflowRules,
    AnswerTemplate,
):
    under_seal(_model)

# Its digest travels in the history row that fixes the columns: a report writes nothing more than before.
REPORTED = under_seal(Case, only=UNFOLDED, carried=True, waiting=_without_digest)
