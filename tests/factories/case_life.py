"""The life of a case as people expect it, written out by hand: who may do what, the way to each situation, what steps presuppose.

The exhaustive test checks the program's table against this, and not against itself.
"""

from __future__ import annotations

from gezhi.contexts.cases.domain.states import Finding, Outcome
from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases import (
    accept_case,
    add_words,
    appeal_timeout,
    ask_extension,
    ask_forced_close,
    ask_setting_aside,
    ask_verification,
    call_in,
    cancel_case,
    check_case,
    close_case,
    correct_case,
    dispatch_case,
    exempt_case,
    extend_case,
    force_close,
    hand_on,
    handle_case,
    merge_case,
    not_solved,
    note_case,
    pause_case,
    rate_case,
    rate_street,
    rate_unit,
    refuse_request,
    remind_case,
    reopen_case,
    resume_case,
    return_case,
    rework_case,
    set_aside,
    settle_case,
    support_appeal,
    unmerge_case,
    verify_case,
    withdraw_case,
)

# Who may take an action on a case that lies in grid 1 and is with HOLDER (the officer of the sanitation department, or a
# grid worker): written out by hand, so that the table in the program is checked against people's expectation and not
# against itself.
HOLDER = "holder"
COMMAND = {"dispatcher", "operations"}
EXPECTED: dict[Action, set[str]] = {
    Action.DISPATCH: COMMAND,
    Action.ACCEPT: {HOLDER},
    Action.RETURN: {HOLDER},
    Action.HANDLE: {HOLDER},
    Action.PAUSE: COMMAND,
    Action.RESUME: COMMAND | {HOLDER},
    Action.CHECK: {"checker", "dispatcher"},
    Action.REWORK: {"checker", "dispatcher"},
    Action.CLOSE: COMMAND,
    Action.RATE: {"reporter"},
    Action.REOPEN: COMMAND,
    Action.CANCEL: COMMAND,
    Action.WITHDRAW: {"reporter"},
    Action.REMIND: COMMAND | {"reporter"},
    Action.CORRECT: COMMAND,
    Action.ADD: {"reporter"},
    Action.NOTE: COMMAND | {"checker", "worker", "colleague", HOLDER},
    Action.ASK_EXTENSION: {HOLDER},
    Action.EXTEND: COMMAND,
    Action.ASK_FORCED_CLOSE: COMMAND,
    Action.FORCE_CLOSE: COMMAND,
    Action.ASK_SETTING_ASIDE: COMMAND,
    Action.SET_ASIDE: COMMAND,
    # Of a department alone: whoever holds a case as a grid worker has no body to answer for.
    Action.APPEAL: {"officer"},
    Action.SUPPORT_APPEAL: {"dispatcher"},
    Action.EXEMPT: {"operations"},
    Action.REFUSE: COMMAND,
    Action.ASK_VERIFICATION: COMMAND,
    Action.VERIFY: {"worker", "colleague", "checker"},
    Action.HAND_ON: {HOLDER},
    # Of what somebody noticed in office; these cases a resident reported.
    Action.SETTLE: set(),
    Action.NOT_SOLVED: {"reporter"},
    Action.MERGE: COMMAND,
    Action.UNMERGE: COMMAND,
    Action.CALL: COMMAND,
    # Of a part alone, which these cases are not.
    Action.RATE_UNIT: COMMAND,
    Action.RATE_STREET: {"officer"},
}
# Taken by nobody: they go along with a step on another case.
ALONG = {Action.JOINED, Action.PARTED, Action.CLOSED_ALONG, Action.CANCELLED_ALONG, Action.REOPENED_ALONG}
ALONG |= {Action.OUT_OF_REACH, Action.PART_ENDED, Action.PART_REOPENED, Action.ADDED_ALONG, Action.RATED_ALONG}
# What a step presupposes beside the status, by the words of the request that stands on the case.
NEEDS_REQUEST: dict[Action, str] = {
    Action.ASK_EXTENSION: "",
    Action.ASK_FORCED_CLOSE: "",
    Action.ASK_SETTING_ASIDE: "",
    Action.EXTEND: "extension",
    Action.FORCE_CLOSE: "forced_close",
    Action.SET_ASIDE: "setting_aside",
    Action.SUPPORT_APPEAL: "appeal:asked",
    Action.EXEMPT: "appeal:supported",
}
# Not while a part is open.
WHOLE = {Action.CHECK, Action.CLOSE, Action.CANCEL, Action.WITHDRAW, Action.FORCE_CLOSE, Action.SET_ASIDE}
# Whoever asked for something does not decide on it.
DECIDES = {Action.EXTEND, Action.FORCE_CLOSE, Action.SET_ASIDE, Action.SUPPORT_APPEAL, Action.EXEMPT}
# Who may know of the case at all; to everybody else it does not exist.
SEES = {"worker", "colleague", "dispatcher", "checker", "operations", "planner", "reporter"}


