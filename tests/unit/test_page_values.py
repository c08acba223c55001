"""How values look on a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from gezhi.interfaces.web.templatetags import gezhi as tags
from gezhi.kernel.clock import SimulatedClock, using
from gezhi.kernel.personal import masked_family

NOON = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王小明", "王**"), ("欧阳", "欧**"), ("欧阳小明", "欧阳**"), ("", ""), (" 李 ", "李**"), ("Smith", "S**")],
)
def test_names_are_masked(name: str, shown: str) -> None:
    assert masked_family(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("13812341234", "138****1234"), ("+86 138-1234-1234", "861****1234"), ("3510055", "****55"), ("", ""), (None, "")],
)
def test_numbers_are_masked(number: str | None, shown: str) -> None:
    assert tags.masked_phone(number) == shown


def test_times_are_local_and_of_24_hours() -> None:
    with translation.override("zh-hans"):
        assert ">2026年11月22日 14:05<" in tags.when(NOON)
    with translation.override("en"):
        assert ">22 November 2026 14:05<" in tags.when(NOON)


@pytest.mark.parametrize(
    ("left", "tone"), [(timedelta(days=2), "plain"), (timedelta(minutes=90), "warn"), (timedelta(minutes=-1), "urgent")]
)
def test_a_deadline_is_red_only_when_it_is_past(left: timedelta, tone: str) -> None:
    with using(SimulatedClock(NOON)):
        assert f'data-tone="{tone}"' in tags.due(NOON + left)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=5), "5 minutes"),
        (timedelta(hours=1, minutes=10), "1 hour 10 minutes"),
        (timedelta(days=2, hours=3, minutes=9), "2 days 3 hours"),
        (timedelta(seconds=3), "1 minute"),
    ],
)
def test_a_span_names_its_two_largest_units(span: timedelta, words: str) -> None:
    with translation.override("en"):
        assert tags.span_words(span) == words


def test_a_share_of_nothing_is_a_dash() -> None:
    assert tags.percent(None) == "—"
    assert tags.percent(0.9836) == "98.4%"


@pytest.mark.parametrize(
    ("language", "length", "shown"),
    [
        ("zh-hans", timedelta(minutes=95), ["1小时", "35分钟"]),
        ("en", timedelta(minutes=95), ["1 hour", "35 minutes"]),
        ("en", timedelta(days=3, hours=4, minutes=9), ["3 days", "4 hours"]),
    ],
)
def test_no_line_ends_between_a_figure_and_its_unit(language: str, length: timedelta, shown: list[str]) -> None:
    with translation.override(language):
        parts = re.findall('<span class="nowrap">(.*?)</span></span>', tags.span(length))
    assert [re.sub("<[^>]*>", "", part) for part in parts] == shown
    assert tags.span(None) == "—"
