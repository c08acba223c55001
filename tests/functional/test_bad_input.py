"""Malformed requests, one row each: a clear answer that names the field, and nothing written."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.platform.audit.models import AuditRecord
from gezhi.platform.commands.models import CommandKey
from gezhi.platform.files.models import Attachment
from gezhi.platform.outbox.models import OutboxEvent
from gezhi.platform.vault.models import PersonalRecord
from tests.factories.areas import centre
from tests.factories.cases import make_town, report

LON, LAT = centre(0)
GOOD: dict[str, Any] = {"class_code": "E0110", "description": "路边垃圾", "lon": LON, "lat": LAT}
TABLES = (Case, CaseStep, OutboxEvent, CommandKey, PersonalRecord, Attachment, AuditRecord)


def counts():
    return [model.objects.count() for model in TABLES] + [list(Case.objects.order_by("pk").values())]


def without(name):
    return {key: value for key, value in GOOD.items() if key != name}


# name, body (a dict, or bytes sent as they are), headers, status, code, field
REPORTS: list[tuple[str, Any, dict[str, str], int, str, str | None]] = [
    ("no description", without("description"), {}, 422, "invalid_request", "description"),
    ("empty description", {**GOOD, "description": ""}, {}, 422, "description_missing", "description"),
    ("blank description", {**GOOD, "description": " \n\t　"}, {}, 422, "description_missing", "description"),
    ("description too long", {**GOOD, "description": "长" * 4_001}, {}, 422, "description_too_long", "description"),
    ("description far too long", {**GOOD, "description": "长" * 9_000}, {}, 422, "invalid_request", "description"),
    ("ten megabytes of text", {**GOOD, "description": "x" * 10_000_000}, {}, 413, "request_too_large", None),
    ("description is a number", {**GOOD, "description": 7}, {}, 422, "invalid_request", "description"),
    ("description is a list", {**GOOD, "description": ["a"]}, {}, 422, "invalid_request", "description"),
    ("NUL in the description", {**GOOD, "description": "a\x00b"}, {}, 422, "control_character", "description"),
    (
        "lone surrogate",
        b'{"class_code":"E0110","description":"\\ud800","lon":112.1,"lat":32.0}',
        {},
        422,
        "invalid_request",
        "description",
    ),
    ("no class", without("class_code"), {}, 422, "invalid_request", "class_code"),
    ("unknown class", {**GOOD, "class_code": "E9999"}, {}, 422, "unknown_class", "class_code"),
    ("a major class", {**GOOD, "class_code": "E01"}, {}, 422, "unknown_class", "class_code"),
    ("class of the other generation", {**GOOD, "class_code": "0501"}, {}, 422, "unknown_class", "class_code"),
    ("class code too long", {**GOOD, "class_code": "E" * 40}, {}, 422, "invalid_request", "class_code"),
    ("unknown condition", {**GOOD, "condition": 9}, {}, 422, "unknown_condition", "condition"),
    ("condition zero", {**GOOD, "condition": 0}, {}, 422, "invalid_request", "condition"),
    ("no place", {k: GOOD[k] for k in ("class_code", "description")}, {}, 422, "place_missing", "lon"),
    ("longitude alone", without("lat"), {}, 422, "half_a_position", "lat"),
    ("latitude alone", without("lon"), {}, 422, "half_a_position", "lon"),
    ("null island", {**GOOD, "lon": 0, "lat": 0}, {}, 422, "outside_city", "lon"),
    ("exchanged coordinates", {**GOOD, "lon": LAT, "lat": LON}, {}, 422, "outside_city", "lon"),
    ("outside the city", {**GOOD, "lon": 116.4, "lat": 39.9}, {}, 422, "outside_city", "lon"),
    ("wrong datum", {**GOOD, "datum": "bd09"}, {}, 422, "outside_city", "lon"),
    ("unknown datum", {**GOOD, "datum": "epsg:9999"}, {}, 422, "invalid_request", "datum"),
    ("latitude of 200", {**GOOD, "lat": 200}, {}, 422, "outside_city", "lon"),
    ("metres instead of degrees", {**GOOD, "lon": 510_000.0, "lat": 3_540_000.0}, {}, 422, "outside_city", "lon"),
    ("position in words", {**GOOD, "lon": "east"}, {}, 422, "invalid_request", "lon"),
    ("NaN", b'{"class_code":"E0110","description":"x","lon":NaN,"lat":32.0}', {}, 422, "outside_city", "lon"),
    ("infinity", b'{"class_code":"E0110","description":"x","lon":Infinity,"lat":32.0}', {}, 422, "outside_city", "lon"),
    ("1e400", b'{"class_code":"E0110","description":"x","lon":1e400,"lat":32.0}', {}, 422, "outside_city", "lon"),
    (
        "unknown area",
        {"class_code": "E0110", "description": "x", "area_id": 999_999},
        {},
        422,
        "unknown_area",
        "area_id",
    ),
    (
        "area id beyond 64 bits",
        {"class_code": "E0110", "description": "x", "area_id": 2**70},
        {},
        422,
        "invalid_request",
        "area_id",
    ),
    ("address too long", {**GOOD, "address": "路" * 201}, {}, 422, "address_too_long", "address"),
    ("unknown urgency", {**GOOD, "urgency": "at once"}, {}, 422, "invalid_request", "urgency"),
    ("contact name too long", {**GOOD, "contact": {"name": "王" * 61}}, {}, 422, "invalid_request", "contact.name"),
    ("forged status", {**GOOD, "status": "closed"}, {}, 422, "invalid_request", "status"),
    ("forged role", {**GOOD, "actor_role": "operations"}, {}, 422, "invalid_request", "actor_role"),
    ("forged reporter", {**GOOD, "reporter_user_id": 1}, {}, 422, "invalid_request", "reporter_user_id"),
    ("forged channel", {**GOOD, "channel": "patrol"}, {}, 422, "invalid_request", "channel"),
    ("not JSON", b"class_code=E0110", {}, 400, "bad_request", None),
    ("half a JSON document", b'{"class_code":', {}, 400, "bad_request", None),
    ("a JSON list", b"[]", {}, 422, "invalid_request", "body"),
    ("empty body", b"", {}, 422, "invalid_request", "body"),
    ("not UTF-8", b'{"class_code":"E0110","description":"\xff\xfe"}', {}, 400, "bad_request", None),
    ("deep nesting", b"[" * 100_000 + b"]" * 100_000, {}, 400, "bad_request", None),
    ("short key", GOOD, {"Idempotency-Key": "short"}, 422, "bad_idempotency_key", "Idempotency-Key"),
    (
        "key that can be guessed",
        GOOD,
        {"Idempotency-Key": "report-0001"},
        422,
        "weak_idempotency_key",
        "Idempotency-Key",
    ),
    ("key with a blank", GOOD, {"Idempotency-Key": "has a blank"}, 422, "bad_idempotency_key", "Idempotency-Key"),
    ("key too long", GOOD, {"Idempotency-Key": "k" * 81}, 422, "bad_idempotency_key", "Idempotency-Key"),
    (
        "key of another report",
        GOOD,
        {"Idempotency-Key": "5f0c1b7e-2a64-4d0f-9b1c-7e3d8a6f4c21"},
        409,
        "key_reused",
        "Idempotency-Key",
    ),
    ("unknown token", GOOD, {"Authorization": "Bearer gz_forged"}, 401, "not_signed_in", None),
]


@pytest.fixture
def town(db):
    return make_town()


@pytest.mark.parametrize(
    ("name", "body", "headers", "status", "code", "field"), REPORTS, ids=[row[0] for row in REPORTS]
)
def test_a_bad_report_is_refused_and_nothing_is_written(town, name, body, headers, status, code, field):
    first = Client().post(
        "/api/v1/cases",
        json.dumps(GOOD),
        content_type="application/json",
        headers={"Idempotency-Key": "5f0c1b7e-2a64-4d0f-9b1c-7e3d8a6f4c21"},
    )
    assert first.status_code == 201
    if name == "key of another report":
        body = {**GOOD, "description": "另一件事"}
    before = counts()
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = Client(raise_request_exception=False).post(
        "/api/v1/cases", raw, content_type="application/json", headers=headers
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem.get("field")) == (status, code, field), problem
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["detail"]
    assert counts() == before


def act(client, number, action, body, **headers):
    return client.post(
        f"/api/v1/cases/{number}/actions/{action}", json.dumps(body), content_type="application/json", headers=headers
    )


# name, who, action, body, status, code, field
ACTIONS: list[tuple[str, str | None, str, dict[str, Any], int, str, str | None]] = [
    ("stale version", "dispatcher", "cancel", {"expected_version": 9, "note": "x"}, 409, "stale_version", None),
    (
        "version zero",
        "dispatcher",
        "cancel",
        {"expected_version": 0, "note": "x"},
        422,
        "invalid_request",
        "expected_version",
    ),
    ("no reason", "dispatcher", "cancel", {}, 422, "reason_missing", "note"),
    ("note too long", "dispatcher", "cancel", {"note": "x" * 2_001}, 422, "note_too_long", "note"),
    ("NUL in the note", "dispatcher", "cancel", {"note": "a\0b"}, 422, "control_character", "note"),
    ("wrong state", "dispatcher", "close", {}, 409, "wrong_state", None),
    ("unknown action", "dispatcher", "promote", {}, 422, "unknown_action", "action"),
    ("report as an action", "dispatcher", "report", {}, 422, "unknown_action", "action"),
    ("nobody named", "dispatcher", "dispatch", {}, 422, "nobody_named", "organisation_id"),
    (
        "unknown body",
        "dispatcher",
        "dispatch",
        {"organisation_id": 99_999},
        422,
        "unknown_organisation",
        "organisation_id",
    ),
    ("unknown person", "dispatcher", "dispatch", {"assignee_id": 99_999}, 422, "assignee_cannot_act", "assignee_id"),
    ("a field of another action", "dispatcher", "cancel", {"note": "x", "score": 5}, 422, "field_not_read", "score"),
    ("a forged field", "dispatcher", "cancel", {"note": "x", "status": "closed"}, 422, "invalid_request", "status"),
    ("forged role", "dispatcher", "cancel", {"note": "x", "role": "operations"}, 422, "invalid_request", "role"),
    ("worker dispatches", "worker", "dispatch", {"organisation_id": 1}, 403, "not_allowed", None),
    ("planner cancels", "planner", "cancel", {"note": "x"}, 403, "not_allowed", None),
    ("system administrator acts", "system_admin", "cancel", {"note": "x"}, 404, "no_case", "number"),
    ("dispatcher of another street", "far_dispatcher", "cancel", {"note": "x"}, 404, "no_case", "number"),
    ("anonymous acts", None, "cancel", {"note": "x"}, 404, "no_case", "number"),
    ("correct nothing", "dispatcher", "correct", {"note": "x"}, 422, "nothing_to_correct", "class_code"),
    ("correct to nowhere", "dispatcher", "correct", {"note": "x", "lon": 0.0, "lat": 0.0}, 422, "outside_city", "lon"),
    ("correct half a place", "dispatcher", "correct", {"note": "x", "lon": 112.1}, 422, "half_a_position", "lat"),
    (
        "correct to an unknown class",
        "dispatcher",
        "correct",
        {"note": "x", "class_code": "Z1"},
        422,
        "unknown_class",
        "class_code",
    ),
]


@pytest.mark.parametrize(
    ("name", "who", "action", "body", "status", "code", "field"), ACTIONS, ids=[row[0] for row in ACTIONS]
)
def test_a_bad_action_is_refused_and_nothing_is_written(town, name, who, action, body, status, code, field):
    number = report().number
    client = Client(raise_request_exception=False)
    if who is not None:
        client.force_login(town.users[who], backend="django.contrib.auth.backends.ModelBackend")
    before = counts()
    answer = act(client, number, action, body)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem.get("field")) == (status, code, field), problem
    assert counts() == before


@pytest.mark.parametrize("code", ["AAAA-BBBB-CCCC", "' OR 1=1 --", "%00", "0" * 40])
def test_a_wrong_follow_code_opens_nothing(town, code):
    number = report().number
    before = counts()
    answer = act(Client(), number, "rate", {"solved": True, "score": 5}, **{"X-Follow-Code": code})
    assert answer.status_code == 404
    assert Client().get("/api/v1/follow", headers={"X-Follow-Code": code}).status_code == 404
    assert counts() == before


def png_bomb():
    """A PNG of a few hundred bytes that claims 60,000 × 60,000 pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1_000)) + chunk(b"IEND", b"")
    )


