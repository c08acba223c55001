"""Whatever is done to the evidence by SQL is seen: the whole catalogue, one attack at a time."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from gezhi.interfaces.cli.main import main
from gezhi.kernel.errors import Conflict
from gezhi.kernel.roles import Role
from tests.factories.cases import grant, make_user
from tests.factories.tampering import ATTACKS, live_a_morning

pytestmark = pytest.mark.django_db


def verified():
    return CliRunner().invoke(main, ["audit", "verify"])


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    """Files of its own: a picture that one attack changes is another test's picture elsewhere."""
    settings.GEZHI_HOME = tmp_path


@pytest.fixture
def lived():
    return live_a_morning()


def test_a_morning_of_work_is_clean(lived):
    outcome = verified()
    assert (outcome.exit_code, outcome.output.strip().rsplit(" ", 1)[-1]) == (0, "clean"), outcome.output


@pytest.fixture
def trigger():
    """A trigger that widens each grant while the program writes it."""
    change = "UPDATE access_grant SET role = 'operations' WHERE id = NEW.id"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE FUNCTION widen() RETURNS trigger AS $$ BEGIN {change}; RETURN NEW; END $$ LANGUAGE plpgsql"
            )
            cursor.execute("CREATE TRIGGER evil AFTER INSERT ON access_grant FOR EACH ROW EXECUTE FUNCTION widen()")
        else:
            cursor.execute(f"CREATE TRIGGER evil AFTER INSERT ON access_grant BEGIN {change}; END")


def test_the_program_seals_what_it_meant_and_not_what_a_trigger_made_of_it(lived, trigger):
    with pytest.raises(Conflict) as refused, transaction.atomic():
        grant(make_user("newcomer"), Role.GRID_WORKER, lived.town.areas["420602001001001"])
    assert refused.value.code == "written_differently"
    assert "the trigger 'evil'" in verified().output


VIEW = ("ALTER TABLE access_grant RENAME TO real", "CREATE VIEW access_grant AS SELECT * FROM real")
SHAPES = {
    "a view in the place of a table": (VIEW, "a view stands in the place"),
    "a view beside the tables": (("CREATE VIEW spare AS SELECT 1 AS one",), "the view is not the program's"),
    "a view whose columns have no types": (
        (VIEW[0], f"{VIEW[1]} UNION ALL SELECT * FROM real"),
        "a view stands in the place",
    ),
    "a computed column": (
        (
            "ALTER TABLE access_grant RENAME COLUMN role TO written",
            "ALTER TABLE access_grant ADD COLUMN role VARCHAR(20) GENERATED ALWAYS AS (written) {kind}",
        ),
        "the column 'role' is computed",
    ),
    "a rule": (("CREATE RULE quiet AS ON UPDATE TO access_grant DO INSTEAD NOTHING",), "the rule 'quiet'"),
    "a policy": (("CREATE POLICY few ON access_grant USING (id > 1)",), "the policy 'few'"),
    "an inheriting table": (("CREATE TABLE more () INHERITS (access_grant)",), "the table 'more'"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_what_stands_between_the_program_and_its_tables_is_seen(lived, name):
    statements, words = SHAPES[name]
    sqlite = connection.vendor == "sqlite"
    if sqlite and name in {"a rule", "a policy", "an inheriting table"}:
        pytest.skip("SQLite has no such thing")
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not sqlite:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for statement in statements:
                cursor.execute(statement.format(kind="VIRTUAL" if sqlite else "STORED"))
        outcome = verified()
        transaction.set_rollback(True)
    assert outcome.exit_code == 1, outcome.output
    assert words in outcome.output


@pytest.mark.parametrize("name", ATTACKS)
def test_tampering_is_seen(lived, name):
    with transaction.atomic():
        ATTACKS[name](lived)
        outcome = verified()
        # The foreign keys that an attack leaves behind are nobody's concern after it.
        transaction.set_rollback(True)
    assert outcome.exit_code == 1, f"'{name}' went unseen"
    assert "NOT CLEAN" in outcome.output
