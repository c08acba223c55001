"""The hub's pages ask the database few questions, however much they show."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from gezhi.contexts.cases.domain.states import Stage
from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases.attach_photo import asked_photos, attach_photo, photos_of
from gezhi.kernel.clock import now
from gezhi.platform import kept
from gezhi.platform.prepared import answers
from gezhi.platform.steps import listing
from tests.factories.cases import make_town, report
from tests.factories.clients import signed_in
from tests.factories.photos import photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept_grows_old(monkeypatch):
    """What is looked at again every few seconds would be counted on a slow machine and not on a fast one."""
    began = time.monotonic()
    monkeypatch.setattr(kept, "time", SimpleNamespace(monotonic=lambda: began))


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/hub", 3),
        ("/hub?queue=overdue", 3),
        ("/hub?queue=all&q=井盖", 4),
        ("/hub?queue=all&q=井盖 松动 0003", 5),
        ("/hub/rows?queue=all", 2),
        ("/hub/counts", 2),
    ],
)
def test_a_list_costs_few_questions(monkeypatch, address, most, django_assert_max_num_queries):
    town = make_town()
    for place in range(6):
        report(now=now(), description="井盖松动" if place % 2 else "路灯不亮", grid=place % 3)
    if most == 5:
        # As in a list that is longer than the part that is looked at first.
        monkeypatch.setattr(listing, "_WINDOW", 2)
    client = signed_in(town, "dispatcher")
    client.get(address)
    with django_assert_max_num_queries(most):
        assert client.get(address).status_code == 200
    assert Case.objects.count() == 6


@pytest.mark.parametrize(("beside", "most"), [("", 6), ("/alike", 4)])
def test_a_case_by_its_address_costs_few_questions_where_nothing_with_a_name_is_near(
    beside, most, django_assert_max_num_queries
):
    town = make_town()
    number = report(now=now()).number
    client = signed_in(town, "dispatcher")
    address = f"/hub/cases/{number}{beside}"
    client.get(address)
    with django_assert_max_num_queries(most):
        assert client.get(address).status_code == 200


def test_the_pictures_of_a_case_are_the_same_however_they_are_asked_for(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path
    town = make_town()
    number = report(now=now()).number
    for colour in ("#7a6a5f", "#6a8f6a", "#5f6a7a"):
        attach_photo(
            actor=town.actor("dispatcher", now=now()),
            number=number,
            raw=photo(colour=colour),
            stage=Stage.BEFORE,
            asker="t",
            now=now(),
        )
    (together,) = answers(asked_photos(number))
    assert together == photos_of(Case.objects.get(number=number).pk)
    assert len(together) == 3
    assert answers(asked_photos(number), asked_photos("0" * 14)) == [together, []]
