"""What the siting solver says of small random tasks, with any combination of their optional fields, against all plans."""

from __future__ import annotations

import pytest

from gezhi.solvers.siting import prove
from tests.oracles import siting

pytestmark = pytest.mark.no_database
IN_THE_SUITE, SHARES = 400, 4


@pytest.mark.parametrize("share", range(SHARES))
def test_siting_says_nothing_that_is_not_so(share):
    for seed in range(share, IN_THE_SUITE, SHARES):
        _, faults = siting.faults_of(siting.random_task(seed))
        assert faults == [], f"seed {seed}"


def test_bounds_of_large_coverings_are_so(monkeypatch):
    """Every covering is taken for one that is too large for its linear program and for branch and bound."""
    monkeypatch.setattr(prove, "_LINEAR", -1)
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
