"""A rule with its completion, run on a checked task."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Cancelled, Certificate, ShouldStop, never
from gezhi.solvers.choice.budget import Task
from gezhi.solvers.choice.equal_shares import equal_shares, raised_equal_shares
from gezhi.solvers.choice.other_rules import greatest_welfare, greedy, phragmen

Rule = Literal["equal_shares", "greedy", "phragmen", "greatest_welfare"]
Completion = Literal["none", "greedy", "raise", "raise_then_greedy"]
RULES: tuple[str, ...] = get_args(Rule)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is paid for, in the order of choice (the completion's share comes last), and what it costs.

    ``by_rule`` counts the projects that the rule itself chose; ``beside`` is what greedy alone would have chosen.
    """

    chosen: tuple[str, ...]
    by_rule: int
    cost: int
    beside: tuple[str, ...]
    certificate: Certificate


def decide_budget(
    task: Task,
    *,
    rule: Rule,
    completion: Completion = "none",
    step_percent: int = 1,
    should_stop: ShouldStop = never,
) -> Outcome:
    """Run ``rule`` and its completion.

    'raise' gives all purses together ``step_percent`` % of the budget more, again and again, as long as the outcome stays
    affordable (equal shares only); 'greedy' then spends what is left. Raises ``InvalidInput`` for a completion that the
    rule does not have and ``Cancelled`` when ``should_stop`` ends the search: half a count is no count.
    """
    raising = completion in {"raise", "raise_then_greedy"}
    if raising and rule != "equal_shares":
        raise InvalidInput("budget.no_raise", f"'{completion}' belongs to equal_shares", field="completion")
    if step_percent < 1:
        raise InvalidInput("budget.bad_step", f"{step_percent} is not above 0", field="step_percent")
    if rule == "equal_shares":
        step = Fraction(task.budget * step_percent, 100)
        chosen = (
            raised_equal_shares(task, step=step, should_stop=should_stop)
            if raising
            else equal_shares(task, should_stop=should_stop)
        )
    else:
        chosen = {"greedy": greedy, "phragmen": phragmen, "greatest_welfare": greatest_welfare}[rule](task)
    if should_stop():
        raise Cancelled
    by_rule = len(chosen)
    if completion in {"greedy", "raise_then_greedy"}:
        chosen = greedy(task, chosen=chosen)
    cost = task.cost(chosen)
    proven = "the greatest satisfaction within the budget, proven; " if rule == "greatest_welfare" else ""
    words = f"{rule} with completion '{completion}': {proven}{len(chosen)} projects for {cost} of {task.budget}"
    more = task.open_to(chosen)
    return Outcome(
        chosen=tuple(chosen),
        by_rule=by_rule,
        cost=cost,
        beside=tuple(greedy(task)),
        certificate=Certificate(
            claim=f"{words}; {len(more)} more would still fit" if more else f"{words}; nothing more fits",
            details={"arithmetic": "exact", "left": task.budget - cost, "would_fit": sorted(more)},
        ),
    )
