"""One case: what its page shows, and what the actor may do with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gezhi.contexts.cases.domain.transitions import Action
from gezhi.contexts.cases.kind import CASE, decide_personal
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries.lists import Row
from gezhi.contexts.cases.rows import ROWS
from gezhi.platform.access.actor import Actor
from gezhi.platform.steps.history import HistoryStep, history_of
from gezhi.platform.steps.policy import find, possible_steps


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case with everything its page shows. ``actions``: what this actor may do now."""

    case: Row
    description: str
    history: list[HistoryStep]
    actions: tuple[Action, ...]
    routing_reason: str
    details: dict[str, Any] = field(default_factory=dict)


def get_case(actor: Actor, number: str) -> Case:
    """The case with this number. Raises ``NotFound`` where there is none, or none that the actor may know of."""
    return find(CASE, actor, number)


def case_page(actor: Actor, number: str) -> CasePage:
    """One case with its history and the actor's possible actions. Four queries. Raises ``NotFound``."""
    case = get_case(actor, number)
    history = history_of(CASE, case.pk)
    return CasePage(
        case=ROWS.one(case.pk),
        description=case.description,
        history=history,
        actions=possible_actions(actor, case),
        routing_reason=next((step.note for step in history if step.action == Action.REPORT), ""),
        details={
            "dispatch_due": case.dispatch_due,
            "handle_due": case.handle_due,
            "check_due": case.check_due,
            "dispatched_at": case.dispatched_at,
            "accepted_at": case.accepted_at,
            "handled_at": case.handled_at,
            "checked_at": case.checked_at,
            "paused_at": case.paused_at,
            "outcome_note": case.outcome_note,
            "condition": case.condition,
            "duty_rule_id": case.duty_rule_id,
            "source_datum": case.source_datum,
            "has_personal_data": case.personal_record is not None,
            "may_see_personal_data": case.personal_record is not None and bool(decide_personal(actor, case)),
        },
    )


def possible_actions(actor: Actor, case: Case) -> tuple[Action, ...]:
    """What the actor may do with the case in its present state."""
    return possible_steps(CASE, actor, case)


def states_of(history: Iterable[HistoryStep]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """What the history had made of the case before and after each of its steps, by column."""
    states, after = [], dict[str, Any]()
    for step in history:
        before, after = after, after | step.changes
        states.append((before, after))
    return states
