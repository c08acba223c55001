"""Many rows found by one column at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gezhi.contexts.cases.models import Case
from gezhi.platform.bulk import keys_of
from tests.factories.cases import MONDAY, make_town, report


@pytest.mark.django_db
def test_rows_are_found_by_one_column_and_what_is_not_there_is_left_out() -> None:
    make_town()
    for _ in range(3):
        report(now=MONDAY)
    cases = list(Case.objects.order_by("pk"))
    Case.objects.filter(pk=cases[0].pk).update(external_source="old", external_id="é'1")
    Case.objects.filter(pk=cases[1].pk).update(external_source="other", external_id="é'1")
    numbers = [case.number for case in cases]
    assert keys_of(Case, "number", [*numbers[:2], "nothing"]) == {case.number: case.pk for case in cases[:2]}
    assert keys_of(Case, "external_id", ["é'1", "2"], {"external_source": "old"}) == {"é'1": cases[0].pk}
    assert keys_of(Case, "number", []) == {}


@pytest.mark.django_db
def test_the_list_goes_as_one_parameter_and_the_table_is_not_walked_for_it() -> None:
    make_town()
    for _ in range(3):
        report(now=MONDAY)
    with CaptureQueriesContext(connection) as asked:
        keys_of(Case, "number", [str(number) for number in range(5_000)])
    (query,) = asked.captured_queries
    assert query["sql"].count("4999") == 1
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = [line[3] for line in cursor.fetchall()]
        assert any("SEARCH held" in line for line in plan), plan
        assert not any("SCAN held" in line for line in plan), plan
