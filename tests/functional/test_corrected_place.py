"""A place that is set right takes the words that led to the old one along."""

from __future__ import annotations

import pytest
from django.test import Client

from gezhi.contexts.cases.models import Case
from gezhi.kernel.clock import now
from tests.factories.areas import centre
from tests.factories.cases import make_town, report

pytestmark = pytest.mark.django_db


def test_a_corrected_place_takes_the_words_that_led_to_the_old_one_along():
    town = make_town()
    lon, lat = centre(0)
    there, far = centre(1), centre(3)
    done = report(lon=lon, lat=lat, address="民主里9栋附近", now=now())
    client = Client()
    client.force_login(town.users["dispatcher"])
    page = client.get(f"/hub/cases/{done.number}/forms/correct").content.decode()
    assert 'name="address" value="民主里9栋附近"' in page
    form = {"note": "位置有误", "version": 1, "address_before": "民主里9栋附近"}
    moved = {"lon": there[0], "lat": there[1]}

    def correct(**more):
        version = Case.objects.get(number=done.number).version
        answer = client.post(f"/hub/cases/{done.number}/correct", {**form, **more, "version": version})
        assert answer.status_code in {200, 302}, answer.content[:500]
        return Case.objects.get(number=done.number).address

    # The words as they were are no correction by themselves.
    refused = client.post(f"/hub/cases/{done.number}/correct", {**form, "address": "民主里9栋附近"})
    assert refused.status_code == 422
    assert correct(urgency="urgent", address="民主里9栋附近") == "民主里9栋附近"
    # Somebody has looked at them and let them stand.
    assert correct(**moved, address="民主里9栋附近") == "民主里9栋附近"
    # To another place than a few steps further they lead no more.
    assert correct(lon=far[0], lat=far[1], address="民主里9栋附近") == ""
    assert correct(lon=lon, lat=lat, address="檀溪苑8栋") == "檀溪苑8栋"
    assert correct(address="檀溪苑8栋二单元", address_before="檀溪苑8栋") == "檀溪苑8栋二单元"
    assert correct(**moved, address="", address_before="檀溪苑8栋二单元") == ""
    history = client.get(f"/hub/cases/{done.number}").content.decode()
    assert "檀溪苑8栋二单元 → 未填写" in history
