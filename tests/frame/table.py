from enum import StrEnum

from gezhi.kernel.fold import Folded
from gezhi.kernel.roles import Role
from gezhi.kernel.steps import Button, Permit, Step, Words

Status = StrEnum("Status", ["ASKED", "APPROVED", "HELD", "MISSED", "CANCELLED"])
Action = StrEnum("Action", ["ASK", "APPROVE", "CHECK_IN", "CANCEL", "MISS"])
Relation = StrEnum("Relation", ["ANYONE", "COVERS", "OWN"])

_HUB, _OWN = Permit(Role.STREET_DISPATCHER, Relation.COVERS), Permit(Role.RESIDENT, Relation.OWN)
_OPEN, _QUIT = {Status.ASKED, Status.APPROVED}, Button("q", 3, danger=True)


def _step(action, sources, to, *permits, happened, button=None, **more):
    words = {"event": f"booking.{happened}", "happened": Words(happened), "does": Words(action.value)}
    return Step(action, frozenset(sources), to, permits, button=button, **words, **more)


_ROWS = (
    _step(Action.ASK, (), Status.ASKED, Permit(Role.RESIDENT, Relation.ANYONE), happened="asked", told=True),
    _step(Action.APPROVE, {Status.ASKED}, Status.APPROVED, _HUB, happened="approved", button=Button("a", 1), told=True),
    _step(Action.CHECK_IN, {Status.APPROVED}, Status.HELD, _HUB, happened="held", button=Button("h", 2)),
    _step(Action.CANCEL, _OPEN, Status.CANCELLED, _HUB, _OWN, happened="cancelled", needs_reason=True, button=_QUIT),
    _step(Action.MISS, {Status.APPROVED}, Status.MISSED, _HUB, happened="missed", button=Button("m", 4)),
)
TABLE = {row.action: row for row in _ROWS}
FOLDED = Folded(
    values=("status", "room_id", "community_id", "booked_by_id", "people", "came"), instants=("starts_at", "ends_at")
)
