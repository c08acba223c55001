"""Pictures of a case: who may add which, while what; how many; and when a picture's own place is doubted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

from gezhi.contexts.cases.domain.states import CaseStatus, Stage
from gezhi.contexts.cases.domain.transitions import TRANSITIONS, Action, Relation
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import Permit

# Of one stage and one side: a reporter never uses up the room of those who handle the case, nor they the reporter's.
MAX_PICTURES = 9
# A phone's position is good to some 10 m in the open and to 100 m between high buildings, and what is photographed
# stands away from who photographs it.
FAR_M = 200.0
_EARTH_RADIUS_M = 6_371_008.8


class Side(StrEnum):
    """Who gave a picture: the one who reported, or those who work on it."""

    REPORTER = "reporter"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class PhotoRule:
    """Who may add pictures of a stage, and while the case stands where."""

    stage: Stage
    side: Side
    permits: tuple[Permit, ...]
    statuses: frozenset[CaseStatus]
    # The one who handled the case takes no picture of the check.
    not_by_handler: bool = False


_S = CaseStatus
_HEARD = TRANSITIONS[Action.ADD].sources
_BEFORE_HANDLED = frozenset({_S.REPORTED, _S.VERIFYING, _S.DISPATCHED, _S.HANDLING, _S.SUSPENDED})
_HUB = (Permit(Role.STREET_DISPATCHER, Relation.COVERS), Permit(Role.OPERATIONS, Relation.COVERS))
_HANDLERS = (Permit(Role.GRID_WORKER, Relation.ENTRUSTED), Permit(Role.DEPARTMENT_OFFICER, Relation.ENTRUSTED))
_WORKER_NEAR = Permit(Role.GRID_WORKER, Relation.COVERS)
_CHECKERS = (Permit(Role.CHECKER, Relation.COVERS), Permit(Role.STREET_DISPATCHER, Relation.COVERS))
_REPORTER = (Permit(Role.RESIDENT, Relation.REPORTED_IT),)

# Staff first: who works on a case and reported it counts as staff.
PHOTO_RULES: tuple[PhotoRule, ...] = (
    PhotoRule(Stage.BEFORE, Side.STAFF, (*_HUB, *_HANDLERS, _WORKER_NEAR), _BEFORE_HANDLED),
    PhotoRule(Stage.BEFORE, Side.STAFF, (Permit(Role.CHECKER, Relation.COVERS),), frozenset({_S.VERIFYING})),
    PhotoRule(Stage.BEFORE, Side.REPORTER, _REPORTER, _BEFORE_HANDLED),
    PhotoRule(Stage.ADDED, Side.REPORTER, _REPORTER, frozenset(CaseStatus(status) for status in _HEARD)),
    # Also after the step: a phone on a thin line sends the words first and the pictures when it can.
    PhotoRule(Stage.AFTER, Side.STAFF, _HANDLERS, frozenset({_S.HANDLING, _S.HANDLED})),
    PhotoRule(Stage.CHECK, Side.STAFF, _CHECKERS, frozenset({_S.HANDLED, _S.CHECKED}), not_by_handler=True),
)

# The steps that take pictures with them, and what those show.
STAGE_OF_STEP: dict[Action, Stage] = {action: Stage(row.picture) for action, row in TRANSITIONS.items() if row.picture}


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """The distance of two points (WGS84 degrees) over the sphere, in metres."""
    north, east = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    half = sin(north) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east) ** 2
    return 2 * _EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


def is_far(metres: float | None) -> bool:
    """Whether a picture was taken so far from the case's place that somebody should look again."""
    return metres is not None and metres > FAR_M


@dataclass(frozen=True, slots=True)
class PlaceQuestion:
    """A picture whose place should be asked about. ``metres`` from the mark; None: there is no mark, and this may be one."""

    position: int
    metres: float | None


def place_question(
    taken: Sequence[tuple[float, float] | None], mark: tuple[float, float] | None
) -> PlaceQuestion | None:
    """Which of several pictures (their places, WGS84, in order) to ask about; None where nothing is to be asked.

    One picture taken at the mark confirms it, whatever the others show.
    """
    known = [(position, place) for position, place in enumerate(taken) if place is not None]
    if not known:
        return None
    if mark is None:
        return PlaceQuestion(known[0][0], None)
    metres, position = min((metres_between(*mark, *place), position) for position, place in known)
    return PlaceQuestion(position, metres) if is_far(metres) else None
