"""What is counted of few cases is found by their own index, whoever asks: never by way of all cases of an area."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.queries import queue_counts
from gezhi.kernel.clock import now
from tests.factories.cases import Town, make_town, report


@pytest.fixture
def town(db: None) -> Town:
    return make_town()


@pytest.mark.parametrize("who", ["operations", "dispatcher", "worker", "officer"])
def test_attention_and_requests_are_not_counted_through_a_whole_area(town: Town, who: str):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a table this small as it is")
    for _ in range(3):
        report(now=now())
    with CaptureQueriesContext(connection) as asked:
        queue_counts(town.actor(who, now=now()), now=now())
    (counted,) = [one["sql"] for one in asked if "UNION ALL" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + counted)
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert "cases_attention" in plan
    assert "cases_asked" in plan
    # What stands in each status is counted through the areas.
    assert plan.count("MULTI-INDEX") <= 1


def test_they_count_what_each_sees(town: Town):
    numbers = [report(now=now(), grid=grid).number for grid in (0, 1, 3)]
    Case.objects.filter(number__in=numbers).update(needs_attention=True)
    seen = {
        who: queue_counts(town.actor(who, now=now()), now=now())["attention"]
        for who in ("operations", "stranger", "resident")
    }
    assert seen == {"operations": 3, "stranger": 1, "resident": 0}
