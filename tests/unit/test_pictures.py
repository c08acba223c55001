"""Pictures are drawn anew whatever they say, within limits, in a process of their own."""

from __future__ import annotations

import io
import resource
import threading
import time
from collections import Counter

import pytest
from PIL import Image

from gezhi.contexts.cases.domain.photos import FAR_M, metres_between, place_question
from gezhi.kernel.errors import InvalidInput, Unavailable
from gezhi.platform.files import drawing
from gezhi.platform.files.images import Picture, preview, take_in
from tests.factories.photos import FORMATS, bomb, mutated, photo

ZONE = "Asia/Shanghai"


@pytest.fixture(autouse=True)
def _own_places(settings, tmp_path, monkeypatch):
    """Places of this test alone, and no rest: one test of its own tells of that."""
    settings.GEZHI_HOME = tmp_path
    monkeypatch.setattr(drawing, "_REST_TIMES", 0.0)


def outcome(raw: bytes) -> str:
    try:
        return "drawn" if take_in(raw, time_zone=ZONE).content else "empty"
    except InvalidInput as error:
        return error.code


def test_mutated_pictures_are_drawn_or_refused_and_never_crash():
    found = Counter(outcome(raw) for raw in mutated(seed=1, count=900))
    assert set(found) <= {"drawn", "photo_unreadable", "photo_too_large"}
    assert found["drawn"] > 100
    assert found["photo_unreadable"] > 100


@pytest.mark.parametrize("kind", FORMATS)
def test_place_and_time_are_read_and_stand_nowhere_in_what_is_kept(kind):
    drawn = take_in(photo(kind=kind, at=(112.1005, 32.0005), taken="2026:03:02 09:58:00"), time_zone=ZONE)
    assert drawn.place == (pytest.approx(112.1005, abs=1e-5), pytest.approx(32.0005, abs=1e-5))
    assert drawn.taken_at.isoformat() == "2026-03-02T01:58:00+00:00"
    stored = Image.open(io.BytesIO(drawn.content))
    assert not stored.getexif()
    assert b"Exif" not in drawn.content
    assert Image.open(io.BytesIO(preview(drawn.content))).size == (64, 48)


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "9999:12:31 23:59:59", "0001:01:01 00:00:00", "yesterday"])
def test_a_camera_that_does_not_know_its_time_takes_good_pictures(taken):
    assert take_in(photo(taken=taken), time_zone=ZONE).taken_at is None


def test_a_picture_that_was_held_sideways_stands_upright():
    assert (take_in(photo(tag_0x0112=6), time_zone=ZONE).width, take_in(photo(), time_zone=ZONE).width) == (48, 64)


@pytest.mark.parametrize(
    "raw", [bomb(1, 49_000_000), bomb(30_000, 10), bomb(8_000, 8_000)], ids=["thin", "wide", "big"]
)
def test_pixels_and_sides_have_limits(raw):
    assert outcome(raw) == "photo_too_large"


def test_pictures_are_drawn_outside_this_process():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    drawn, bad = drawing.draw([bomb(), b"no picture"], asker="a phone")
    assert isinstance(drawn, Picture)
    assert max(drawn.width, drawn.height) == 2_048
    assert isinstance(bad, InvalidInput)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kilobytes"


def test_a_picture_that_takes_too_long_is_refused_and_the_next_is_drawn(monkeypatch):
    monkeypatch.setattr(drawing, "SECONDS", 0.001)
    (late,) = drawing.draw([photo()], asker="a phone")
    monkeypatch.setattr(drawing, "SECONDS", 10.0)
    (good,) = drawing.draw([photo()], asker="a phone")
    assert isinstance(late, InvalidInput)
    assert isinstance(good, Picture)


def test_who_comes_when_all_places_are_taken_is_asked_to_come_again(monkeypatch):
    monkeypatch.setattr(drawing, "WAIT_SECONDS", 0.1)
    inside, leave = threading.Barrier(drawing.AT_ONCE + 1), threading.Event()

    def sit(asker: str) -> None:
        with drawing._place(asker):
            inside.wait()
            leave.wait(10)

    sitting = [threading.Thread(target=sit, args=(f"sitter {number}",)) for number in range(drawing.AT_ONCE)]
    for thread in sitting:
        thread.start()
    inside.wait()
    with pytest.raises(Unavailable) as refused:
        drawing.draw([photo()], asker="a phone")
    assert refused.value.code == "pictures_busy"
    leave.set()
    for thread in sitting:
        thread.join()
    assert isinstance(drawing.draw([photo()], asker="a phone")[0], Picture)


def test_who_sends_many_pictures_keeps_nobody_else_from_sending_one(monkeypatch):
    monkeypatch.setattr(drawing, "WAIT_SECONDS", 1.0)
    inside, leave, told = threading.Event(), threading.Event(), []

    def sit() -> None:
        with drawing._room_for("flood"), drawing._place("flood"):
            inside.set()
            leave.wait(10)

    def flood() -> None:
        try:
            drawing.draw([photo()], asker="flood")
        except Unavailable as refused:
            told.append(refused.code)

    first = threading.Thread(target=sit)
    first.start()
    inside.wait()
    waiting = [threading.Thread(target=flood) for _ in range(8)]
    for thread in waiting:
        thread.start()
    # Seven of the eight are told at once, and the one that waits has not taken the place of others.
    while len(told) < 7:
        time.sleep(0.01)
    assert isinstance(drawing.draw([photo()], asker="a phone")[0], Picture)
    for thread in waiting:
        thread.join()
    assert told == ["pictures_busy"] * 8
    leave.set()
    first.join()
    assert isinstance(drawing.draw([photo()], asker="flood")[0], Picture)
    assert not drawing._asking


def test_what_took_long_to_draw_is_followed_by_a_rest_of_its_sender(monkeypatch):
    monkeypatch.setattr(drawing, "_REST_TIMES", 2.0)
    monkeypatch.setattr(drawing, "WAIT_SECONDS", 0.4)
    with drawing._place("slow"):
        time.sleep(1.6)
    with pytest.raises(Unavailable), drawing._place("slow"):
        pass
    with drawing._place("another"):
        pass
    monkeypatch.setattr(drawing, "WAIT_SECONDS", 4.0)
    begun = time.monotonic()
    with drawing._place("slow"):
        assert 0.5 < time.monotonic() - begun < 2
    # What was quick is followed by none.
    with drawing._place("slow"):
        assert time.monotonic() - begun < 2


def test_the_distance_is_that_of_the_sphere():
    assert metres_between(112.1, 32.0, 112.1, 32.001) == pytest.approx(111.2, abs=0.1)
    assert metres_between(112.1, 32.0, 112.101, 32.0) == pytest.approx(94.3, abs=0.1)


MARK, HERE, THERE = (112.1, 32.0), (112.1001, 32.0), (112.11, 32.0)


@pytest.mark.parametrize(
    ("taken", "mark", "asked"),
    [
        ([], MARK, None),
        ([None, None], MARK, None),
        ([HERE], MARK, None),
        ([THERE], MARK, 0),
        ([None, THERE], MARK, 1),
        ([THERE, HERE], MARK, None),
        ([None, THERE], None, 1),
    ],
)
def test_a_place_is_asked_about_when_no_picture_confirms_the_mark(taken, mark, asked):
    question = place_question(taken, mark)
    assert (None if question is None else question.position) == asked
    if question is not None and mark is not None:
        assert question.metres > FAR_M
