"""Who may do what with a power at a street, and from where: the one table of its life.

Two sides: a street asks, the city answers. Nobody answers what they asked for themselves.
"""

from __future__ import annotations

from enum import StrEnum

from gezhi.contexts.powers.domain.states import PowerStatus
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import Button, Permit, Step, phrase


class Action(StrEnum):
    """The verbs. Each has one function in ``use_cases``."""

    ENTER = "enter"
    CLAIM = "claim"
    GRANT = "grant"
    REFUSE = "refuse"
    EXERCISE = "exercise"
    GIVE_BACK = "give_back"
    TAKE_BACK = "take_back"
    KEEP = "keep"
    EXTEND = "extend"
    WITHDRAW = "withdraw"


class Relation(StrEnum):
    """How the actor must stand to the power at a street, beside holding the role."""

    COVERS = "covers"
    """Holds the role in an area that covers the street."""
    ANYONE = "anyone"


class Bar(StrEnum):
    """What rules somebody out, whatever the role."""

    ASKED_IT = "asked_it"
    """Asked for what is now to be decided."""


_S = PowerStatus
_STREET = (Permit(Role.STREET_DISPATCHER, Relation.COVERS),)
_CITY = (Permit(Role.OPERATIONS, Relation.COVERS),)
_ANSWER = (Bar.ASKED_IT,)


def _from(*statuses: PowerStatus) -> frozenset[PowerStatus]:
    return frozenset(statuses)


_ROWS = (
    # In the status that the register says of it.
    Step(
        Action.ENTER,
        _from(),
        None,
        (Permit(Role.SYSTEM_ADMIN, Relation.ANYONE),),
        event="power.entered",
        happened=phrase("Entered in the register"),
        does=phrase("Enter in the register"),
        told=True,
    ),
    Step(
        Action.CLAIM,
        _from(_S.DELEGATED, _S.RETURNED, _S.WITHDRAWN),
        _S.ASKED,
        _STREET,
        event="power.claim_asked",
        happened=phrase("The street asked to take it on"),
        does=phrase("Ask to take it on"),
        button=Button("c", 1, leads=True),
        needs_reason=True,
        told=True,
    ),
    Step(
        Action.GRANT,
        _from(_S.ASKED),
        _S.CLAIMED,
        _CITY,
        event="power.granted",
        happened=phrase("Granted to the street"),
        does=phrase("Grant it"),
        button=Button("g", 2, leads=True),
        bars=_ANSWER,
        told=True,
    ),
    Step(
        Action.REFUSE,
        _from(_S.ASKED),
        _S.DELEGATED,
        _CITY,
        event="power.refused",
        happened=phrase("Not granted to the street"),
        does=phrase("Do not grant it"),
        button=Button("f", 3),
        bars=_ANSWER,
        needs_reason=True,
        told=True,
    ),
    Step(
        Action.EXERCISE,
        _from(_S.CLAIMED),
        _S.EXERCISED,
        _STREET,
        event="power.exercised",
        happened=phrase("The street exercises it"),
        does=phrase("Say that the street exercises it"),
        button=Button("x", 4),
        told=True,
    ),
    Step(
        Action.GIVE_BACK,
        _from(_S.CLAIMED, _S.EXERCISED),
        _S.RETURNING,
        _STREET,
        event="power.return_asked",
        happened=phrase("The street asked to give it back"),
        does=phrase("Ask to give it back"),
        button=Button("b", 5),
        needs_reason=True,
        told=True,
    ),
    Step(
        Action.TAKE_BACK,
        _from(_S.RETURNING),
        _S.RETURNED,
        _CITY,
        event="power.returned",
        happened=phrase("Taken back from the street"),
        does=phrase("Take it back"),
        button=Button("t", 6, leads=True),
        bars=_ANSWER,
        told=True,
    ),
    # What the city does not take back, the street is to exercise.
    Step(
        Action.KEEP,
        _from(_S.RETURNING),
        _S.EXERCISED,
        _CITY,
        event="power.kept",
        happened=phrase("Stays with the street"),
        does=phrase("Leave it with the street"),
        button=Button("p", 7),
        bars=_ANSWER,
        needs_reason=True,
        told=True,
    ),
    Step(
        Action.EXTEND,
        _from(_S.CLAIMED, _S.EXERCISED),
        None,
        _CITY,
        event="power.end_set",
        happened=phrase("Another last day was set"),
        does=phrase("Set another last day"),
        button=Button("e", 8),
        needs_reason=True,
        told=True,
    ),
    Step(
        Action.WITHDRAW,
        _from(_S.CLAIMED, _S.EXERCISED, _S.RETURNING),
        _S.WITHDRAWN,
        _CITY,
        event="power.withdrawn",
        happened=phrase("Withdrawn from the street"),
        does=phrase("Withdraw it"),
        button=Button("w", 9, danger=True),
        needs_reason=True,
        told=True,
    ),
)
TRANSITIONS: dict[Action, Step] = {Action(row.action): row for row in _ROWS}
