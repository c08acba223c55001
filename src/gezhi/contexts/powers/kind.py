"""A power at a street, as the frame of steps knows it."""

from __future__ import annotations

from gezhi.contexts.powers.domain.fold import FOLDED
from gezhi.contexts.powers.domain.states import PowerStatus
from gezhi.contexts.powers.domain.transitions import TRANSITIONS
from gezhi.contexts.powers.events import ENTERED_MANY
from gezhi.contexts.powers.evidence import ENTERED
from gezhi.contexts.powers.models import Holding, HoldingStep
from gezhi.contexts.powers.policy import BARS, RELATIONS, SCOPES
from gezhi.contexts.powers.rows import row_of
from gezhi.platform.steps.kind import Kind


def chain_of(district_id: int | None) -> str:
    """The audit chain of a district's powers."""
    return f"powers:{district_id or 0}"


HOLDING: Kind[Holding] = Kind(
    name="power",
    model=Holding,
    history=HoldingStep,
    subject="holding",
    reference="number",
    missing="no_power",
    statuses=PowerStatus,
    table=TRANSITIONS,
    folded=FOLDED,
    scopes=SCOPES,
    relations=RELATIONS,
    bars=BARS,
    chain=lambda holding: chain_of(holding.district_id),
    row=row_of,
    sealed=ENTERED,
    topic="powers",
    resets=frozenset({ENTERED_MANY}),
)
