"""The API keeps its written word: the committed document is the code's, and the code answers as it says."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gezhi.config.wsgi import application
from tests.factories.cases import make_town, report

REPOSITORY = Path(__file__).resolve().parents[2]

schema = from_wsgi("/api/v1/openapi.json", application)


def test_the_committed_document_is_the_codes():
    written = (REPOSITORY / "docs" / "reference" / "openapi.json").read_text("utf-8")
    made = runpy.run_path(str(REPOSITORY / "scripts" / "write_openapi.py"))["document"]()
    assert written == made, "the API has changed: run `make docs`, look at the difference and commit it"


@pytest.fixture
def _connection_kept():
    """A request's end closes a connection that is inside a test's transaction; Django's own client prevents that too."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def token(db, _connection_kept):
    from gezhi.kernel import clock
    from gezhi.platform.access.tokens import issue_token
    from tests.factories.cases import SYSTEM

    town = make_town()
    for grid in range(3):
        report(grid=grid)
    return issue_token(actor=SYSTEM, user_id=town.users["operations"].pk, name="test", now=clock.now())


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_answers_are_as_documented(case, token):
    case.headers["Authorization"] = f"Bearer {token}"
    # What goes over the wire compressed is looked at in the tests of pages; this client would not unpack it.
    case.headers["Accept-Encoding"] = "identity"
    case.call_and_validate(
        checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    )
