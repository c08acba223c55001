"""Tables of the cases context."""

from gezhi.contexts.cases.models.case import Case, DailySerial
from gezhi.contexts.cases.models.classes import CaseClass, ClassScheme, FilingCondition
from gezhi.contexts.cases.models.duty import DutyRule, DutyTable, Power
from gezhi.contexts.cases.models.event import CaseEvent

__all__ = [
    "Case",
    "CaseClass",
    "CaseEvent",
    "ClassScheme",
    "DailySerial",
    "DutyRule",
    "DutyTable",
    "FilingCondition",
    "Power",
]
