"""Administration on pages: each page opens for those it is made for, and for nobody else."""

from __future__ import annotations

import pytest

from gezhi.kernel.roles import SEPARATE_ADMINS
from tests.factories.cases import make_town
from tests.factories.clients import signed_in

pytestmark = pytest.mark.django_db
EN = {"Accept-Language": "en"}
PAGES = (
    "",
    "/accounts",
    "/organisations",
    "/organisations/new",
    "/workers",
    "/workers/new",
    "/tables",
    "/rules",
    "/rules/edit",
    "/templates",
    "/retention",
    "/retention/edit",
    "/street",
)


@pytest.fixture
def town():
    return make_town()


@pytest.mark.parametrize("page", PAGES)
def test_a_system_administrator_opens_every_page_in_both_languages(town, page):
    client = signed_in(town, "system_admin")
    for headers in (EN, {"Accept-Language": "zh-hans"}):
        assert client.get(f"/administration{page}", headers=headers).status_code == 200


@pytest.mark.parametrize("page", ["", "/accounts", "/organisations", "/workers", "/rules", "/record", "/street"])
def test_the_pages_are_closed_to_others(town, client, page):
    assert "/login" in client.get(f"/administration{page}").url
    for name in ("worker", "dispatcher", "officer", "resident"):
        assert signed_in(town, name).get(f"/administration{page}").status_code == 403


def test_the_record_is_for_the_audit_administrator(town):
    page = signed_in(town, "audit_admin").get("/administration/record", headers=EN)
    assert "access.granted" in page.content.decode()
    assert signed_in(town, "system_admin").get("/administration/record").status_code == 403


def test_each_lands_on_administration(town):
    for role in SEPARATE_ADMINS:
        assert signed_in(town, role.value).get("/home").url == "/administration"
    assert signed_in(town, "operations").get("/home").url == "/operations"
