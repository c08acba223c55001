"""The API as a client meets it: report, follow, handle, rate; and its errors."""

from __future__ import annotations

import io
import json

import pytest
from django.test import Client
from PIL import Image

from gezhi.contexts.cases.models import Case
from gezhi.interfaces.api.v1.schemas import ReportedOut
from tests.factories.areas import centre
from tests.factories.cases import make_town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


def post(client, path, body, **headers):
    return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)


def signed_in(town, name):
    client = Client()
    client.force_login(town.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def report_body(grid=0, **more):
    lon, lat = centre(grid)
    return {"class_code": "E0110", "description": "路边垃圾", "lon": lon, "lat": lat, **more}


def jpeg(size=(40, 30)):
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, "JPEG")
    return out.getvalue()


def test_the_slice_over_http(town):
    anonymous = Client()
    made = post(anonymous, "/cases", report_body(contact={"name": "王小明", "phone": "13812345678"}))
    assert made.status_code == 201
    number, code = made.json()["number"], made.json()["follow_code"]
    assert set(made.json()) == set(ReportedOut.model_fields), "what the document says, and nothing else"

    dispatcher, officer, checker = (signed_in(town, name) for name in ("dispatcher", "officer", "checker"))
    page = dispatcher.get(f"/api/v1/cases/{number}").json()
    assert "dispatch" in page["actions"]
    body = {"organisation_id": town.bodies["sanitation"].pk, "expected_version": 1}
    assert post(dispatcher, f"/cases/{number}/actions/dispatch", body).json()["version"] == 2
    assert post(officer, f"/cases/{number}/actions/accept", {}).status_code == 200
    reporter = officer.get(f"/api/v1/cases/{number}/reporter", {"reason": "约定上门时间"})
    assert reporter.json() == {"name": "王小明", "phone": "13812345678"}
    assert post(officer, f"/cases/{number}/actions/handle", {"outcome": "resolved"}).status_code == 200
    assert post(checker, f"/cases/{number}/actions/check", {}).status_code == 200
    assert post(dispatcher, f"/cases/{number}/actions/close", {}).json()["status"] == "closed"

    followed = anonymous.get("/api/v1/follow", headers={"X-Follow-Code": code}).json()
    assert followed["can_rate"] is True
    rated = post(anonymous, f"/cases/{number}/actions/rate", {"solved": True, "score": 5}, **{"X-Follow-Code": code})
    assert rated.status_code == 200
    assert Case.objects.get(number=number).rating_score == 5
    erased = anonymous.delete("/api/v1/follow/personal-data", headers={"X-Follow-Code": code})
    assert erased.json() == {"erased": True}


def test_lists_and_live_events(town):
    operations, anonymous = signed_in(town, "operations"), Client()
    before = operations.get("/api/v1/cases").json()
    post(anonymous, "/cases", report_body())
    live = operations.get("/api/v1/live/cases", {"since": before["live_id"]}).json()
    assert [event["type"] for event in live["events"]] == ["case.reported"]
    assert live["events"][0]["case"] == operations.get("/api/v1/cases").json()["items"][0]
    assert anonymous.get("/api/v1/live/cases", {"since": before["live_id"]}).json()["events"] == []
    assert anonymous.get("/api/v1/cases").json()["items"] == []


def test_a_photo_loses_its_metadata_and_is_shown_to_who_sees_the_case(town):
    anonymous = Client()
    made = post(anonymous, "/cases", report_body()).json()
    out = io.BytesIO()
    image = Image.new("RGB", (60, 40), "red")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (32.0, 0.0, 1.8), 3: "E", 4: (112.0, 6.0, 1.8)}
    exif[0x8769] = {0x9003: "2026:03:02 09:58:00"}
    image.save(out, "JPEG", exif=exif)
    out.seek(0)
    out.name = "photo.jpg"
    path = f"/api/v1/cases/{made['number']}/photos"
    answer = anonymous.post(path, {"photo": out}, headers={"X-Follow-Code": made["follow_code"]})
    assert answer.status_code == 201, answer.content
    photo = answer.json()
    assert photo["taken_at"] == "2026-03-02T01:58:00Z"
    assert (round(photo["taken_lon"], 4), round(photo["taken_lat"], 4)) == (112.1005, 32.0005)
    shown = signed_in(town, "dispatcher").get(f"/api/v1/photos/{photo['id']}")
    stored = Image.open(io.BytesIO(b"".join(shown.streaming_content)))
    assert not stored.getexif()
    assert anonymous.get(f"/api/v1/photos/{photo['id']}").status_code == 404


def test_a_session_needs_its_csrf_token(town):
    made = post(Client(), "/cases", report_body()).json()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(town.users["dispatcher"], backend="django.contrib.auth.backends.ModelBackend")
    answer = post(strict, f"/cases/{made['number']}/actions/cancel", {"note": "x"})
    assert answer.status_code == 401
    assert Case.objects.get().status == "reported"


def test_a_token_acts_for_its_account(town):
    from gezhi.kernel import clock
    from gezhi.platform.access.tokens import issue_token
    from tests.factories.cases import SYSTEM

    token = issue_token(actor=SYSTEM, user_id=town.users["operations"].pk, name="大屏", now=clock.now())
    post(Client(), "/cases", report_body())
    listed = Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
    assert len(listed.json()["items"]) == 1
    assert Client().get("/api/v1/cases", headers={"Authorization": "Bearer gz_wrong"}).status_code == 401


def test_errors_are_problem_documents_in_the_readers_language(town):
    answer = post(Client(), "/cases", report_body(description=" "), **{"Accept-Language": "en"})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["field"]) == ("description_missing", "description")
    assert problem["detail"] == "Say in a few words what is the matter."
