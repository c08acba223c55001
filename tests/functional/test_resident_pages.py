"""Residents report, follow, rate and erase, without an account."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from gezhi.contexts.cases.domain.photos import Stage
from gezhi.contexts.cases.domain.states import Outcome
from gezhi.contexts.cases.models import Case, CaseStep
from gezhi.contexts.cases.use_cases import (
    Command,
    Contact,
    accept_case,
    check_case,
    close_case,
    dispatch_case,
    handle_case,
)
from gezhi.contexts.cases.use_cases.attach_photo import attach_photo, photos_of
from gezhi.contexts.cases.use_cases.read_reporter import read_reporter
from gezhi.kernel.clock import now
from gezhi.platform.access.actor import Actor
from tests.factories.areas import centre
from tests.factories.cases import Town, make_town, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make_town()


def picture() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(buffer, "JPEG")
    return SimpleUploadedFile("tree.jpg", buffer.getvalue(), "image/jpeg")


def place(grid: int = 0) -> dict[str, str]:
    lon, lat = centre(grid)
    return {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}"}


def hidden(page: str) -> dict[str, str]:
    """The values that the last step carries along."""
    found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def send(client: Client, **more: object):
    """Walk the three steps; returns the answer to the last."""
    first = client.get("/report", {"go": "1", **place(), "address": "北门"})
    assert first.headers["Location"].startswith("/report/what?")
    second = client.get(first.headers["Location"])
    assert "真武山街道" in second.content.decode()
    third = client.post(
        "/report/finish", {**place(), "address": "北门", "description": "路边垃圾满溢", "class_code": ""}
    )
    assert Case.objects.count() == more.pop("before", 0), "nothing is kept before it is sent"
    return client.post("/report/send", {**hidden(third.content.decode()), "name": "", "phone": "", **more})


def test_a_report_in_three_steps_ends_with_a_code_and_a_deadline(client: Client, town: Town) -> None:
    answer = send(client, name="王小明", phone="13812341234", photo=[picture()], class_code="E0192")
    code = re.fullmatch(r"/follow/(\w{12})\?sent=1", answer.headers["Location"])[1]
    case = Case.objects.get()
    assert (case.description, case.address, case.class_code) == ("路边垃圾满溢", "北门", "E0192")
    assert case.grid_id == town.areas["420602001001001"].pk
    page = client.get(answer.headers["Location"]).content.decode()
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in page
    # The place in the words of the steps before, at once: the grid too, which the page of later says to nobody.
    told = page.split('<dl class="facts">')[1].split("</dl>")[0]
    assert "420602001001001，北门" in told
    photo = photos_of(case.pk)[0]
    assert client.get(f"/follow/{code}/pictures/{photo.id}").headers["Content-Type"] == "image/jpeg"
    assert client.get(f"/pictures/{photo.id}").status_code == 404


def test_a_form_sent_twice_is_one_report(client: Client, town: Town) -> None:
    third = client.post("/report/finish", {**place(), "description": "路灯不亮"}).content.decode()
    data = {**hidden(third), "name": "", "phone": ""}
    first, again = (client.post("/report/send", data).headers["Location"] for _ in range(2))
    assert first == again
    assert Case.objects.count() == 1


def test_the_second_step_may_send_it_straight_away(client: Client, town: Town) -> None:
    key = "c8f6ba30-6f8e-4141-8ad5-78f78a09c6f2"
    empty = client.post("/report/send", {**place(), "description": "", "straight": key})
    assert empty.status_code == 422
    # The words are asked for where they are typed.
    assert b'id="id_description_error"' in empty.content
    assert not Case.objects.exists()
    for _ in range(2):
        sent = client.post("/report/send", {**place(), "description": "路灯不亮", "straight": key})
        assert sent.status_code == 302
    assert Case.objects.get().description == "路灯不亮"


def test_a_community_is_enough(client: Client, town: Town) -> None:
    community = town.areas["420602001001"]
    third = client.post("/report/finish", {"community": community.pk, "description": "楼道堆物"}).content.decode()
    client.post("/report/send", {**hidden(third), "name": "", "phone": ""})
    assert Case.objects.get().community_id == community.pk


@pytest.mark.parametrize(
    "wrong",
    [{}, {"lon": "112.1"}, {"lon": "0", "lat": "0"}, {"lon": "nan", "lat": "32"}, {"community": "999999"}],
)
def test_without_a_place_there_is_no_second_step(client: Client, town: Town, wrong: dict[str, str]) -> None:
    answer = client.get("/report", {"go": "1", **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    # The first step says what is wrong; where nothing was said, it just asks.
    back = client.get("/report/what", wrong).headers["Location"]
    assert back.startswith("/report?") if wrong else back == "/report"
    assert client.get(back).status_code == (422 if wrong else 200)


def test_errors_stand_at_their_field_and_nothing_is_kept(client: Client, town: Town) -> None:
    empty = client.post("/report/finish", {**place(), "description": "  "})
    assert empty.status_code == 422
    assert 'id="id_description_error"' in empty.content.decode()
    broken = SimpleUploadedFile("a.jpg", b"no picture", "image/jpeg")
    for wrong in ({"phone": "call me"}, {"photo": broken}, {"phone": "call me", "photo": broken}):
        broken.seek(0)
        answer = send(client, **wrong)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert page.count('class="field-error"') == len(wrong)
        summary = page.split('class="error-summary')[1].split("</ul>")[0]
        assert summary.count("<li") == len(wrong)
        assert ('href="#photo"' in summary) == ("photo" in wrong)
    assert Case.objects.count() == 0


def test_similar_reports_are_told_without_words_or_names(client: Client, town: Town) -> None:
    report(now=now(), description="张三家门口的垃圾")
    page = client.get("/report/what", place()).content.decode()
    assert "暴露生活垃圾" in page
    assert "张三" not in page
    chip = 'data-tone="warn"'
    assert chip in page
    assert chip not in client.get("/report/what", place(3)).content.decode()


def test_words_suggest_a_class(client: Client, town: Town) -> None:
    page = client.get("/report/classes", {"description": "楼下露天烧烤油烟大"}).content.decode()
    assert page.index("露天烧烤") < page.index('value="none"')
    assert client.get("/report/classes", {"description": "嗯"}).content.decode().strip() == ""


def test_a_code_is_read_as_people_write_it_and_a_wrong_one_is_told(client: Client, town: Town) -> None:
    code = report().follow_code
    spoken = f"{code[:4].lower()} {code[4:8]}-{code[8:]}"
    assert client.get("/follow", {"code": spoken}).headers["Location"] == f"/follow/{code}"
    wrong = client.get("/follow", {"code": "0000-0000-0000"})
    assert wrong.status_code == 422
    assert client.get("/follow/000000000000").status_code == 404


def closed(town: Town) -> str:
    made = report()
    steps = [
        ("dispatcher", lambda command: dispatch_case(command, assignee_id=town.users["worker"].pk)),
        ("worker", accept_case),
        ("worker", lambda command: handle_case(command, outcome=Outcome.RESOLVED)),
        ("checker", check_case),
        ("dispatcher", close_case),
    ]
    for who, step in steps:
        step(Command(actor=town.actor(who), number=made.number, now=now()))
    return made.follow_code


def test_the_reporter_says_two_separate_things_once(client: Client, town: Town) -> None:
    code = closed(town)
    missing = client.post(f"/follow/{code}/rate", {"score": "4"})
    assert missing.status_code == 422
    client.post(f"/follow/{code}/rate", {"solved": "yes", "score": "2", "note": "太慢"})
    case = Case.objects.get()
    assert (case.rating_solved, case.rating_score, case.needs_attention) == (True, 2, False)
    again = client.post(f"/follow/{code}/rate", {"solved": "yes", "score": "5"})
    assert again.status_code == 409
    case.refresh_from_db()
    assert case.rating_score == 2


def test_not_solved_opens_the_report_again_with_the_words_and_the_score_on_record(client: Client, town: Town) -> None:
    code = closed(town)
    assert "opened again at once" in client.get(f"/follow/{code}", headers={"accept-language": "en"}).content.decode()
    page = client.post(
        f"/follow/{code}/rate",
        {"solved": "no", "score": "2", "note": "还在"},
        headers={"accept-language": "en"},
        follow=True,
    ).content.decode()
    case = Case.objects.get()
    assert (case.status, case.unsolved_count, case.rating_score) == ("reported", 1, None)
    rated, opened = list(CaseStep.objects.filter(case=case).order_by("version"))[-2:]
    assert (rated.action, rated.changes["rating_score"], opened.action, opened.note) == (
        "rate",
        2,
        "not_solved",
        "还在",
    )
    assert "Your report is open again" in page
    assert "Opened again: you said that it is not solved" in page


def test_not_solved_after_a_week_is_told_and_the_hub_decides(client: Client, town: Town) -> None:
    code = closed(town)
    Case.objects.update(closed_at=now() - timedelta(days=8))
    assert "opened again at once" not in client.get(f"/follow/{code}").content.decode()
    client.post(f"/follow/{code}/rate", {"solved": "no", "score": "4", "note": "还在"})
    case = Case.objects.get()
    assert (case.status, case.rating_solved, case.needs_attention) == ("closed", False, True)


def test_the_timeline_names_nobody(client: Client, town: Town) -> None:
    page = client.get(f"/follow/{closed(town)}").content.decode()
    for name in ("worker", "dispatcher", "checker"):
        assert f">{name}" not in page
    assert page.count("timeline-what") == 6


def test_what_is_held_can_be_read_and_erased(client: Client, town: Town) -> None:
    made = report(contact=Contact(name="王小明", phone="13812341234"), now=now())
    read_reporter(actor=town.actor("dispatcher", now=now()), number=made.number, reason="回访", now=now())
    page = client.get(f"/follow/{made.follow_code}/data").content.decode()
    assert "13812341234" in page
    assert "街道调度员" in page
    assert "dispatcher" not in page
    client.post(f"/follow/{made.follow_code}/erase")
    assert "13812341234" not in client.get(f"/follow/{made.follow_code}/data").content.decode()


def test_own_looks_do_not_bury_those_of_others(client: Client, town: Town) -> None:
    made = report(contact=Contact(name="王小明", phone="13812341234"), now=now())
    read_reporter(actor=town.actor("dispatcher", now=now()), number=made.number, reason="回访", now=now())
    for _ in range(120):
        read_reporter(
            actor=Actor(user_id=None, label="resident", follow_codes=frozenset({made.follow_code})),
            number=made.number,
            reason="own",
            now=now(),
        )
    page = client.get(f"/follow/{made.follow_code}/data").content.decode()
    told = page.split('id="looks"')[1].split("</ul>")[0]
    assert told.count("<li") == 1
    assert "街道调度员" in told
    assert "您本人查看过 121 次" in page


def test_the_handlers_pictures_are_told_from_the_reporters(client: Client, town: Town) -> None:
    made = report(now=now())
    worker, reporter = town.actor("worker", now=now()), Actor(None, "resident", follow_codes={made.follow_code})
    raw = picture().read()
    for actor in (reporter, worker):
        attach_photo(asker="a phone", actor=actor, number=made.number, raw=raw, stage=Stage.BEFORE, now=now())
    dispatched = Command(actor=town.actor("dispatcher", now=now()), number=made.number, now=now())
    dispatch_case(dispatched, assignee_id=worker.user_id)
    accept_case(Command(actor=worker, number=made.number, now=now()))
    attach_photo(asker="a phone", actor=worker, number=made.number, raw=raw, stage=Stage.AFTER, now=now())
    page = client.get(f"/follow/{made.follow_code}").content.decode()
    before, after = page.split('id="pictures"')[1].split("</section>")[0].split("处置后</h3>")
    assert (before.count("<img"), after.count("<img")) == (2, 1)
    assert (before.count("您提供"), after.count("您提供")) == (1, 0)
    assert "处置后" in after
    assert "处置后</strong>" not in before


def test_whoever_worked_on_a_case_cannot_rate_it_with_the_code(client: Client, town: Town) -> None:
    code = closed(town)
    client.force_login(town.users["worker"])
    answer = client.post(f"/follow/{code}/rate", {"solved": "yes", "score": "5"}, follow=True)
    assert "您无权执行此操作" in answer.content.decode()
    assert 'id="rate"' not in answer.content.decode()
    assert Case.objects.get().rating_score is None


def test_pages_with_a_code_leave_no_trace(client: Client, town: Town) -> None:
    answer = client.get(f"/follow/{report().follow_code}")
    # No other origin hears of the address; our own must, or the browser sends every form with `Origin: null`.
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_report_can_be_withdrawn_and_urged_once(client: Client, town: Town) -> None:
    code = report(now=now()).follow_code
    client.post(f"/follow/{code}/remind")
    client.post(f"/follow/{code}/remind")
    assert Case.objects.get().remind_count == 1
    client.post(f"/follow/{code}/withdraw")
    assert Case.objects.get().status == "cancelled"
    assert client.post(f"/follow/{code}/withdraw").status_code == 409
