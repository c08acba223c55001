"""The list of bodies that a case can be given to."""

from __future__ import annotations

import re

import pytest

from gezhi.contexts.organisations.models import Organisation
from gezhi.kernel.clock import now
from tests.factories.cases import make_town, report
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("form", ["dispatch", "several"])
def test_many_of_a_kind_stand_together_behind_the_others(form):
    town = make_town()
    for number in range(3):
        Organisation.objects.create(
            name=f"律师事务所{number}", code=f"4206-a-law-{number}", kind="law_firm", area=town.areas["4206"]
        )
    number = report(now=now()).number
    client = signed_in(town, "dispatcher")
    address = f"/hub/cases/{number}/forms/dispatch" if form == "dispatch" else f"/hub/several?number={number}"
    page = client.get(address, headers={"HX-Request": "true"}).content.decode()
    options = re.findall(r"<(?:option|optgroup)[^>]*>(?:[^<]*)", page.split("<search-select>")[1].split("</select>")[0])
    last = [re.sub(r"<[^>]*>", "", one).strip() for one in options[-3:]]
    assert last == ["律师事务所0", "律师事务所1", "律师事务所2"]
    assert 'label="律师事务所与法律服务所"' in options[-4]
