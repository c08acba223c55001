"""Hand the open cases of somebody who has left, or is away, over to a colleague: each by the step of dispatching."""

from __future__ import annotations

from datetime import datetime

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE
from gezhi.contexts.cases.queries.held_cases import hand_over_of
from gezhi.contexts.cases.use_cases.dispatch_case import dispatch_case
from gezhi.kernel.errors import InvalidInput
from gezhi.platform.access.actor import Actor
from gezhi.platform.audit.record import record
from gezhi.platform.steps.perform import as_one, checked_note
from gezhi.platform.steps.verb import Command


def hand_over(*, actor: Actor, from_id: int, to_id: int, note: str, now: datetime) -> int:
    """Dispatch anew, to ``to_id``, what ``from_id`` has in hand and the actor may dispatch; all or nothing. Returns how many.

    The clocks keep running; each case gets its line of history with the note. Raises ``InvalidInput`` where no note says
    why, nothing can go over, or both are the same person.
    """
    if from_id == to_id:
        raise InvalidInput("has_it_already", "this person has the cases already", field="to")
    if not note.strip():
        raise InvalidInput("reason_missing", "say why the cases change hands", field="note")
    words = checked_note(note, CASE.table[Action.DISPATCH])
    with as_one():
        going = hand_over_of(actor, from_id=from_id, to_id=to_id, now=now).going
        if not going:
            raise InvalidInput("nothing_to_hand_over", "none of these cases can go over to this person", field="to")
        for row in going:
            command = Command(actor=actor, number=row["number"], now=now, expected_version=row["version"], note=words)
            dispatch_case(command, organisation_id=row["organisation_id"], assignee_id=to_id)
        record(
            actor=actor,
            action="cases.handed_over",
            object_type="user",
            object_id=from_id,
            data={"to": to_id, "cases": len(going)},
            now=now,
        )
    return len(going)
