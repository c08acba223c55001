"""What can be done with a case: one verb, one function."""

from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.use_cases.add_words import add_words
from gezhi.contexts.cases.use_cases.call_in import call_in, dispatch_and_call, rate_street, rate_unit
from gezhi.contexts.cases.use_cases.correct_case import correct_case
from gezhi.contexts.cases.use_cases.dispatch_case import dispatch_case
from gezhi.contexts.cases.use_cases.handle_case import handle_case
from gezhi.contexts.cases.use_cases.merge_case import merge_case, unmerge_case
from gezhi.contexts.cases.use_cases.of_a_worker import hand_on, report_settled, settle_case
from gezhi.contexts.cases.use_cases.rate_case import rate_case
from gezhi.contexts.cases.use_cases.remind_case import remind_case
from gezhi.contexts.cases.use_cases.reopen_case import not_solved, reopen_case, say_not_solved
from gezhi.contexts.cases.use_cases.report_case import Contact, Report, Reported, report_case
from gezhi.contexts.cases.use_cases.resume_case import resume_case
from gezhi.contexts.cases.use_cases.return_case import return_case
from gezhi.contexts.cases.use_cases.second_person import (
    appeal_timeout,
    ask_extension,
    ask_forced_close,
    ask_setting_aside,
    exempt_case,
    extend_case,
    force_close,
    refuse_request,
    set_aside,
    support_appeal,
)
from gezhi.contexts.cases.use_cases.short_steps import (
    accept_case,
    cancel_case,
    check_case,
    close_case,
    note_case,
    pause_case,
    rework_case,
    withdraw_case,
)
from gezhi.contexts.cases.use_cases.verification import ask_verification, verify_case
from gezhi.platform.steps.verb import Command, StepResult

__all__ = [
    "CASE",
    "Command",
    "Contact",
    "Report",
    "Reported",
    "StepResult",
    "accept_case",
    "add_words",
    "appeal_timeout",
    "ask_extension",
    "ask_forced_close",
    "ask_setting_aside",
    "ask_verification",
    "call_in",
    "cancel_case",
    "check_case",
    "close_case",
    "correct_case",
    "dispatch_and_call",
    "dispatch_case",
    "exempt_case",
    "extend_case",
    "force_close",
    "hand_on",
    "handle_case",
    "merge_case",
    "not_solved",
    "note_case",
    "pause_case",
    "rate_case",
    "rate_street",
    "rate_unit",
    "refuse_request",
    "remind_case",
    "reopen_case",
    "report_case",
    "report_settled",
    "resume_case",
    "return_case",
    "rework_case",
    "say_not_solved",
    "set_aside",
    "settle_case",
    "support_appeal",
    "unmerge_case",
    "verify_case",
    "withdraw_case",
]
