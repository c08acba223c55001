"""The hub's pages ask the database few questions, however much they show."""

from __future__ import annotations

import pytest

from gezhi.contexts.cases.models import Case
from gezhi.kernel.clock import now
from gezhi.platform.steps import listing
from tests.factories.cases import make_town, report
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db


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