def run(action, command, town, holder="officer"):
    """Take an action with input that is right for it."""
    target = (
        {"organisation_id": town.bodies["sanitation"].pk}
        if holder == "officer"
        else {"assignee_id": town.users[holder].pk}
    )
    return {
        Action.DISPATCH: lambda: dispatch_case(command, **target),
        Action.ACCEPT: lambda: accept_case(command),
        Action.RETURN: lambda: return_case(command),
        Action.HANDLE: lambda: handle_case(command, outcome=Outcome.RESOLVED),
        Action.PAUSE: lambda: pause_case(command),
        Action.RESUME: lambda: resume_case(command),
        Action.CHECK: lambda: check_case(command),
        Action.REWORK: lambda: rework_case(command),
        Action.CLOSE: lambda: close_case(command),
        Action.RATE: lambda: rate_case(command, solved=True, score=4),
        Action.REOPEN: lambda: reopen_case(command),
        Action.CANCEL: lambda: cancel_case(command),
        Action.WITHDRAW: lambda: withdraw_case(command),
        Action.REMIND: lambda: remind_case(command),
        Action.CORRECT: lambda: correct_case(command, class_code="E0112"),
        Action.ADD: lambda: add_words(command),
        Action.NOTE: lambda: note_case(command),
        Action.ASK_EXTENSION: lambda: ask_extension(command, limit="1WD"),
        Action.EXTEND: lambda: extend_case(command),
        Action.ASK_FORCED_CLOSE: lambda: ask_forced_close(command),
        Action.FORCE_CLOSE: lambda: force_close(command, outcome=Outcome.NOT_POSSIBLE),
        Action.ASK_SETTING_ASIDE: lambda: ask_setting_aside(command),
        Action.SET_ASIDE: lambda: set_aside(command),
        Action.APPEAL: lambda: appeal_timeout(command),
        Action.SUPPORT_APPEAL: lambda: support_appeal(command),
        Action.EXEMPT: lambda: exempt_case(command),
        Action.REFUSE: lambda: refuse_request(command),
        Action.ASK_VERIFICATION: lambda: ask_verification(command),
        Action.VERIFY: lambda: verify_case(command, finding=Finding.ABSENT),
        Action.HAND_ON: lambda: hand_on(
            command, assignee_id=town.users["clerk" if holder == "officer" else "colleague"].pk
        ),
        Action.SETTLE: lambda: settle_case(command),
        Action.NOT_SOLVED: lambda: not_solved(command),
        Action.MERGE: lambda: merge_case(command, into=other_number(command)),
        Action.UNMERGE: lambda: unmerge_case(command),
        Action.CALL: lambda: call_in(command, organisation_id=town.bodies[next_called(command)].pk),
        Action.RATE_UNIT: lambda: rate_unit(command, score=4),
        Action.RATE_STREET: lambda: rate_street(command, score=4),
    }[action]()


def next_called(command):
    """A body that has no part of the case yet."""
    return "utility" if Case.objects.filter(parent__number=command.number).exists() else "housing"


