"""Tables of the cases context."""

from gezhi.contexts.cases.models.case import Case, DailySerial
from gezhi.contexts.cases.models.classes import CaseClass, ClassScheme, FilingCondition, HandlingAttribute
from gezhi.contexts.cases.models.duty import DutyRule, DutyTable
from gezhi.contexts.cases.models.guess import GuessTerm, LearnedGuess
from gezhi.contexts.cases.models.rules import WorkflowRules
from gezhi.contexts.cases.models.step import CaseStep
from gezhi.contexts.cases.models.template import AnswerTemplate

__all__ = [
    "AnswerTemplate",
    "Case",
    "CaseClass",
    "CaseStep",
    "ClassScheme",
    "DailySerial",
    "DutyRule",
    "DutyTable",
    "FilingCondition",
    "GuessTerm",
    "HandlingAttribute",
    "LearnedGuess",
    "WorkflowRules",
]
