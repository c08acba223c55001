"""The names in the table of the case's life: verbs, how people stand to a case, what rules them out, what a step presupposes."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """The verbs. Each has one function in ``use_cases``."""

    REPORT = "report"
    DISPATCH = "dispatch"
    ACCEPT = "accept"
    RETURN = "return"
    HANDLE = "handle"
    PAUSE = "pause"
    RESUME = "resume"
    CHECK = "check"
    REWORK = "rework"
    CLOSE = "close"
    RATE = "rate"
    REOPEN = "reopen"
    CANCEL = "cancel"
    WITHDRAW = "withdraw"
    REMIND = "remind"
    CORRECT = "correct"
    NOTE = "note"
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"
    ASK_FORCED_CLOSE = "ask_forced_close"
    FORCE_CLOSE = "force_close"
    ASK_SETTING_ASIDE = "ask_setting_aside"
    SET_ASIDE = "set_aside"
    APPEAL = "appeal"
    SUPPORT_APPEAL = "support_appeal"
    EXEMPT = "exempt"
    REFUSE = "refuse"
    ASK_VERIFICATION = "ask_verification"
    VERIFY = "verify"
    HAND_ON = "hand_on"
    SETTLE = "settle"
    NOT_SOLVED = "not_solved"
    MERGE = "merge"
    UNMERGE = "unmerge"
    JOINED = "joined"
    PARTED = "parted"
    CLOSED_ALONG = "closed_along"
    CANCELLED_ALONG = "cancelled_along"
    REOPENED_ALONG = "reopened_along"


class Relation(StrEnum):
    """How the actor must stand to the case, beside holding the role."""

    COVERS = "covers"
    """Holds the role in an area that covers the case's place."""
    ENTRUSTED = "entrusted"
    """Is the assignee, or an officer of the department that has the case."""
    REPORTED_IT = "reported_it"
    """Reported the case: shown by the account or by the follow code."""
    REGISTERED_IT = "registered_it"
    """Took the report in: noticed it in office, or typed it in for a caller."""
    ANYONE = "anyone"


class Bar(StrEnum):
    """What rules somebody out, whatever the role."""

    HANDLED_IT = "handled_it"
    """Ever handled the case."""
    AT_WORK = "at_work"
    """Took the report in for somebody else, or took a step on it in a role."""
    ASKED_IT = "asked_it"
    """Asked for what waits for a second person."""
    REVIEWED_IT = "reviewed_it"
    """Took the first of two decisions on an appeal."""
    NO_APPROVER = "no_approver"
    """Holds none of the roles that the city lets decide on what was asked."""


class Condition(StrEnum):
    """What must be true of the case beside its status."""

    NOTHING_ASKED = "nothing_asked"
    """No request waits for a second person."""
    ASKED = "asked"
    """Some request waits for a second person."""
    EXTENSION_ASKED = "extension_asked"
    NOT_EXTENDED = "not_extended"
    FORCED_CLOSE_ASKED = "forced_close_asked"
    SETTING_ASIDE_ASKED = "setting_aside_asked"
    HANDLED_LATE = "handled_late"
    """Handled after its deadline."""
    NOT_APPEALED = "not_appealed"
    APPEAL_ASKED = "appeal_asked"
    APPEAL_SUPPORTED = "appeal_supported"
    NONE_JOINED = "none_joined"
    """No other report was merged into it."""
    PATROL = "patrol"
    """Noticed in office, not reported by anybody else."""
    NOT_SET_ASIDE = "not_set_aside"
