"""Nothing of the program is what the guard against formalism forbids: no field, address, parameter or word on a page.

What has a suspicious name and is harmless stands below with the reason.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from gezhi.contexts.cases.domain.class_table import faults_of
from gezhi.contexts.cases.queries import CASES
from gezhi.contexts.cases.use_cases import install_classes, install_duties, install_rules
from gezhi.contexts.cases.use_cases.change_template import check_template
from gezhi.contexts.cases.use_cases.install_classes import shipped_classes
from gezhi.contexts.escalation.domain.rules import faults_of_rules
from gezhi.contexts.escalation.use_cases.install_escalation import install_escalation, shipped_rules
from gezhi.contexts.powers.queries import HOLDINGS
from gezhi.kernel.formalism import rule_against, rule_against_name
from gezhi.platform.retention.use_cases.install_retention import install_retention
from gezhi.platform.saved_views.use_cases.save_view import readable
from gezhi.platform.work.kinds import work_kinds
from gezhi.platform.worktime.use_cases.change_calendar import change_calendar
from tests.factories.routes import PAGES

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "gezhi"

# Bodies and services are rated, by the people that they worked for; no person is.
_RATED = "a rating of what was done, never of a person"
_PLACES = "points of a map"
HARMLESS: dict[str, str] = {
    "unit_score": _RATED,
    "street_score": _RATED,
    "rating_score": _RATED,
    "score": _RATED,
    "hub-points": _PLACES,
    "hub/points": _PLACES,
    "worker-points": _PLACES,
    "worker/points": _PLACES,
}


def _fields() -> Iterator[str]:
    for model in apps.get_models():
        if model.__module__.startswith("gezhi."):
            yield model.__name__
            yield from (field.name for field in model._meta.get_fields())


def _addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _addresses(one.url_patterns, f"{before}{one.pattern}")
        else:
            yield f"{before}{one.pattern}"
            if one.name:
                yield one.name


def _api() -> Iterator[str]:
    document = json.loads((ROOT / "docs" / "reference" / "openapi.json").read_text("utf-8"))
    yield from document["paths"]
    for path in document["paths"].values():
        for operation in path.values():
            yield from (one["name"] for one in operation.get("parameters", ()))
    for name, schema in document["components"]["schemas"].items():
        yield name
        yield from schema.get("properties", ())


def _parameters() -> Iterator[str]:
    for name, (query, form) in PAGES.items():
        yield from (name, *query, *(form or ()))
    yield from (*CASES.names, *HOLDINGS.names)


def _work() -> Iterator[str]:
    for kind in work_kinds():
        yield kind.name
        yield from (one.name for one in (*kind.inputs, *kind.told))


@pytest.mark.parametrize("names", [_fields, lambda: _addresses(get_resolver().url_patterns), _api, _parameters, _work])
def test_no_name_is_that_of_a_league_table_a_quota_a_streak_or_points(names) -> None:
    found = set(names())
    assert len(found) > 20
    assert {name: rule_against_name(name) for name in found if rule_against_name(name) and name not in HARMLESS} == {}


def test_every_exception_is_needed() -> None:
    names = {*_fields(), *_addresses(get_resolver().url_patterns), *_api(), *_parameters(), *_work()}
    assert {name for name in HARMLESS if name not in names or rule_against_name(name) is None} == set()


def test_no_page_says_so() -> None:
    refusals = re.compile(r"不得|nobody is ranked|there are no quotas|there is no check-in|people have no points")
    texts = [
        line
        for path in sorted((SOURCE / "interfaces").rglob("*.html"))
        for line in path.read_text("utf-8").splitlines()
    ]
    catalogue = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    texts += catalogue.read_text("utf-8").splitlines()
    assert len(texts) > 5_000
    assert [text for text in texts if rule_against(text) and not refusals.search(text)] == []


def test_what_ships_is_let_through() -> None:
    assert faults_of(shipped_classes()) == []
    assert faults_of_rules(shipped_rules()) == []


@pytest.mark.parametrize(
    "written",
    [
        install_classes.install_classes,
        install_duties.install_duties,
        install_rules.install_rules,
        install_escalation,
        install_retention,
        change_calendar,
        check_template,
        readable,
    ],
)
def test_every_place_where_a_city_writes_a_rule_asks_the_guard(written) -> None:
    assert "refuse_formalism(" in inspect.getsource(written)
