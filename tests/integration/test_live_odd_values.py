"""The live edge answers odd addresses, headers and cookies, and never breaks off."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from gezhi.interfaces.live import app
from tests.factories.odd_values import ODD


def ask(path: str = "/live/cases", query: str = "since=0", method: str = "GET", **headers: str) -> int:
    """The status of an answer to somebody who is not signed in."""
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode("utf-8", "replace"),
        "headers": [
            (name.replace("_", "-").encode(), value.encode("utf-8", "replace")) for name, value in headers.items()
        ],
    }

    async def once() -> None:
        try:
            await app.application(scope, receive, send)
        finally:
            await app.stop_broadcaster()

    # In a thread of its own: after a browser test Playwright's loop counts as running in this one.
    with ThreadPoolExecutor(1) as alone:
        alone.submit(asyncio.run, once()).result()
    return sent[0]["status"]


@pytest.mark.django_db(transaction=True)
def test_odd_sessions_tokens_and_marks_are_refused():
    for value in ODD:
        assert ask(cookie=f"sessionid={value}") == 401
        assert ask(cookie=value) == 401
        assert ask(authorization=f"Bearer {value}") == 401
        assert ask(query=f"since={value}", last_event_id=value) == 401


def test_odd_origins_and_hosts_are_allowed_nothing():
    for value in ODD:
        assert ask("/healthz", origin=value, host="127.0.0.1:8001") == 200
        assert ask("/healthz", origin="http://127.0.0.1:8000", host=value) == 200
        assert ask("/live/cases", method="OPTIONS", origin=value, host=value) == 204
        assert app._cors({}, {"origin": value, "host": "127.0.0.1"}) == []
    assert app._cors({}, {"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8001"})


@pytest.mark.parametrize("value", ODD)
def test_a_resume_point_is_a_whole_number_or_none(value):
    since = app._since({"query_string": b""}, {"last-event-id": value})
    assert since is None or 0 <= since < 2**63
