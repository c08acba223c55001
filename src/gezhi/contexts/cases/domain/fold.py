"""The columns of a case that its history decides."""

from __future__ import annotations

from gezhi.kernel.fold import Folded

_INSTANTS = (
    "reported_at",
    "dispatched_at",
    "accepted_at",
    "handled_at",
    "checked_at",
    "closed_at",
    "rated_at",
    "dispatch_due",
    "handle_due",
    "check_due",
    "due_at",
    "paused_at",
)
_VALUES = (
    "status",
    "class_code",
    "condition",
    "description",
    "address",
    "lon",
    "lat",
    "source_datum",
    "source_lon",
    "source_lat",
    "location_quality",
    "city_id",
    "district_id",
    "street_id",
    "community_id",
    "grid_id",
    "channel",
    "urgency",
    "suggested_organisation_id",
    "organisation_id",
    "assignee_id",
    "handled_by",
    "outcome",
    "outcome_note",
    "pauses",
    "return_count",
    "rework_count",
    "remind_count",
    "rating_solved",
    "rating_score",
    "needs_attention",
)
FOLDED = Folded(
    values=_VALUES,
    instants=_INSTANTS,
    defaults={
        "description": "",
        "address": "",
        "outcome": "",
        "outcome_note": "",
        "pauses": [],
        "return_count": 0,
        "rework_count": 0,
        "remind_count": 0,
        "needs_attention": False,
    },
)
