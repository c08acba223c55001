"""``gezhi solve budget`` and ``gezhi solve elect``: participatory budgets and elections with fixed tie rules."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import click
import msgspec

from gezhi.interfaces.cli.solver_files import bad_input_refused, finish, out_option, read_task, task_argument, within
from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.certificate import Cancelled, Certificate, Status
from gezhi.solvers.choice import (
    Completion,
    Project,
    approval,
    build_task,
    decide_budget,
    instant_runoff,
    tie_order,
    transferable_vote,
)


class Budget(msgspec.Struct, forbid_unknown_fields=True):
    """The file IN of ``budget``."""

    budget: int
    projects: tuple[Project, ...]
    ballots: tuple[dict[str, int] | tuple[str, ...], ...]
    rule: Literal["equal_shares", "greedy", "phragmen", "greatest_welfare"] = "equal_shares"
    completion: Completion | None = None
    step_percent: int = 1
    satisfaction: Literal["cost", "count", "points"] = "cost"
    least_support: int = 0
    incompatible: tuple[tuple[str, str], ...] = ()
    tie_seed: str | None = None
    tie_commitment: str | None = None


class Election(msgspec.Struct, forbid_unknown_fields=True):
    """The file IN of ``elect``."""

    method: Literal["instant_runoff", "transferable_vote", "approval"]
    candidates: tuple[str, ...]
    ballots: tuple[tuple[str, ...], ...]
    seats: int = 1
    tie_seed: str | None = None
    tie_commitment: str | None = None


def _points(number: int, ballot: dict[str, int] | tuple[str, ...]) -> dict[str, int]:
    if isinstance(ballot, dict):
        return ballot
    if len(set(ballot)) != len(ballot):
        raise InvalidInput("budget.named_twice", "names a project twice", field=f"ballots[{number}]")
    return dict.fromkeys(ballot, 1)


@click.command()
@task_argument
@out_option
@click.option(
    "--seconds", type=click.FloatRange(min=0), help="Wall seconds after which the count is given up (exit code 4)."
)
def budget(task: Path, out: Path, seconds: float | None) -> None:
    """Choose projects within a budget, by a rule that was fixed before the vote.

    \b
    IN:
      budget          money, integer (fen or any whole unit)
      projects[]      id; cost (same unit, integer above 0)
      ballots[]       ["id", ...] for approvals, or {"id": points, ...}
      rule?           equal_shares (default), greedy, phragmen (approvals), greatest_welfare
      completion?     none, greedy, raise, raise_then_greedy (default for equal_shares; else none):
                      raise adds step_percent? (default 1) % of the budget to the purses again
                      and again while the outcome stays within the budget
      satisfaction?   cost (default), count, points: what a voter has of a chosen project
      least_support?  projects with fewer supporters leave the race (default 0: greedy then
                      spends what is left on projects that nobody supports, too)
      incompatible?[] ["id", "id"]: never both
      tie_seed?       text; ties in the order of SHA-256(seed ":" id), without it by id
      tie_commitment? SHA-256 of tie_seed in hex as published before the vote, checked
    OUT:
      chosen[]        in the order of choice; by_rule: how many the rule itself chose
      cost, beside[]  what greedy alone would have chosen; certificate
    """
    with bad_input_refused():
        given = read_task(task, Budget)
        built = build_task(
            budget=given.budget,
            projects=given.projects,
            ballots=[_points(number, ballot) for number, ballot in enumerate(given.ballots)],
            satisfaction=given.satisfaction,
            rank=tie_order(
                (project.id for project in given.projects), seed=given.tie_seed, commitment=given.tie_commitment
            ),
            least_support=given.least_support,
            incompatible=given.incompatible,
        )
        usual: Completion = "raise_then_greedy" if given.rule == "equal_shares" else "none"
        completion = given.completion or usual
        try:
            outcome = decide_budget(
                built,
                rule=given.rule,
                completion=completion,
                step_percent=given.step_percent,
                should_stop=within(seconds),
            )
        except Cancelled:
            claim = f"{given.rule}: no outcome within {seconds:g} seconds; half a count is no count"
            answer = {"rule": given.rule, "completion": completion, "certificate": Certificate(claim=claim)}
            finish(out, answer, Status.NONE_FOUND, claim)
        answer = {"rule": given.rule, "completion": completion, **asdict(outcome)}
        finish(out, answer, Status.OPTIMAL, outcome.certificate.claim)


def _votes(votes: dict[str, Fraction]) -> dict[str, str]:
    return {name: str(number) for name, number in votes.items()}


@click.command()
@task_argument
@out_option
def elect(task: Path, out: Path) -> None:
    """Elect people or options from ranked or approval ballots.

    \b
    IN:
      method          instant_runoff, transferable_vote (Droop quota, weighted inclusive Gregory),
                      approval
      candidates[]    ids
      ballots[]       ["first", "second", ...] (approval: in any order); may be empty
      seats?          default 1
      tie_seed?       text; ties in the order of SHA-256(seed ":" id), without it by id
      tie_commitment? SHA-256 of tie_seed in hex as published before the vote, checked
    OUT:
      winners[]; quota; certificate
      rounds[]        votes (exact fractions as text), exhausted, elected, eliminated, tied
    """
    with bad_input_refused():
        given = read_task(task, Election)
        rank = tie_order(given.candidates, seed=given.tie_seed, commitment=given.tie_commitment)
        if given.method == "instant_runoff":
            if given.seats != 1:
                raise InvalidInput("choice.bad_seats", "instant run-off fills one seat", field="seats")
            found = instant_runoff(given.candidates, given.ballots, rank)
        elif given.method == "transferable_vote":
            found = transferable_vote(given.candidates, given.ballots, given.seats, rank)
        else:
            found = approval(given.candidates, given.ballots, given.seats, rank)
        ties = sum(1 for one in found.rounds if one.tied)
        claim = f"{given.method}: {', '.join(found.winners)} after {len(found.rounds)} counts, {ties} ties broken"
        answer: dict[str, Any] = {
            "winners": list(found.winners),
            "quota": found.quota,
            "rounds": [
                {**asdict(one), "votes": _votes(dict(one.votes)), "exhausted": str(one.exhausted)}
                for one in found.rounds
            ],
            "certificate": Certificate(claim=claim, details={"arithmetic": "exact fractions"}),
        }
        finish(out, answer, Status.OPTIMAL, claim)
