"""Where a report stands now, as its reporter is told it: in a sentence, with who has it and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezhi.contexts.areas import queries as areas
from gezhi.contexts.cases.queries import Followed, FollowedPart
from gezhi.interfaces.web.words import AHEAD, STATUS, in_language, local_name, of_outcome

# What comes next, by where the case stands.
_AHEAD: dict[str, tuple[str, ...]] = {
    "reported": ("dispatch", "handle", "check", "close"),
    "verifying": ("verify", "dispatch", "handle", "check", "close"),
    "dispatched": ("handle", "check", "close"),
    "handling": ("handle", "check", "close"),
    "suspended": ("resume", "handle", "check", "close"),
    "handled": ("check", "close"),
    "checked": ("close",),
}
_SENTENCE: dict[str, Promise] = {
    "reported": gettext_lazy("Your report is with the street hub, which decides who handles it."),
    "verifying": gettext_lazy("Somebody is looking on the spot whether the matter is there."),
    "dispatched": gettext_lazy("Your report was passed on to those who handle it; they have still to sign for it."),
    "handling": gettext_lazy("Your report is being worked on."),
    "suspended": gettext_lazy("The work is interrupted."),
    "handled": gettext_lazy("It was handled. Somebody else now checks the result."),
    "checked": gettext_lazy("It was handled and checked; the street hub has still to close it."),
    "closed": gettext_lazy("The work has ended."),
    "cancelled": gettext_lazy("Your report is not handled any further."),
}
_BY_WHEN: dict[str, Promise] = {
    "reported": gettext_lazy("To be passed on by"),
    "verifying": gettext_lazy("To be looked at by"),
    "dispatched": gettext_lazy("To be handled by"),
    "handling": gettext_lazy("To be handled by"),
    "handled": gettext_lazy("To be checked and closed by"),
    "checked": gettext_lazy("To be checked and closed by"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A body that was called in: its name, how far it is, and by when it handles its part."""

    name: str
    words: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Present:
    """``unit``: who has it; ``then``: who is to have it, as long as the hub has not decided. ``due_at`` None: ``no_date`` says why,
    and is empty where nothing is due any more. ``late``: that time is over."""

    words: str
    unit: str
    then: str
    then_due: datetime | None
    due_label: str
    due_at: datetime | None
    late: bool
    no_date: str
    ahead: list[str]
    parts: list[Part]


def present_of(found: Followed, *, now: datetime) -> Present:
    """The present step of a report that is followed."""
    status = found.worked_on_status
    open_still = status in _AHEAD
    due_at = found.due_at if open_still else None
    waits = not found.organisation_name and not found.with_the_grid
    return Present(
        words=_sentence(found),
        unit=_unit(found) if open_still else "",
        then=in_language(found.suggested_name, found.suggested_name_en) if open_still and waits else "",
        then_due=found.handle_due if open_still and status in {"reported", "verifying"} else None,
        due_label=str(_BY_WHEN.get(status, "")),
        due_at=due_at,
        late=due_at is not None and due_at < now,
        no_date=_no_date(found) if open_still and due_at is None else "",
        ahead=[str(AHEAD[action]) for action in _AHEAD.get(status, ())],
        parts=[_part(part) for part in found.parts],
    )


def _sentence(found: Followed) -> str:
    words = str(_SENTENCE.get(found.worked_on_status, STATUS.get(found.status, found.status)))
    if not found.goes_together:
        return words
    return _("Others reported the same; the reports go together.") + " " + words


def _unit(found: Followed) -> str:
    """The body in charge; the grid where one of its workers has it; the hub of the street as long as nobody does."""
    if found.worked_on_status in {"handled", "checked", "reported", "verifying"}:
        street = (
            "" if found.street_id is None else local_name(areas.areas_by_id([found.street_id]).get(found.street_id))
        )
        return _("Street hub of %(street)s") % {"street": street} if street else _("The street hub")
    if found.organisation_name:
        return in_language(found.organisation_name, found.organisation_name_en)
    if found.with_the_grid:
        place = found.community_id or found.street_id
        name = "" if place is None else local_name(areas.areas_by_id([place]).get(place))
        return _("Grid workers of %(place)s") % {"place": name} if name else _("The grid workers")
    return _("The street hub")


def _no_date(found: Followed) -> str:
    if found.worked_on_status == "suspended":
        return _("No date can be given: the clock is stopped until the work goes on.")
    return _("No time limit is set for this step.")


def _part(part: FollowedPart) -> Part:
    words = of_outcome(part.outcome) if part.outcome else str(STATUS.get(part.status, part.status))
    open_still = part.status in _AHEAD
    name = in_language(part.organisation_name, part.organisation_name_en) or _("The street hub")
    return Part(name, words, part.due_at if open_still else None)
