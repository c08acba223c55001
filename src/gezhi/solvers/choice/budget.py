"""A participatory budget as a task: projects with costs, ballots as points, and what may be chosen together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gezhi.kernel.errors import InvalidInput
from gezhi.solvers.distinct import require_distinct

Satisfaction = Literal["cost", "count", "points"]


@dataclass(frozen=True, slots=True)
class Project:
    """Something to be paid for; ``cost`` in fen or any other whole unit of money, above 0."""

    id: str
    cost: int


@dataclass(frozen=True, slots=True)
class Group:
    """Voters with one and the same ballot: project → satisfaction if it is carried out (> 0), and how many they are."""

    utility: Mapping[str, int]
    size: int


@dataclass(frozen=True, slots=True)
class Task:
    """A checked task. ``costs`` holds the projects that may win; ``voters`` counts everybody, empty ballots too.

    ``rank`` breaks ties (smaller first), ``apart`` maps a project to those that exclude it.
    """

    budget: int
    costs: Mapping[str, int]
    groups: tuple[Group, ...]
    voters: int
    rank: Mapping[str, int]
    apart: Mapping[str, frozenset[str]]

    def satisfaction(self, project: str) -> int:
        """What all voters together have of a project."""
        return sum(group.utility.get(project, 0) * group.size for group in self.groups)

    def cost(self, chosen: Iterable[str]) -> int:
        """What the chosen cost together."""
        return sum(self.costs[name] for name in chosen)

    def open_to(self, chosen: Sequence[str]) -> list[str]:
        """Projects that could be added: not chosen, affordable, excluded by none that is chosen."""
        left = self.budget - self.cost(chosen)
        taken = set(chosen)
        return [
            name
            for name, cost in self.costs.items()
            if name not in taken and cost <= left and not self.apart[name] & taken
        ]


def _checked_projects(projects: Sequence[Project]) -> dict[str, int]:
    names = [project.id for project in projects]
    require_distinct(names, code="budget.project_twice", field="projects[{}].id", kind="project")
    costs: dict[str, int] = {}
    for number, project in enumerate(projects):
        if project.cost <= 0:
            raise InvalidInput("budget.bad_cost", f"{project.cost} is not above 0", field=f"projects[{number}].cost")
        costs[project.id] = project.cost
    if not costs:
        raise InvalidInput("budget.no_projects", "is empty", field="projects")
    return costs


def build_task(
    *,
    budget: int,
    projects: Sequence[Project],
    ballots: Sequence[Mapping[str, int]],
    satisfaction: Satisfaction,
    rank: Mapping[str, int],
    least_support: int = 0,
    incompatible: Sequence[tuple[str, str]] = (),
) -> Task:
    """Check everything and bring it into one shape.

    ``ballots`` give each voter's points for projects (1 for an approval; 0 is no support). ``satisfaction``: a voter is
    served by a supported project as much as it costs, by one each, or by his points. Projects with fewer than
    ``least_support`` supporters leave the race before anything is counted. Raises ``InvalidInput``.
    """
    if budget <= 0:
        raise InvalidInput("budget.bad_budget", f"{budget} is not above 0", field="budget")
    if least_support < 0:
        raise InvalidInput("budget.negative", f"{least_support} is negative", field="least_support")
    costs = _checked_projects(projects)
    apart: dict[str, set[str]] = {name: set() for name in costs}
    for number, (one, other) in enumerate(incompatible):
        for name in (one, other):
            if name not in costs:
                raise InvalidInput("budget.unknown_project", f"'{name}' is no project", field=f"incompatible[{number}]")
        if one == other:
            raise InvalidInput("budget.own_enemy", f"'{one}' excludes itself", field=f"incompatible[{number}]")
        apart[one].add(other)
        apart[other].add(one)
    support: Counter[str] = Counter()
    seen: Counter[tuple[tuple[str, int], ...]] = Counter()
    for number, ballot in enumerate(ballots):
        for name, points in ballot.items():
            if name not in costs:
                raise InvalidInput("budget.unknown_project", f"'{name}' is no project", field=f"ballots[{number}]")
            if points < 0:
                raise InvalidInput("budget.negative", f"{points} points are negative", field=f"ballots[{number}]")
        supported = tuple(sorted((name, points) for name, points in ballot.items() if points))
        support.update(name for name, _ in supported)
        seen[supported] += 1
    racing = {name: cost for name, cost in sorted(costs.items()) if support[name] >= least_support}

    def worth(name: str, points: int) -> int:
        return {"cost": costs[name], "count": 1, "points": points}[satisfaction]

    groups = tuple(
        Group({name: worth(name, points) for name, points in ballot if name in racing}, size)
        for ballot, size in sorted(seen.items())
    )
    return Task(
        budget=budget,
        costs=racing,
        groups=groups,
        voters=len(ballots),
        rank=rank,
        apart={name: frozenset(apart[name] & racing.keys()) for name in racing},
    )
