"""After many rows the database knows how its tables are filled."""

import pytest
from django.db import connection

from gezhi.platform.bulk import count_rows
from gezhi.platform.jobs.upkeep import count_rows as nightly
from tests.factories.cases import MONDAY, make_town, report


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [count_rows, nightly.call], ids=["after an import", "each night"])
def test_the_planner_is_told(count):
    make_town()
    for _ in range(20):
        report(now=MONDAY)
    count()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'cases_newest'")
            assert cursor.fetchone()[0].startswith("20 ")
        elif count is count_rows:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'cases_case'")
            assert cursor.fetchone()[0] == 20
