"""What was typed to find a place stays in its field through the steps of a report."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.test import Client

from gezhi.contexts.places.use_cases import refresh_index
from tests.functional import test_places

pytestmark = pytest.mark.django_db

ground = test_places.ground


def test_what_was_typed_to_find_a_place_stays_through_the_steps(ground):
    refresh_index()
    client, typed = Client(), 'value="长虹路 檀溪路"'
    # Typed and not chosen: the error, the name, and what it finds.
    answer = client.get("/report", {"go": "1", "q": "长虹路 檀溪路", "lon": "", "lat": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert typed in page
    link = html.unescape(re.findall(r'id="place-1" href="([^"]*)"', page)[0])
    # Chosen: its name stands in the field, on the way there and back.
    name = parse_qs(urlsplit(link).query)["q"][0]
    assert f'value="{name}"' in client.get(link).content.decode()
    onward = client.get(f"{link}&go=1")
    assert onward.status_code == 302
    second = client.get(onward.url).content.decode()
    back = html.unescape(re.findall(r'<a href="(/report\?[^"]*)"', second)[0])
    assert f'value="{name}"' in client.get(back).content.decode()
    fields = dict(parse_qsl(urlsplit(back).query)) | {"description": "路灯不亮"}
    third = client.post("/report/finish", fields).content.decode()
    back = html.unescape(re.findall(r'<a href="(/report\?[^"]*)"', third)[0])
    assert f'value="{name}"' in client.get(back).content.decode()
    # A place outside the city is refused, and the name stays.
    assert (
        typed
        in client.get("/report", {"go": "1", "q": "长虹路 檀溪路", "lon": "116.4", "lat": "39.9"}).content.decode()
    )
