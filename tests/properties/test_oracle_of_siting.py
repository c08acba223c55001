"""What the siting solver says of small random tasks, with any combination of their optional fields, against all plans."""

from __future__ import annotations

from itertools import combinations

import pytest

from gezhi.solvers.siting import Demand, Site, SitingTask, prove, solve_siting
from tests.oracles import siting

pytestmark = pytest.mark.no_database
IN_THE_SUITE, SHARES = 400, 4


@pytest.mark.parametrize("share", range(SHARES))
def test_siting_says_nothing_that_is_not_so(share):
    for seed in range(share, IN_THE_SUITE, SHARES):
        _, faults = siting.faults_of(siting.random_task(seed))
        assert faults == [], f"seed {seed}"


@pytest.mark.parametrize("most_of_linear", [-1, prove._LINEAR])
def test_bounds_of_coverings_without_a_tree_are_so(monkeypatch, most_of_linear):
    """Every covering is taken for one that is too large for branch and bound, and for its linear program as well."""
    monkeypatch.setattr(prove, "_LINEAR", most_of_linear)
    monkeypatch.setattr(prove, "_suits_program", lambda *_, **__: False)
    monkeypatch.setattr(prove, "_branch", lambda run, core, *_: (core.bound, 0))
    tasks = [
        task
        for seed in range(400)
        if (task := siting.random_task(seed)).model == "max_cover" and all(site.capacity is None for site in task.sites)
    ]
    statuses = []
    for task in tasks:
        status, faults = siting.faults_of(task, effort=0.05)
        statuses.append(status)
        assert faults == []
    assert statuses.count("optimal") > len(tasks) // 2


@pytest.mark.parametrize("heeded", [True, False])
def test_one_site_serves_two_of_three(monkeypatch, heeded):
    """Twice three places and three sites between them, three to open: halves of all six serve six, whole ones five."""
    monkeypatch.setattr(prove, "_suits_program", lambda *_, **__: False)
    monkeypatch.setattr(prove, "_branch", lambda run, core, *_: (core.bound, 0))
    if not heeded:
        monkeypatch.setattr(prove, "with_triangles", lambda _location, _linear, root, **_: root)
    corners = [(0.0, 0.0), (2.0, 0.0), (1.0, 1.7)]
    places = [(x + apart, y) for apart in (0.0, 100.0) for x, y in corners]
    between = [((x + u) / 2, (y + v) / 2) for (x, y), (u, v) in combinations(places, 2) if abs(x - u) < 10]
    answer = solve_siting(
        SitingTask(
            demand=[Demand(number, 1.0, x, y) for number, (x, y) in enumerate(places)],
            sites=[Site(number, x, y) for number, (x, y) in enumerate(between)],
            metric="euclidean",
            model="max_cover",
            p=3,
            radius_m=1.1,
        )
    )
    assert (answer.value, answer.status) == (5, "optimal" if heeded else "feasible")
