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


@pytest.mark.parametrize("name", ATTACKS)
def test_tampering_is_seen(lived, name):
    with transaction.atomic():
        ATTACKS[name](lived)
        outcome = verified()
        # The foreign keys that an attack leaves behind are nobody's concern after it.
        transaction.set_rollback(True)
    assert outcome.exit_code == 1, f"'{name}' went unseen"
    assert "NOT CLEAN" in outcome.output
