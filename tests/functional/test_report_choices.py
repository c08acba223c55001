"""What a resident chose or typed is what is kept: the class, every character, the place."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gezhi.contexts.cases.models import Case
from tests.factories.areas import centre
from tests.factories.cases import Town, make_town
from tests.factories.photos import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make_town()


def place() -> dict[str, str]:
    lon, lat = centre(0)
    return {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}"}


def finish(client: Client, **typed: str):
    return client.post("/report/finish", {**place(), "description": "路边垃圾满溢", **typed})


def send(client: Client, page: str, **more: str):
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page))
    hidden.pop("csrfmiddlewaretoken", None)
    return client.post("/report/send", {**hidden, "name": "", "phone": "", **more})


# The shipped table's class for what nobody could class.
UNCLASSED = "S0599"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        # Nobody is guessed at in silence.
        ({}, UNCLASSED),
        ({"class_code": ""}, UNCLASSED),
        ({"class_code": "E0110"}, "E0110"),
        ({"class_code": "none"}, UNCLASSED),
        ({"class_from_list": "E0129"}, "E0129"),
        ({"class_code": "E0110", "class_from_list": "E0129"}, "E0129"),
        ({"class_code": "none", "class_from_list": "E0129"}, "E0129"),
    ],
)
def test_the_residents_own_choice_of_class_is_kept(client, town, typed, kept):
    page = finish(client, **typed).content.decode()
    assert send(client, page).status_code == 302
    assert Case.objects.get().class_code == kept


def suggested(page: str) -> list[str]:
    return re.findall(r'type="radio" name="class_code" value="(\w+)"', page)


@pytest.mark.parametrize(
    ("language", "words", "first"),
    [
        ("zh-hans", "路灯坏了", "C0137"),
        ("zh-hans", "垃圾没有清理", "E0110"),
        ("zh-hans", "下水道堵了", "E0503"),
        ("en", "Broken street lamp at the gate, dark at night", "C0137"),
        ("en", "Garbage is piling up next to the bins", "E0110"),
        ("en", "Water pipe burst", "E0501"),
    ],
)
def test_whoever_was_not_asked_for_the_class_is_asked_at_the_last_step(client, town, language, words, first):
    client.cookies["django_language"] = language
    page = finish(client, description=words).content.decode()
    offered = suggested(page)
    assert (offered[0], offered[-1]) == (first, "none")
    assert not re.search(r'name="class_code"[^>]* checked', page)
    # A mistake elsewhere keeps the choice, and the question.
    again = send(client, page, class_code=first, phone="call me").content.decode()
    assert re.search(rf'value="{first}" checked', again)
    assert suggested(again) == offered
    assert send(client, page, class_code=first).status_code == 302
    assert Case.objects.get().class_code == first


def test_whoever_has_chosen_is_not_asked_again(client, town):
    for typed in ({"class_code": "none"}, {"class_code": "E0110"}, {"class_from_list": "E0129"}, {"description": "嗯"}):
        assert suggested(finish(client, **typed).content.decode()) == []


def test_the_last_step_can_be_asked_for_again_with_all_that_it_holds(client, town):
    page = finish(client).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page))
    hidden.pop("csrfmiddlewaretoken", None)
    client.cookies["django_language"] = "en"
    typed = {
        "name": "王小明",
        "phone": "138",
        "class_code": "E0192",
        "photo": SimpleUploadedFile("a.jpg", photo(), "image/jpeg"),
    }
    again = client.post("/report/finish", {**hidden, **typed})
    page = again.content.decode()
    assert again.status_code == 200
    assert "Send the report" in page
    for kept in (f'value="{hidden["key"]}"', 'value="王小明"', 'value="138"', 'value="E0192" checked', 'name="held"'):
        assert kept in page
    assert Case.objects.count() == 0
    assert client.post("/report/finish", {**hidden, "key": "no key"}).status_code == 200


def test_the_choice_survives_a_mistake(client, town):
    page = finish(client, description="", class_from_list="E0129").content.decode()
    assert re.search(r'<option value="E0129" selected>', page)
    page = finish(client, description="路边垃圾满溢" * 800, class_code="none").content.decode()
    assert re.search(r'value="none" checked', page)


@pytest.mark.parametrize("code", ["E9999", "E01", "nonsense"])
def test_a_class_that_is_none_is_refused(client, town, code):
    assert finish(client, class_from_list=code).status_code == 422
    assert finish(client, class_code=code).status_code == 422


def test_a_long_text_is_refused_whole_and_never_cut(client, town):
    text = "垃" * 5_000
    answer = finish(client, description=text)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert text in page
    assert "最多 4000 个字，当前 5000 个字" in page
    assert "maxlength" not in page


def test_errors_say_what_to_do(client, town):
    page = finish(client, description="").content.decode()
    assert page.count("请填写问题描述") == 2
    assert "这个字段" not in page
    assert "：请填写" not in page
    page = client.get("/follow", {"code": ""}).content.decode()
    assert "请输入查询码" in page


def test_without_a_script_the_lists_lead_on_step_by_step(client, town):
    district, street, community = (str(town.areas[code].pk) for code in ("420602", "420602001", "420602001002"))
    page = client.get("/report", {"go": "1", "lon": "", "lat": "", "district": district})
    assert page.status_code == 200
    assert "error-summary" not in page.content.decode()
    assert f'<option value="{street}"' in page.content.decode()
    page = client.get("/report", {"go": "1", "district": district, "street": street, "address": "北门"})
    assert f'<option value="{community}"' in page.content.decode()
    assert 'value="北门"' in page.content.decode()
    page = client.get("/report", {"go": "1", "district": district, "street": street, "community": community})
    assert page.headers["Location"].startswith("/report/what?")


def test_no_place_is_one_error(client, town):
    page = client.get("/report", {"go": "1", "lon": "", "lat": ""})
    assert page.status_code == 422
    assert page.content.decode().count("请说明地点") == 1


def test_english_has_no_chinese_punctuation(client, town):
    client.cookies["django_language"] = "en"
    page = finish(client, description="", address="North gate").content.decode()
    words = re.sub(r"<select.*?</select>|<script.*?</script>|<nav.*?</nav>|<legend.*?</legend>", "", page, flags=re.S)
    assert "North gate" in words
    assert not re.findall("[，：；。、（）]", re.sub(r"<[^>]+>", "", words))
