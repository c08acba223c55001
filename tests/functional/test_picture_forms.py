"""Pictures in forms: asked about their place, kept through every error, and stripped of where and when."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gezhi.contexts.cases.models import Case
from gezhi.contexts.cases.use_cases.attach_photo import photos_of
from gezhi.kernel.errors import Unavailable
from gezhi.platform.files import holding
from gezhi.platform.files.models import Attachment
from gezhi.platform.files.store import path_of
from tests.factories.areas import centre
from tests.factories.cases import make_town
from tests.factories.clients import in_handling, signed_in
from tests.factories.photos import photo, upload

pytestmark = pytest.mark.django_db
LON, LAT = centre(0)
KEY = "9a3c0b52-7d41-4f0e-8a5e-1f0f6c1d2e3f"


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.GEZHI_HOME = tmp_path


@pytest.fixture
def town():
    return make_town()


def form(**more: object) -> dict[str, object]:
    fields = {
        "lon": f"{LON:.6f}",
        "lat": f"{LAT:.6f}",
        "description": "路边垃圾满溢",
        "key": KEY,
        "name": "",
        "phone": "",
    }
    return {**fields, **more}


def file(**more: object) -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", photo(**more), "image/jpeg")


def tokens(answer: object) -> list[str]:
    return re.findall(r'name="held" value="([\w-]{43})"', answer.content.decode())


def sent(client: Client, **more: object):
    return client.post("/report/send", form(**more))


def test_a_picture_taken_at_the_mark_asks_nothing_and_says_nothing_afterwards(client, town):
    answer = sent(client, photo=[file(at=(LON, LAT), taken="2026:03:02 09:58:00")])
    assert answer.status_code == 302
    row = Attachment.objects.get()
    assert (row.taken_at, row.taken_lon, row.taken_lat, row.side) == (None, None, None, "reporter")
    assert b"Exif" not in path_of(row.sha256).read_bytes()


@pytest.mark.parametrize(
    ("answer", "moved"), [({"photo_place": "use"}, True), ({"photo_place": "keep"}, False), ({}, False)]
)
def test_a_picture_from_elsewhere_is_asked_about_once(client, town, answer, moved):
    there = centre(3)
    first = sent(client, photo=[file(at=there, taken="2026:03:02 09:58:00")])
    page = first.content.decode()
    assert first.status_code == 200
    assert Case.objects.count() == 0
    assert 'name="photo_place" value="use"' in page
    assert "距标记约 300 米" in page
    held = tokens(first)
    assert len(held) == 1
    again = sent(client, held=held, photo_place_asked="1", **answer)
    assert again.status_code == 302
    case = Case.objects.get()
    assert (case.lon == pytest.approx(there[0], abs=1e-4)) is moved
    row = Attachment.objects.get()
    assert (row.taken_at, row.taken_lon, row.taken_lat) == (None, None, None)
    assert holding.held(held[0], now=case.reported_at) is None, "nothing is held after sending"


def test_a_picture_offers_its_place_where_only_a_community_was_named(client, town):
    community = town.areas["420602001001"].pk
    first = sent(client, lon="", lat="", community=community, photo=[file(at=(LON, LAT))])
    assert first.status_code == 200
    sent(client, lon="", lat="", community=community, held=tokens(first), photo_place="use")
    assert Case.objects.get().lon == pytest.approx(LON, abs=1e-4)


def test_a_picture_from_outside_the_city_cannot_be_the_place(client, town):
    first = sent(client, photo=[file(at=(2.35, 48.85))])
    page = first.content.decode()
    assert 'value="use"' not in page
    assert 'value="keep"' in page
    assert sent(client, held=tokens(first), photo_place="use").status_code == 302
    assert Case.objects.get().lon == pytest.approx(LON, abs=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [{"phone": "call me"}, {"description": " "}, {"lon": "0", "lat": "0"}, {"description": "长" * 4_001}, {"key": ""}],
)
def test_no_error_loses_a_chosen_picture(client, town, wrong):
    bad = sent(client, photo=[file(colour="red"), file(colour="blue")], **wrong)
    assert bad.status_code == 422
    held = tokens(bad)
    assert len(held) == 2
    worse = sent(client, held=held, **wrong)
    assert tokens(worse) == held
    assert sent(client, held=held).status_code == 302
    assert len(photos_of(Case.objects.get().pk)) == 2


def test_a_bad_picture_is_told_and_the_good_ones_stay(client, town):
    text = SimpleUploadedFile("a.jpg", b"no picture", "image/jpeg")
    bad = sent(client, photo=[file(), text])
    assert bad.status_code == 422
    assert "field-error" in bad.content.decode()
    assert len(tokens(bad)) == 1
    assert Case.objects.count() == 0


def test_a_tick_taken_out_leaves_a_picture_out(client, town):
    held = tokens(sent(client, photo=[file(colour="red"), file(colour="blue")], phone="x"))
    sent(client, held=held[1:])
    assert len(photos_of(Case.objects.get().pk)) == 1


def test_a_form_sent_twice_is_one_report_with_each_picture_once(client, town):
    held = tokens(sent(client, photo=[file()], phone="x"))
    first, again = (sent(client, held=held, photo=[file(colour="red")]) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert len(photos_of(Case.objects.get().pk)) == 2


def test_a_forged_or_old_token_is_told_in_words(client, town):
    answer = sent(client, held=["x" * 43])
    assert answer.status_code == 422
    assert Case.objects.count() == 0


@pytest.mark.parametrize("count", [5, 11])
def test_too_many_pictures_are_refused_and_as_many_as_may_be_are_kept(client, town, count):
    answer = sent(client, photo=[file(colour=(0, number * 20, 0)) for number in range(count)])
    assert answer.status_code == 422
    assert len(tokens(answer)) == 4


def test_when_too_much_is_drawn_the_form_comes_back_with_words(client, town, monkeypatch):
    def busy(raws, *, asker):
        raise Unavailable("pictures_busy", "busy", wait=5)

    monkeypatch.setattr("gezhi.interfaces.web.pictures.draw", busy)
    answer = sent(client, photo=[file()])
    assert answer.status_code == 503
    assert "路边垃圾满溢" in answer.content.decode()


def test_a_worker_who_forgot_the_words_finds_the_pictures_again(town):
    number, worker = in_handling(town), signed_in(town, "worker")
    refused = worker.post(f"/worker/cases/{number}/handle", {"outcome": "not_possible", "photo": [file(at=centre(3))]})
    assert refused.status_code == 422
    held = tokens(refused)
    assert len(held) == 1
    done = worker.post(
        f"/worker/cases/{number}/handle", {"outcome": "not_possible", "note": "够不着", "held": held}, follow=True
    )
    assert re.search(r"照片拍摄位置距工单位置 2\d\d 米", " ".join(str(message) for message in done.context["messages"]))
    row = Attachment.objects.get()
    assert (row.stage, row.side, row.taken_lon) == ("after", "staff", None)


def test_a_worker_who_notices_something_keeps_the_picture_through_an_error(town):
    worker = signed_in(town, "worker")
    fields = {"description": "井盖松动", "key": KEY}
    refused = worker.post("/worker/notice", {**fields, "photo": [file()]})
    assert refused.status_code == 422
    worker.post("/worker/notice", {**fields, "lon": LON, "lat": LAT, "held": tokens(refused)})
    assert Attachment.objects.get().stage == "before"


def test_the_api_tells_once_how_far_away_a_photo_was_taken(town, client):
    made = client.post(
        "/api/v1/cases",
        {"class_code": "E0110", "description": "垃圾", "lon": LON, "lat": LAT},
        content_type="application/json",
    ).json()
    path, code = f"/api/v1/cases/{made['number']}/photos", {"X-Follow-Code": made["follow_code"]}
    far = client.post(path, {"photo": upload(photo(at=centre(3)))}, headers=code).json()
    near = client.post(path, {"photo": upload(photo(at=(LON, LAT), colour="red"))}, headers=code).json()
    assert far["far_from_place"] is True
    assert far["metres_from_place"] > 200
    assert (near["far_from_place"], near["metres_from_place"] < 5) == (False, True)
    assert not Attachment.objects.exclude(taken_lon=None, taken_lat=None, taken_at=None).exists()
