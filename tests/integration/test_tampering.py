"""Whatever is done to the evidence by SQL is seen: the whole catalogue, one attack at a time."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.db import transaction

from gezhi.interfaces.cli.main import main
from gezhi.platform.files.store import path_of
from tests.factories.tampering import ATTACKS, live_a_morning, one

pytestmark = pytest.mark.django_db


def verified():
    return CliRunner().invoke(main, ["audit", "verify"])


@pytest.fixture
def lived():
    return live_a_morning()


def test_a_morning_of_work_is_clean(lived):
    outcome = verified()
    assert (outcome.exit_code, outcome.output.strip().rsplit(" ", 1)[-1]) == (0, "clean"), outcome.output


@pytest.mark.parametrize("name", ATTACKS)
def test_tampering_is_seen(lived, name):
    photo = path_of(one("SELECT sha256 FROM files_attachment ORDER BY created_at, id LIMIT 1"))
    kept = photo.read_bytes()
    with transaction.atomic():
        ATTACKS[name](lived)
        outcome = verified()
        # The foreign keys that an attack leaves behind are nobody's concern after it.
        transaction.set_rollback(True)
    photo.write_bytes(kept)
    assert outcome.exit_code == 1, f"'{name}' went unseen"
    assert "NOT CLEAN" in outcome.output