def other_number(command):
    """Another case of the same place."""
    return Case.objects.exclude(number=command.number).order_by("pk").values_list("number", flat=True)[0]


# The way to each state, as (action, person).
_D, _A, _H = (Action.DISPATCH, "dispatcher"), (Action.ACCEPT, HOLDER), (Action.HANDLE, HOLDER)
_CLOSED = [_D, _A, _H, (Action.CHECK, "checker"), (Action.CLOSE, "dispatcher")]
# A week passes before this is taken.
LATE = "late"
_LATE = [_D, _A, (Action.HANDLE, LATE), (Action.CHECK, "checker"), (Action.CLOSE, "dispatcher")]
PATHS: dict[str, list[tuple[Action, str]]] = {
    "reported": [],
    "dispatched": [_D],
    "handling": [_D, _A],
    "suspended": [_D, _A, (Action.PAUSE, "dispatcher")],
    "handled": [_D, _A, _H],
    "checked": [_D, _A, _H, (Action.CHECK, "checker")],
    "closed": _CLOSED,
    "cancelled": [(Action.CANCEL, "dispatcher")],
    "verifying": [(Action.ASK_VERIFICATION, "dispatcher")],
    "reported, verified": [(Action.ASK_VERIFICATION, "dispatcher"), (Action.VERIFY, "worker")],
    "merged": [(Action.MERGE, "dispatcher")],
    "reported, to be set aside": [(Action.ASK_SETTING_ASIDE, "dispatcher")],
    "handling, an extension asked for": [_D, _A, (Action.ASK_EXTENSION, HOLDER)],
    "handling, extended": [_D, _A, (Action.ASK_EXTENSION, HOLDER), (Action.EXTEND, "dispatcher")],
    "handling, to be closed by force": [_D, _A, (Action.ASK_FORCED_CLOSE, "operations")],
    "suspended, an extension asked for": [_D, _A, (Action.ASK_EXTENSION, HOLDER), (Action.PAUSE, "dispatcher")],
    "dispatched, a part open": [_D, (Action.CALL, "dispatcher")],
    "handled, a part open": [_D, _A, (Action.CALL, "operations"), _H],
    "handling, a part open, to be closed by force": [
        *(_D, _A),
        (Action.CALL, "operations"),
        (Action.ASK_FORCED_CLOSE, "operations"),
    ],
    "closed late": _LATE,
    "closed, appealed": [*_LATE, (Action.APPEAL, "officer")],
    "closed, appeal supported": [*_LATE, (Action.APPEAL, "officer"), (Action.SUPPORT_APPEAL, "dispatcher")],
    "closed, appeal refused": [*_LATE, (Action.APPEAL, "officer"), (Action.REFUSE, "operations")],
    "closed by force": [_D, _A, (Action.ASK_FORCED_CLOSE, "operations"), (Action.FORCE_CLOSE, "dispatcher")],
    "closed as unreasonable": [(Action.ASK_SETTING_ASIDE, "dispatcher"), (Action.SET_ASIDE, "operations")],
}


def presupposed(action, case):
    """Whether all is so that a step presupposes beside the status, written out by hand."""
    if action in WHOLE and case.open_parts:
        return False
    state = f"{case.request}:{case.appeal}" if case.request == "appeal" else case.request
    return {
        Action.ASK_EXTENSION: not case.request and not case.extension,
        Action.APPEAL: not case.request
        and not case.appeal
        and bool(case.handled_at and case.handled_at > case.handle_due),
        Action.REFUSE: bool(case.request),
        Action.MERGE: not case.joined_count and not case.part_count and case.parent_id is None,
        Action.CALL: case.parent_id is None,
        Action.RATE_UNIT: case.parent_id is not None,
        Action.RATE_STREET: case.parent_id is not None,
        Action.NOT_SOLVED: case.closing != "set_aside" and case.unscored != "unreasonable" and case.parent_id is None,
        Action.SETTLE: case.channel == "patrol",
    }.get(action, NEEDS_REQUEST.get(action) in (None, state))
