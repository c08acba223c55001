"""The chain finds whatever is done to the history outside the program, and names the row."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.db import connection

from gezhi.contexts.cases.models import CaseStep
from gezhi.interfaces.cli.main import main
from gezhi.platform.audit.models import ChainHead
from gezhi.platform.audit.verify import verify
from tests.factories.cases import make_town, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    make_town()
    for grid in (0, 1, 2, 3, 0):
        report(grid=grid)
    return list(CaseStep.objects.order_by("pk"))


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def found():
    return [(finding.table, finding.row_id, finding.problem) for finding in verify()]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("note", "another reason"),
        ("actor_label", "somebody else"),
        ("at", "2026-03-01 00:00:00"),
        ("to_status", "closed"),
        ("changes", '{"status": "reported"}'),
        ("action", "note"),
        ("version", 7),
    ],
)
def test_a_changed_column_names_its_row(rows, column, value):
    assert found() == []
    sql(f"UPDATE cases_caseevent SET {column} = %s WHERE id = %s", value, rows[2].pk)
    assert found() == [("cases_caseevent", rows[2].pk, "was changed outside the program")]


def test_a_forged_hash_breaks_the_next_row_too(rows):
    sql("UPDATE cases_caseevent SET hash = %s WHERE id = %s", "0" * 64, rows[1].pk)
    assert [row_id for _, row_id, _ in found()] == [rows[1].pk, rows[2].pk]


def test_a_removed_row_and_a_cut_tail_are_missed(rows):
    sql("DELETE FROM cases_caseevent WHERE id = %s", rows[2].pk)
    assert "are missing" in found()[0][2]
    sql("DELETE FROM cases_caseevent WHERE id >= %s", rows[2].pk)
    assert "should end at row 5" in found()[0][2]


def test_a_whole_chain_that_is_gone_is_missed(rows):
    chain = rows[0].chain
    sql("DELETE FROM cases_caseevent WHERE chain = %s", chain)
    assert [finding.problem for finding in verify()] == ["all 5 rows of the chain are gone"]


def test_a_lost_head_is_found(rows):
    ChainHead.objects.filter(name=rows[0].chain).delete()
    assert "end is missing" in found()[0][2]


def test_the_command_prints_the_row_and_exits_non_zero(rows):
    clean = CliRunner().invoke(main, ["audit", "verify"])
    assert (clean.exit_code, clean.output.strip().endswith("clean")) == (0, True)
    sql("UPDATE cases_caseevent SET note = 'x' WHERE id = %s", rows[3].pk)
    dirty = CliRunner().invoke(main, ["audit", "verify"])
    assert dirty.exit_code == 1
    assert f"row id {rows[3].pk} " in dirty.output


def test_a_case_row_that_differs_from_its_history_is_found(rows):
    sql("UPDATE cases_case SET status = 'cancelled' WHERE id = %s", rows[0].case_id)
    result = CliRunner().invoke(main, ["audit", "verify", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.output)["rows_that_differ"] == [{"case": rows[0].case.number, "columns": ["status"]}]
