"""What steps presuppose of a case beside its status."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_noop

from gezhi.contexts.cases.domain.actions import Condition
from gezhi.contexts.cases.domain.states import Appeal, CaseStatus, Channel, Closing, Request, Unscored
from gezhi.contexts.cases.models import Case
from gezhi.platform.access.policies import Reason
from gezhi.platform.steps import kind

_NOTHING_WAITS = Reason(gettext_noop("Nothing of this kind waits for a decision."))


def _handled_late(case: Case) -> bool:
    return case.handled_at is not None and case.handle_due is not None and case.handled_at > case.handle_due


def _waits(request: Request) -> kind.Condition:
    return kind.Condition(lambda case: case.request == request, "nothing_asked", _NOTHING_WAITS)


CONDITIONS: Mapping[StrEnum, kind.Condition] = {
    Condition.NOTHING_ASKED: kind.Condition(
        lambda case: not case.request,
        "asked_already",
        Reason(gettext_noop("A request waits for a decision already: one at a time.")),
    ),
    Condition.ASKED: kind.Condition(lambda case: bool(case.request), "nothing_asked", _NOTHING_WAITS),
    Condition.EXTENSION_ASKED: _waits(Request.EXTENSION),
    Condition.FORCED_CLOSE_ASKED: _waits(Request.FORCED_CLOSE),
    Condition.SETTING_ASIDE_ASKED: _waits(Request.SETTING_ASIDE),
    Condition.NOT_EXTENDED: kind.Condition(
        lambda case: not case.extension,
        "extended_already",
        Reason(gettext_noop("More time was granted once; a case is extended once.")),
    ),
    Condition.HANDLED_LATE: kind.Condition(
        _handled_late, "not_late", Reason(gettext_noop("The case was not handled after its deadline."))
    ),
    Condition.NOT_APPEALED: kind.Condition(
        lambda case: not case.appeal,
        "appealed_already",
        Reason(gettext_noop("There was an appeal already; there is one a case.")),
    ),
    Condition.APPEAL_ASKED: kind.Condition(lambda case: case.appeal == Appeal.ASKED, "nothing_asked", _NOTHING_WAITS),
    Condition.NONE_JOINED: kind.Condition(
        lambda case: not case.joined_count,
        "others_merged_in",
        Reason(gettext_noop("Other reports were merged into this one: merge the other into it.")),
    ),
    Condition.PATROL: kind.Condition(
        lambda case: case.channel == Channel.PATROL,
        "reported_by_others",
        Reason(gettext_noop("Only what was noticed in office is settled on the spot.")),
    ),
    Condition.NO_PARTS: kind.Condition(
        lambda case: not case.part_count and case.parent_id is None,
        "is_joint",
        Reason(gettext_noop("Other bodies work on parts of it: what is handled jointly is not merged.")),
    ),
    Condition.NO_OPEN_PARTS: kind.Condition(
        lambda case: not case.open_parts,
        "parts_open",
        Reason(gettext_noop("Parts of it are still open with the bodies that were called in.")),
    ),
    Condition.NOT_A_PART: kind.Condition(
        lambda case: case.parent_id is None,
        "is_a_part",
        Reason(gettext_noop("This is a part of another case: call the body into that.")),
    ),
    Condition.A_PART: kind.Condition(
        lambda case: case.parent_id is not None,
        "not_a_part",
        Reason(gettext_noop("Nobody was called into this case.")),
    ),
    Condition.WHOLE_OPEN: kind.Condition(
        lambda case: case.parent is None or CaseStatus(case.parent.status).is_open,
        "whole_is_over",
        Reason(gettext_noop("The case of which this is a part is over: reopen that first.")),
    ),
    Condition.NOT_RATED: kind.Condition(
        lambda case: case.rated_at is None, "rated_already", Reason(gettext_noop("It was rated already."))
    ),
    Condition.UNIT_NOT_RATED: kind.Condition(
        lambda case: case.unit_score is None, "rated_already", Reason(gettext_noop("It was rated already."))
    ),
    Condition.STREET_NOT_RATED: kind.Condition(
        lambda case: case.street_score is None, "rated_already", Reason(gettext_noop("It was rated already."))
    ),
    Condition.NOT_SET_ASIDE: kind.Condition(
        lambda case: case.closing != Closing.SET_ASIDE and case.unscored != Unscored.UNREASONABLE,
        "was_set_aside",
        Reason(gettext_noop("This demand was set aside by two people, and answered.")),
    ),
    Condition.APPEAL_SUPPORTED: kind.Condition(
        lambda case: case.appeal == Appeal.SUPPORTED, "nothing_asked", _NOTHING_WAITS
    ),
}
