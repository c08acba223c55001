"""Areas, offices and addresses in the language of the reader."""

from __future__ import annotations

import re

import pytest
import shapely
from django.test import Client
from django.utils.translation import override

from gezhi.contexts.areas.models import Compound
from gezhi.contexts.cases.use_cases import Command, dispatch_case
from gezhi.interfaces.web.words import place_of_grant
from gezhi.kernel.clock import now
from gezhi.platform.kept import forget_all
from tests.factories.areas import centre
from tests.factories.cases import Town, make_town, report

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def town() -> Town:
    return make_town()


def page_of(town: Town, name: str, address: str, **headers: str) -> str:
    client = Client()
    client.force_login(town.users[name])
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def fact(page: str, name: str) -> str:
    return page.split(f"<dt>{name}</dt><dd>")[1].split("</dd>", maxsplit=1)[0]


def test_lists_name_areas_in_the_readers_language_as_the_case_does(town: Town) -> None:
    town.areas["420602001001"].name_en = "Tiefosi Community"
    town.areas["420602001001"].save()
    town.areas["420602001001001"].name_en = "Tiefosi Community Grid 1"
    town.areas["420602001001001"].save()
    forget_all()
    number = report(now=now()).number
    chinese = town.areas["420602001001"].name

    def shown(**headers: str) -> list[str]:
        """The row of the list, and the heading of the case."""
        row = page_of(town, "dispatcher", "/hub?queue=all", **headers).split(f'data-case="{number}"')[1]
        heading = page_of(town, "dispatcher", f"/hub/cases/{number}", **headers).split('id="case-title"')[1]
        return [row.split("</li>")[0], heading.split("</h2>")[0]]

    assert all("Tiefosi Community" in words and chinese not in words for words in shown(**ENGLISH))
    assert all(chinese in words and "Tiefosi" not in words for words in shown())
    order = Command(actor=town.actor("dispatcher", now=now()), number=number, now=now())
    dispatch_case(order, assignee_id=town.users["worker"].pk)
    assert "Tiefosi Community Grid 1" in page_of(town, "worker", "/worker", **ENGLISH)
    assert town.areas["420602001001001"].name in page_of(town, "worker", "/worker")


def test_an_office_is_named_with_its_area_in_the_readers_language(town: Town) -> None:
    street = town.areas["420602001"]
    street.name_en = "Zhenwushan Subdistrict"
    street.save()
    forget_all()
    grant = next(one for one in town.actor("dispatcher", now=now()).grants if one.area_id == street.pk)
    with override("zh-hans"):
        assert place_of_grant(grant) == street.name
    with override("en"):
        assert place_of_grant(grant) == "Zhenwushan Subdistrict"


def test_an_address_that_says_no_more_than_the_place_is_left_out_in_both_languages(town: Town) -> None:
    lon, lat = centre(0)
    metre = 1 / 111_320
    Compound.objects.create(
        code="X1", name="东湖家园", name_en="Donghu Jiayuan", households=10, governance="none", lon=lon, lat=lat,
        community=town.areas["420602001001"], grid=town.areas["420602001001001"],
        geometry=shapely.Point(lon, lat).buffer(30 * metre),
    )  # fmt: skip
    forget_all()
    number = report(now=now(), address="东湖家园附近").number
    other = report(now=now(), address="二单元三楼").number
    assert fact(page_of(town, "dispatcher", f"/hub/cases/{number}"), "位置").count("东湖家园") == 1
    told = fact(page_of(town, "dispatcher", f"/hub/cases/{number}", **ENGLISH), "Place")
    assert told.endswith("in Donghu Jiayuan")
    assert fact(page_of(town, "dispatcher", f"/hub/cases/{other}", **ENGLISH), "Place").endswith(", 二单元三楼")
