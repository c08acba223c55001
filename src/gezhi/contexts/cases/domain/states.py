"""The states of a case and the two facts that are not states: what came of it, and how urgent it is."""

from __future__ import annotations

from enum import StrEnum

from gezhi.kernel.steps import Words, phrase, phrase_in


class CaseStatus(StrEnum):
    """Where a case stands. Open means that somebody still owes something."""

    REPORTED = "reported"
    VERIFYING = "verifying"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    SUSPENDED = "suspended"
    HANDLED = "handled"
    CHECKED = "checked"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"

    @property
    def is_open(self) -> bool:
        """Whether the case is still someone's task."""
        return self not in _ENDED


# What was merged into another is nobody's task by itself.
_ENDED = frozenset({CaseStatus.CLOSED, CaseStatus.CANCELLED, CaseStatus.MERGED})
STATUS_WORDS: dict[CaseStatus, Words] = {
    CaseStatus.REPORTED: phrase("Reported"),
    CaseStatus.VERIFYING: phrase("Being verified"),
    CaseStatus.DISPATCHED: phrase("Dispatched"),
    CaseStatus.HANDLING: phrase("Being handled"),
    CaseStatus.SUSPENDED: phrase("Suspended"),
    CaseStatus.HANDLED: phrase("Awaiting check"),
    CaseStatus.CHECKED: phrase("Checked"),
    CaseStatus.CLOSED: phrase_in("case", "Closed"),
    CaseStatus.CANCELLED: phrase("Cancelled"),
    CaseStatus.MERGED: phrase("Merged with another"),
}
OPEN_STATUSES: tuple[CaseStatus, ...] = tuple(status for status in CaseStatus if status not in _ENDED)


class Outcome(StrEnum):
    """What the handler found and did. 'Closed' says that the work ended; this says how."""

    RESOLVED = "resolved"
    PARTLY_RESOLVED = "partly_resolved"
    NOT_FOUND_ON_SITE = "not_found_on_site"
    EXPLAINED = "explained"
    NOT_POSSIBLE = "not_possible"


class Request(StrEnum):
    """What waits for a second person's decision."""

    EXTENSION = "extension"
    FORCED_CLOSE = "forced_close"
    SETTING_ASIDE = "setting_aside"
    APPEAL = "appeal"


REQUEST_WORDS: dict[Request, Words] = {
    Request.EXTENSION: phrase("More time is asked for"),
    Request.FORCED_CLOSE: phrase("To be closed by force"),
    Request.SETTING_ASIDE: phrase("To be set aside as unreasonable"),
    Request.APPEAL: phrase("Appeal against the timeout"),
}


class Appeal(StrEnum):
    """How far an appeal against a timeout has come. Once a case."""

    ASKED = "asked"
    SUPPORTED = "supported"
    GRANTED = "granted"
    REFUSED = "refused"


class Closing(StrEnum):
    """How a case was closed, where not after handling and check."""

    FORCED = "forced"
    SET_ASIDE = "set_aside"
    ON_THE_SPOT = "on_the_spot"
    WITH_MAIN = "with_main"


class Finding(StrEnum):
    """What a verification before filing (核实) found: whether the matter is there at all."""

    EXISTS = "exists"
    ABSENT = "absent"
    UNCLEAR = "unclear"


class Unscored(StrEnum):
    """Why a case stays out of the figures that judge."""

    APPEAL = "appeal"
    UNREASONABLE = "unreasonable"


class Urgency(StrEnum):
    """Classes A, B, C of GB/T 30428.8."""

    URGENT = "urgent"
    SERIOUS = "serious"
    ORDINARY = "ordinary"


class Channel(StrEnum):
    """How the report came in."""

    WEB = "web"
    APP = "app"
    API = "api"
    CLI = "cli"
    HOTLINE = "hotline"
    PATROL = "patrol"
    IMPORT = "import"
    REPLAY = "replay"


CHANNEL_WORDS: dict[Channel, Words] = {
    Channel.WEB: phrase("Web page"),
    Channel.APP: phrase("App"),
    Channel.API: phrase("Other system"),
    Channel.CLI: phrase("Command line"),
    Channel.HOTLINE: phrase("Hotline"),
    Channel.PATROL: phrase("Patrol"),
    Channel.IMPORT: phrase("Import"),
    Channel.REPLAY: phrase("Replay"),
}


class LocationQuality(StrEnum):
    """How far the place of a case can be trusted."""

    EXACT = "exact"
    AREA = "area"
    """Only the area was named, no point."""
    DOUBTFUL = "doubtful"
    UNLOCATED = "unlocated"


class Stage(StrEnum):
    """What a picture shows: the matter as it was found, as it was left, as the check found it, or what its reporter adds later."""

    BEFORE = "before"
    AFTER = "after"
    CHECK = "check"
    ADDED = "added"
