"""Who takes compressed answers, in the words of RFC 9110."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "compressed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("identity;q=1, *;q=0", False),
        ("br", False),
        ("", False),
    ],
)
def test_what_is_refused_is_not_sent(said, compressed):
    answer = Client().get("/privacy", headers={"Accept-Encoding": said} if said else {})
    assert (answer.headers.get("Content-Encoding") == "gzip") == compressed
    assert "Accept-Encoding" in answer.headers["Vary"]