def jpeg(colour="green"):
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


PHOTOS: list[tuple[str, bytes, int, str]] = [
    ("empty", b"", 422, "photo_unreadable"),
    ("text", "这不是照片".encode(), 422, "photo_unreadable"),
    ("half a JPEG", jpeg()[: len(jpeg()) // 2], 422, "photo_unreadable"),
    ("HTML named .jpg", b"<html><script>alert(1)</script></html>", 422, "photo_unreadable"),
    ("SVG", b'<svg xmlns="http://www.w3.org/2000/svg"/>', 422, "photo_unreadable"),
    ("GIF", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", 422, "photo_unreadable"),
    ("a picture bomb", png_bomb(), 422, "photo_too_large"),
    ("thirteen megabytes", jpeg() + b"\0" * 13_000_000, 422, "photo_too_large"),
]


@pytest.mark.parametrize(("name", "raw", "status", "code"), PHOTOS, ids=[row[0] for row in PHOTOS])
def test_a_bad_photo_is_refused_and_nothing_is_written(town, name, raw, status, code):
    made = report()
    before = counts()
    upload = io.BytesIO(raw)
    upload.name = "photo.jpg"
    answer = Client(raise_request_exception=False).post(
        f"/api/v1/cases/{made.number}/photos", {"photo": upload}, headers={"X-Follow-Code": made.follow_code}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
    assert counts() == before


def test_a_polyglot_picture_is_drawn_anew(town):
    """A JPEG with a script behind its end is a good picture: what is stored is the picture and nothing else."""
    made = report()
    upload = io.BytesIO(jpeg() + b"<script>alert(1)</script>PK\x03\x04")
    upload.name = "photo.jpg"
    client = Client()
    answer = client.post(
        f"/api/v1/cases/{made.number}/photos", {"photo": upload}, headers={"X-Follow-Code": made.follow_code}
    )
    assert answer.status_code == 201
    stored = client.get(f"/api/v1/photos/{answer.json()['id']}", headers={"X-Follow-Code": made.follow_code})
    content = b"".join(stored.streaming_content)
    assert b"script" not in content
    assert Image.open(io.BytesIO(content)).size == (64, 48)
    assert stored["Content-Type"] == "image/jpeg"


def test_the_tenth_photo_is_refused(town):
    made = report()
    for number in range(10):
        upload = io.BytesIO(jpeg(colour=(number * 20, 0, 0)))
        upload.name = f"{number}.jpg"
        answer = Client().post(
            f"/api/v1/cases/{made.number}/photos", {"photo": upload}, headers={"X-Follow-Code": made.follow_code}
        )
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_photos")
    assert Attachment.objects.count() == 9


LISTS = [
    ("cursor=nonsense", "bad_cursor", "cursor"),
    ("cursor=WyJkdWUiLCJ4IiwxXQ", "bad_cursor", "cursor"),
    ("limit=0", "bad_page_size", "limit"),
    ("limit=201", "bad_page_size", "limit"),
    ("limit=many", "invalid_request", "limit"),
    ("sort=colour", "unknown_sort", "sort"),
    ("status=lost", "invalid_request", "status.0"),
    ("area_level=village&area_id=1", "unknown_level", "area_level"),
    ("area_level=street", "unknown_level", "area_level"),
    ("reported_from=2026-01-01T00:00:00", "naive_time", "reported_from"),
    ("reported_from=yesterday", "invalid_request", "reported_from"),
    ("organisation_id=99999999999999999999999", "invalid_request", "organisation_id"),
]


@pytest.mark.parametrize(("query", "code", "field"), LISTS, ids=[row[0] for row in LISTS])
def test_a_bad_list_request_is_refused(town, query, code, field):
    client = Client(raise_request_exception=False)
    client.force_login(town.users["operations"], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/api/v1/cases?{query}")
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem.get("field")) == (422, code, field), problem


@pytest.mark.parametrize("path", ["/api/v1/cases?q=a%00b", "/api/v1/cases/2026%00", "/%00"])
def test_a_nul_in_the_address_is_refused(town, path):
    client = Client(raise_request_exception=False)
    client.force_login(town.users["operations"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path).status_code == 400


@pytest.mark.django_db
def test_more_parameters_than_anybody_sends_are_refused_in_the_callers_form():
    api = Client().get("/api/v1/areas?" + "&".join(["a=1"] * 1_100))
    assert (api.status_code, api.headers["Content-Type"]) == (400, "application/problem+json")
    assert api.json()["code"] == "unreadable_request"
    page = Client().get("/report?" + "&".join(["a=1"] * 1_100))
    assert (page.status_code, page.headers["Content-Type"]) == (400, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("cases?assignee=-1", "area_id"),
        ("cases?number=20260302000001&status=reported", "status"),
        ("cases/count?assignee=-1", "area_id"),
        ("cases/20260302000001?full=1", ""),
        ("powers?holder=1", "status"),
        ("powers/count?holder=1", "status"),
        ("cases/views?kind=x", ""),
        ("work?state=done", ""),
        ("live/cases?since=0&number=1", "since"),
        ("areas?level=street", "parent"),
        ("classes?code=E01", ""),
        ("follow?code=ABC", ""),
    ],
)
def test_a_parameter_that_is_not_read_is_refused_with_its_name(town, client, path, known):
    client.force_login(town.users["dispatcher"])
    response = client.get(f"/api/v1/{path}")
    problem = response.json()
    name = path.partition("?")[2].partition("=")[0] if "since" not in path else "number"
    assert (response.status_code, problem["code"], problem["field"]) == (422, "unknown_parameter", name)
    assert f"“{name}”" in problem["detail"]
    assert known in problem["detail"]
    assert client.get(f"/api/v1/cases?{'x' * 200}=1").json()["field"] == "x" * 40
