"""A process finds the class table, the duty table and the bodies that another one has put in force."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gezhi.contexts.cases.catalogue import FRESH_SECONDS, catalogue
from gezhi.contexts.cases.use_cases.install_classes import install_classes, shipped_classes
from gezhi.contexts.cases.use_cases.install_duties import install_duties, shipped_duties
from gezhi.contexts.organisations.use_cases.register_organisation import register_organisation
from gezhi.platform import kept
from tests.factories.cases import MONDAY, SYSTEM, make_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(monkeypatch):
    """What is done in this block is done by another process: this one is not told, and some seconds pass."""

    class Time:
        passed = 0.0

        def monotonic(self) -> float:
            return 1_000.0 + self.passed

    time = Time()
    monkeypatch.setattr(kept, "time", time)

    def do(work):
        held = catalogue._held
        work()
        catalogue._held = held
        assert catalogue() is held.value
        time.passed += FRESH_SECONDS + 0.1

    return do


def test_a_class_table(elsewhere):
    make_town()
    rows = [row for row in shipped_classes() if row.code != "E0110"]
    assert "E0110" in catalogue().classes
    elsewhere(lambda: install_classes(actor=SYSTEM, code="next", name="下一版", rows=rows, now=MONDAY))
    assert catalogue().scheme_code == "next"
    assert "E0110" not in catalogue().classes


def test_a_duty_table(elsewhere):
    make_town()
    before = len(catalogue().duties)
    later = MONDAY + timedelta(days=1)
    elsewhere(lambda: install_duties(actor=SYSTEM, name="下一版", rows=shipped_duties()[:3], now=later))
    assert before != 3
    assert len(catalogue().duties) == 3


def test_a_body(elsewhere):
    town = make_town()
    catalogue()
    area = town.areas["420602"].pk
    elsewhere(
        lambda: register_organisation(actor=SYSTEM, code="w", name="水务局", kind="water", area_id=area, now=MONDAY)
    )
    assert "水务局" in {body.name for body in catalogue().bodies.values()}


def test_nothing_new_costs_four_small_queries(elsewhere):
    make_town()
    held = catalogue()
    elsewhere(lambda: None)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert catalogue() is held
    assert len(asked) == 4
