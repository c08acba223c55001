"""Titles that ship are read in the reader's language as long as the city has not written others."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from gezhi.contexts.cases.use_cases import install_shipped_tables
from gezhi.contexts.cases.use_cases.install_classes import install_classes, shipped_classes
from gezhi.contexts.cases.use_cases.install_duties import install_duties, shipped_duties
from gezhi.contexts.escalation.domain.rules import RuleRow
from gezhi.contexts.escalation.use_cases import install_escalation
from gezhi.contexts.escalation.use_cases.install_escalation import install_shipped_rules, shipped_rules
from gezhi.interfaces.web.shipped_words import SHIPPED
from gezhi.kernel.clock import now
from tests.factories.cases import MONDAY, SYSTEM, make_town
from tests.factories.clients import signed_in
from tests.factories.escalation import install


def names_in(module) -> set[str]:
    """The names that a module gives to the tables that it installs."""
    calls = [
        node for node in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    given = [word.value for call in calls for word in call.keywords if word.arg == "name"]
    return {value.value for value in given if isinstance(value, ast.Constant)} - {"name"}


def test_every_title_that_ships_has_words_and_no_other():
    names = names_in(install_shipped_tables) | names_in(install_escalation)
    assert len(names) == 3
    assert set(SHIPPED) == {row.note for row in shipped_rules() if row.note} | names


def page(town, name: str, address: str, language: str) -> str:
    client = signed_in(town, name)
    client.cookies["django_language"] = language
    return client.get(address).content.decode()


@pytest.mark.django_db
def test_rules_that_ship_are_read_in_the_readers_language():
    town = make_town()
    install_shipped_rules(actor=SYSTEM, now=MONDAY)
    english, chinese = (page(town, "system_admin", "/notices/rules", language) for language in ("en", "zh-hans"))
    assert "still not dispatched after the time was up" in english
    assert "The rules of reminding that come with the program" in english
    assert "派遣超时仍未派出" not in english
    assert "派遣超时仍未派出" in chinese
    install(RuleRow("dispatch", "0", "dispatchers", "attention", note="派遣超时，请街道值班长跟进"))
    assert "派遣超时，请街道值班长跟进" in page(town, "dispatcher", "/notices/rules", "en")


@pytest.mark.django_db
def test_tables_that_ship_are_named_in_the_readers_language():
    town = make_town()
    install_classes(actor=SYSTEM, code="shipped", name="随软件提供的分类", rows=shipped_classes(), now=now())
    install_duties(actor=SYSTEM, name="随软件提供的权责清单", rows=shipped_duties(), now=now())
    english = page(town, "system_admin", "/administration/tables", "en")
    assert "The class table that comes with the program" in english
    assert "The duty table that comes with the program" in english
    assert "随软件提供" not in english
    assert "测试权责" in english
