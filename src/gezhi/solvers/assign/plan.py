"""The answer: who goes where, what it costs, what is proven of it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gezhi.solvers.certificate import Certificate, Status


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another worker for a case: seconds until there, and the cost of this pair alone."""

    worker: str
    arrival_s: float
    cost: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why this worker goes to this case.

    ``rank``: place of the worker by arrival among the eligible. ``cost`` and ``arrival_s`` of the pair. ``nearer``:
    eligible workers who would be there sooner, each with the case that they are sent to (None: free). ``next_best``:
    the cheapest other worker by the pair's own cost. ``plan_cost_without``: what the best whole plan would cost more
    if this worker could not go to this case; None where no plan then serves as many cases. ``words``: the same in one
    sentence.
    """

    worker: str
    arrival_s: float
    cost: float
    rank: int
    nearer: Mapping[str, str | None]
    next_best: Alternative | None
    plan_cost_without: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """A plan. ``assignment``: people sent to each served case; ``unassigned``: a reason for each of the others.

    ``cost``: total travel seconds (objective 'travel') or weighted seconds (objective 'dispatch'); ``bound``: a proven
    value that no plan (with as many cases served) can undercut.
    """

    status: Status
    assignment: Mapping[str, tuple[str, ...]]
    unassigned: Mapping[str, str]
    cost: float
    bound: float
    explanations: Mapping[str, tuple[Explanation, ...]]
    certificate: Certificate
