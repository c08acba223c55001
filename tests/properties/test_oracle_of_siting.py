"""What the siting solver says of small random tasks, with any combination of their optional fields, against all plans."""

from __future__ import annotations

import pytest

from tests.oracles import siting

pytestmark = pytest.mark.no_database
IN_THE_SUITE, SHARES = 400, 4


@pytest.mark.parametrize("share", range(SHARES))
def test_siting_says_nothing_that_is_not_so(share):
    for seed in range(share, IN_THE_SUITE, SHARES):
        _, faults = siting.faults_of(siting.random_task(seed))
        assert faults == [], f"seed {seed}"
